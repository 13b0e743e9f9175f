# SPDX-License-Identifier: MIT
# The golden tests under every compiler, optimization level and contraction flag: each compares with the same file of
# hashes. Included by tests/CMakeLists.txt where HALFTONE_TEST_MATRIX is on.
file(GLOB golden_sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}/golden/*.cpp")

# Cells whose steps all occur in others, too, are left to one build of each compiler.
set(few_sources ${golden_sources})
list(FILTER few_sources EXCLUDE REGEX "super_blocks|grouped_activations")

# golden.avx2 and golden.portable are g++ -O2 with its default, contract=fast; together with these every level, flag and
# compiler occurs. The machine's own instruction set is met at every level and by both compilers; the others are built for the
# common one, which compiles faster.
foreach(build IN ITEMS
        "gcc.O0;g++;-O0;${isa_common_flags}"
        "gcc.O3.contract_off;g++;-O3;-march=native;-ffp-contract=off"
        "gcc.contract_on;g++;-O2;${isa_common_flags};-ffp-contract=on"
        "clang-14.contract_off;clang++-14;-O2;${isa_common_flags};-ffp-contract=off"
        "clang-14.contract_fast;clang++-14;-O3;-march=native;-ffp-contract=fast"
        "clang-19.contract_on;clang++-19;-O2;-march=native;-ffp-contract=on"
        "clang-19.portable;clang++-19;-O2;-DHALFTONE_FORCE_PORTABLE;-ffp-contract=fast")
  list(POP_FRONT build name compiler)
  set(sources ${few_sources})
  if(name MATCHES "gcc.O3.contract_off|clang-14.contract_fast")
    set(sources ${golden_sources})
  elseif(name STREQUAL "gcc.contract_on")  # before version 14, g++ takes it for contract=off
    set(sources golden/floats_and_tables.cpp golden/four_bits.cpp)
  endif()
  add_built_by_hand(golden.${name} COMPILER ${compiler} FLAGS ${build} SOURCES ${sources})
endforeach()
