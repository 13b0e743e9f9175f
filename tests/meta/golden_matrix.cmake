# SPDX-License-Identifier: MIT
# The golden tests under every compiler, optimization level and contraction flag: each compares with the same file of
# hashes. Included by tests/CMakeLists.txt where HALFTONE_TEST_MATRIX is on.
file(GLOB golden_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/golden/*.cpp")

# add_golden(<name> <compiler> <flags>...): compiles by hand, because a CMake build knows one compiler.
function(add_golden name compiler)
  find_program(golden_${compiler} ${compiler})
  mark_as_advanced(golden_${compiler})
  if(NOT golden_${compiler})
    add_test(NAME golden.${name} COMMAND bash -c "echo SKIPPED: ${compiler} is not installed; exit ${skip_code}")
    set_tests_properties(golden.${name} PROPERTIES SKIP_RETURN_CODE ${skip_code})
    return()
  endif()
  set(program "${CMAKE_CURRENT_BINARY_DIR}/golden_${name}")
  add_custom_command(
    OUTPUT "${program}"
    COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} "${golden_${compiler}}" -std=c++20 ${ARGN} -I "${PROJECT_SOURCE_DIR}/include"
            -I "${CMAKE_CURRENT_SOURCE_DIR}" "-DHALFTONE_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"" ${golden_sources}
            "${CMAKE_CURRENT_SOURCE_DIR}/main.cpp" -o "${program}" -pthread
    DEPENDS ${golden_sources} "${CMAKE_CURRENT_SOURCE_DIR}/main.cpp" ${halftone_headers}
    COMMENT "Building golden_${name}"
    VERBATIM)
  add_custom_target(test_golden_${name} ALL DEPENDS "${program}")
  add_test(NAME golden.${name} COMMAND "${program}")
endfunction()

if(golden_sources)
  file(GLOB_RECURSE halftone_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/*.hpp")
  # golden.avx2 and golden.portable are g++ -O2 with its default, contract=fast; together with these every level, flag and
  # compiler occurs.
  add_golden(gcc.O0 g++ -O0 -march=native)
  add_golden(gcc.O3.contract_off g++ -O3 -march=native -ffp-contract=off)
  add_golden(gcc.contract_on g++ -O2 -march=native -ffp-contract=on)
  add_golden(clang-14.contract_off clang++-14 -O2 -march=native -ffp-contract=off)
  add_golden(clang-14.contract_fast clang++-14 -O3 -march=native -ffp-contract=fast)
  add_golden(clang-19.contract_on clang++-19 -O2 ${isa_avx2_flags} -ffp-contract=on)
  add_golden(clang-19.portable clang++-19 -O2 -DHALFTONE_FORCE_PORTABLE -ffp-contract=fast)
endif()
