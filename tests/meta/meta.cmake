# SPDX-License-Identifier: MIT
# Tests about the sources: scripts that look at the text or ask the compiler. Included by tests/CMakeLists.txt.
set(meta "${CMAKE_CURRENT_SOURCE_DIR}/meta")
set(include_dir "${PROJECT_SOURCE_DIR}/include")

foreach(script layering mirror file_rules)
  add_test(NAME meta.${script} COMMAND Python3::Interpreter "${meta}/${script}.py")
endforeach()
add_test(NAME meta.conformance_page COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/conformance/report.py" --check)
foreach(script headers_alone snippets parse_time instantiation_time)
  add_test(NAME meta.${script} COMMAND Python3::Interpreter "${meta}/${script}.py" "${CMAKE_CXX_COMPILER}")
  # These use every processor themselves, and the measurements want a quiet one.
  set_tests_properties(meta.${script} PROPERTIES RUN_SERIAL ON TIMEOUT 600)
endforeach()

set(compilers "${CMAKE_CXX_COMPILER}")
if(HALFTONE_TEST_MATRIX)
  list(APPEND compilers g++-12 g++-14 clang++-14 clang++-19)
  # Minutes each, and one compiler at a time, so that other tests can run beside them.
  list(TRANSFORM isa_common_flags PREPEND --flag= OUTPUT_VARIABLE delete_checks_flags)
  execute_process(COMMAND "${Python3_EXECUTABLE}" "${meta}/delete_checks.py" --suites OUTPUT_VARIABLE suites
                  OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(suites)
  foreach(suite IN LISTS suites)
    add_test(NAME meta.delete_checks.${suite}
             COMMAND Python3::Interpreter "${meta}/delete_checks.py" --suite ${suite} --compiler "${CMAKE_CXX_COMPILER}"
                                          ${delete_checks_flags})
    set_tests_properties(meta.delete_checks.${suite} PROPERTIES TIMEOUT 1500 COST 1000)  # first: the longest
  endforeach()
  add_test(NAME meta.change_refusals
           COMMAND Python3::Interpreter "${meta}/change_refusals.py" --compiler "${CMAKE_CXX_COMPILER}")
  set_tests_properties(meta.change_refusals PROPERTIES TIMEOUT 600)
endif()
set(programs "")  # c++ is often g++-12 or g++-14
foreach(compiler IN LISTS compilers)
  get_filename_component(name "${compiler}" NAME)
  find_program(tool_${name} "${compiler}")
  mark_as_advanced(tool_${name})
  file(REAL_PATH "${tool_${name}}" program)
  if(tool_${name} AND program IN_LIST programs)
    continue()
  endif()
  list(APPEND programs "${program}")
  add_test(NAME meta.warnings.${name}
           COMMAND bash "${meta}/warnings.sh" "${include_dir}" "${meta}/all_headers.cpp" "${compiler}")
  set_tests_properties(meta.warnings.${name} PROPERTIES SKIP_RETURN_CODE ${skip_code})
endforeach()

foreach(compiler IN ITEMS g++ clang++-14)
  add_test(NAME meta.stack_moves.${compiler} COMMAND Python3::Interpreter "${meta}/stack_moves.py" "${compiler}")
  set_tests_properties(meta.stack_moves.${compiler} PROPERTIES SKIP_RETURN_CODE ${skip_code} TIMEOUT 600)
endforeach()

file(GLOB cases CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/*.cpp")
foreach(case IN LISTS cases)
  get_filename_component(name "${case}" NAME_WE)
  add_test(NAME compile_fail.${name} COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/compile_fail/check.sh"
                                             "${CMAKE_CXX_COMPILER}" "${include_dir}" "${case}")
endforeach()

foreach(how installed subdirectory pkg_config include_path)
  add_test(NAME consumer.${how} COMMAND bash "${CMAKE_CURRENT_SOURCE_DIR}/consumer/check.sh" ${how}
                                        "${PROJECT_SOURCE_DIR}" "${CMAKE_CXX_COMPILER}" "${CMAKE_COMMAND}")
  set_tests_properties(consumer.${how} PROPERTIES SKIP_RETURN_CODE ${skip_code}
                                                  ENVIRONMENT "CMAKE_GENERATOR=${CMAKE_GENERATOR}")
endforeach()

add_test(NAME golden.mutations COMMAND Python3::Interpreter "${CMAKE_CURRENT_SOURCE_DIR}/golden/mutations.py"
                                       "${PROJECT_SOURCE_DIR}" "${CMAKE_CURRENT_BINARY_DIR}" "${CMAKE_CXX_COMPILER}" ${isa_common_flags})
set_tests_properties(golden.mutations PROPERTIES RUN_SERIAL ON TIMEOUT 900)
