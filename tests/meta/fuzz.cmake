# SPDX-License-Identifier: MIT
# Each tests/fuzz/*.cpp is a libFuzzer target: it replays tests/fuzz/corpus/<name>, if there is one, and then searches for
# a short while from a fixed seed, under AddressSanitizer and UndefinedBehaviorSanitizer. It needs clang.
set(HALFTONE_FUZZ_SECONDS 10 CACHE STRING "Seconds that each fuzz target searches for; those with the more to find take twice as many")
set(fuzz_twice gguf tflite onnx checkpoints)  # binary lengths and counts everywhere, or many readers
file(GLOB fuzz_sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/*.cpp")
find_program(halftone_fuzz_compiler NAMES clang++-19 clang++-14 clang++)
mark_as_advanced(halftone_fuzz_compiler)
foreach(source IN LISTS fuzz_sources)
  get_filename_component(name "${source}" NAME_WE)
  if(NOT halftone_fuzz_compiler)
    add_test(NAME fuzz.${name} COMMAND bash -c "echo SKIPPED: no clang is installed; exit ${skip_code}")
    set_tests_properties(fuzz.${name} PROPERTIES SKIP_RETURN_CODE ${skip_code})
    continue()
  endif()
  set(program "${CMAKE_CURRENT_BINARY_DIR}/fuzz_${name}")
  add_custom_command(
    OUTPUT "${program}"
    COMMAND "${halftone_fuzz_compiler}" -std=c++20 -O1 -g1 -fsanitize=fuzzer,address,undefined
            -fno-sanitize-recover=all -I "${PROJECT_SOURCE_DIR}/include" -I "${PROJECT_SOURCE_DIR}" "${source}"
            -o "${program}" -MD -MF "${program}.d" -MT "${program}"
    DEPENDS "${source}"
    DEPFILE "${program}.d"
    COMMENT "Building fuzz_${name}"
    VERBATIM)
  add_custom_target(test_fuzz_${name} ALL DEPENDS "${program}")
  set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name}")
  if(NOT IS_DIRECTORY "${corpus}")
    set(corpus "")
  endif()
  file(MAKE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}/fuzz_${name}_found")
  set(seconds ${HALFTONE_FUZZ_SECONDS})
  if(name IN_LIST fuzz_twice)
    math(EXPR seconds "2 * ${seconds}")
  endif()
  add_test(NAME fuzz.${name} COMMAND "${program}" -seed=1 -max_total_time=${seconds} -max_len=4096
                                     "${CMAKE_CURRENT_BINARY_DIR}/fuzz_${name}_found" ${corpus})
endforeach()
