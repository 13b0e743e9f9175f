# SPDX-License-Identifier: MIT
# Finds xsimd for Halftone's CMakeLists.txt and for the installed package.
#   halftone_xsimd_target   the target to link
#   halftone_xsimd_problem  a sentence, or empty
# The version is compared here: xsimd's own version file accepts only its own major version, so whoever asks for 8 is
# refused 14.
set(halftone_xsimd_problem "")
set(halftone_xsimd_target "")
set(halftone_found_here "")
foreach(name xsimd::xsimd xsimd xtl)
  if(NOT TARGET ${name})
    list(APPEND halftone_found_here ${name})
  endif()
endforeach()

if(NOT TARGET xsimd::xsimd AND NOT TARGET xsimd)
  find_package(xsimd CONFIG QUIET)
  if(NOT xsimd_FOUND)
    set(halftone_xsimd_problem
        "xsimd was not found: install it (Debian: libxsimd-dev), set xsimd_DIR, or configure with HALFTONE_XSIMD=OFF.")
  elseif(xsimd_VERSION VERSION_LESS 8.1 OR NOT xsimd_VERSION VERSION_LESS 15)
    set(halftone_xsimd_problem "xsimd ${xsimd_VERSION} was found, but versions from 8.1 to 14 are supported.")
  endif()
endif()
if(TARGET xsimd::xsimd)
  set(halftone_xsimd_target xsimd::xsimd)
elseif(TARGET xsimd)
  set(halftone_xsimd_target xsimd)
endif()

# Debian 12's target asks to be linked with xtl, which its package does not depend on and which Halftone does not use.
if(halftone_xsimd_target AND NOT TARGET xtl)
  get_target_property(halftone_xsimd_links ${halftone_xsimd_target} INTERFACE_LINK_LIBRARIES)
  if(halftone_xsimd_links STREQUAL "xtl")
    set_target_properties(${halftone_xsimd_target} PROPERTIES INTERFACE_LINK_LIBRARIES "")
  endif()
endif()

# An imported target is seen only in the folder that found it; who adds Halftone as a subproject links from another.
foreach(name IN LISTS halftone_found_here)
  if(TARGET ${name})
    get_target_property(halftone_alias ${name} ALIASED_TARGET)
    if(NOT halftone_alias)
      set_target_properties(${name} PROPERTIES IMPORTED_GLOBAL TRUE)
    endif()
  endif()
endforeach()
