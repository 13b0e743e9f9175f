# SPDX-License-Identifier: MIT
# Headers, the CMake package and the pkg-config file. Nothing installed depends on the architecture or on the prefix.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir "${CMAKE_INSTALL_DATADIR}/cmake/halftone")
target_include_directories(halftone INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
install(DIRECTORY include/halftone DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")
install(TARGETS halftone EXPORT halftone_targets)
install(EXPORT halftone_targets NAMESPACE halftone:: DESTINATION "${package_dir}")

configure_package_config_file(cmake/halftoneConfig.cmake.in "${PROJECT_BINARY_DIR}/halftoneConfig.cmake"
                              INSTALL_DESTINATION "${package_dir}" NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/halftoneConfigVersion.cmake" COMPATIBILITY SameMinorVersion
                                 ARCH_INDEPENDENT)
install(FILES "${PROJECT_BINARY_DIR}/halftoneConfig.cmake" "${PROJECT_BINARY_DIR}/halftoneConfigVersion.cmake"
              cmake/halftone_dispatch.cmake cmake/halftone_find_xsimd.cmake cmake/halftone_localize.cmake
        DESTINATION "${package_dir}")

# The prefix of the .pc file is counted from where pkg-config finds it, so the installed tree can be moved.
set(pkgconfig_dir "${CMAKE_INSTALL_DATADIR}/pkgconfig")
file(RELATIVE_PATH halftone_pc_to_prefix "/prefix/${pkgconfig_dir}" "/prefix")
string(REGEX REPLACE "/$" "" halftone_pc_to_prefix "${halftone_pc_to_prefix}")
if(HALFTONE_XSIMD)
  set(halftone_pc_requires "Requires: xsimd >= 8.1")
  set(halftone_pc_definition "")
else()
  set(halftone_pc_requires "")
  set(halftone_pc_definition " -DHALFTONE_FORCE_PORTABLE")
endif()
configure_file(cmake/halftone.pc.in "${PROJECT_BINARY_DIR}/halftone.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/halftone.pc" DESTINATION "${pkgconfig_dir}")
