# SPDX-License-Identifier: MIT
# Flags of this project's own tests, examples and benchmarks. Nothing here reaches a user of halftone::halftone.
add_library(halftone_warnings INTERFACE)
target_compile_options(halftone_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)

# A build without a type would be an unoptimized one: examples and benchmarks are about speed, so they ask for it.
add_library(halftone_fast INTERFACE)
target_compile_options(halftone_fast INTERFACE $<$<CONFIG:>:-O3>)

# No source here is a module; scanning each for modules costs a second preprocessing.
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

if(halftone_top_level AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(halftone_ccache ccache)
  mark_as_advanced(halftone_ccache)
  if(halftone_ccache)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${halftone_ccache}")
  endif()
endif()
