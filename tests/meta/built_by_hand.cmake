# SPDX-License-Identifier: MIT
# Tests that are compiled by hand, because a CMake build knows one compiler: other compilers, other processors under an
# emulator, instruction sets that the tests emulate themselves. Included by tests/CMakeLists.txt.
file(GLOB_RECURSE halftone_headers CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/include/*.hpp" "${CMAKE_CURRENT_SOURCE_DIR}/*.hpp"
     "${CMAKE_CURRENT_SOURCE_DIR}/emulated/*.h")

# add_built_by_hand(<test> COMPILER <name> [RUNNER <name>] FLAGS <flags>... SOURCES <files>...)
# A compiler or runner that is not installed makes the test one that is skipped by name.
function(add_built_by_hand name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "COMPILER;RUNNER" "FLAGS;SOURCES")
  foreach(tool ${arg_COMPILER} ${arg_RUNNER})
    find_program(tool_${tool} ${tool})
    mark_as_advanced(tool_${tool})
    if(NOT tool_${tool})
      add_test(NAME ${name} COMMAND bash -c "echo SKIPPED ${name}: ${tool} is not installed; exit ${skip_code}")
      set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE ${skip_code})
      return()
    endif()
  endforeach()
  set(program "${CMAKE_CURRENT_BINARY_DIR}/${name}")
  list(TRANSFORM arg_SOURCES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  set(objects "")
  foreach(source IN LISTS arg_SOURCES ITEMS "${CMAKE_CURRENT_SOURCE_DIR}/main.cpp")
    get_filename_component(stem "${source}" NAME_WE)
    set(object "${program}.${stem}.o")
    add_custom_command(
      OUTPUT "${object}"
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} "${tool_${arg_COMPILER}}" -std=c++20 ${arg_FLAGS}
              -I "${PROJECT_SOURCE_DIR}/include" -I "${CMAKE_CURRENT_SOURCE_DIR}"
              "-DHALFTONE_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"" -pthread -c "${source}" -o "${object}"
      DEPENDS "${source}" ${halftone_headers}
      COMMENT "Building ${name}: ${stem}"
      VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  add_custom_command(OUTPUT "${program}" COMMAND "${tool_${arg_COMPILER}}" ${arg_FLAGS} ${objects} -pthread -o "${program}"
                     DEPENDS ${objects} VERBATIM)
  add_custom_target(test_${name} ALL DEPENDS "${program}")
  set(runner "")
  if(arg_RUNNER)
    set(runner "${tool_${arg_RUNNER}}")
  endif()
  add_test(NAME ${name} COMMAND ${runner} "${program}")
  set_tests_properties(${name} PROPERTIES TIMEOUT 900)
endfunction()

# The instruction sets that this machine may lack, on registers of our own making: their code runs on every machine, if
# not their instructions.
set(emulated_avx512 -I "${CMAKE_CURRENT_SOURCE_DIR}/emulated/avx512" -include immintrin.h -O0 -w -Wno-psabi ${isa_avx2_flags})  # the emulation is no model of style
set(emulated_registers simd/simd.cpp simd/code_stream.cpp quantize/ends_of_runs.cpp quantize/run_range.cpp)
set(emulated_sources ${emulated_registers} golden/four_bits.cpp golden/eight_bits.cpp golden/grouped_activations.cpp
                     golden/super_blocks.cpp golden/tables_of_integers.cpp)
set(emulated_avx512_vnni_flags ${emulated_avx512} -DEMULATED_AVX512_VNNI)
set(emulated_avx512_bw_flags ${emulated_avx512})
set(emulated_avx_vnni_flags -I "${CMAKE_CURRENT_SOURCE_DIR}/emulated/avx_vnni" -O1 ${isa_avx2_flags} -D__AVXVNNI__=1)
foreach(isa avx512_vnni avx512_bw avx_vnni)
  set(sources ${emulated_sources})
  if(NOT cpu_lacks_${isa})  # golden.<isa> runs: enough to see that the emulation is complete
    set(sources ${emulated_registers})
  endif()
  if(NOT cpu_lacks_avx2)
    add_built_by_hand(emulated.${isa} COMPILER g++ SOURCES ${sources} FLAGS ${emulated_${isa}_flags})
  endif()
endforeach()

# 64-bit Arm under an emulator. The headers of other packages are the same for every processor; they come last.
set(arm_flags -static -O1 -idirafter /usr/include)
add_built_by_hand(aarch64.neon COMPILER aarch64-linux-gnu-g++ RUNNER qemu-aarch64
                  SOURCES simd/simd.cpp simd/code_stream.cpp golden/four_bits.cpp golden/floats_and_tables.cpp golden/tables_of_integers.cpp
                  FLAGS ${arm_flags} -march=armv8-a)
add_built_by_hand(aarch64.neon_dotprod COMPILER aarch64-linux-gnu-g++ RUNNER qemu-aarch64
                  SOURCES simd/simd.cpp golden/four_bits.cpp golden/eight_bits.cpp golden/tables_of_integers.cpp
                  FLAGS ${arm_flags} -march=armv8.2-a+dotprod)
add_built_by_hand(aarch64.neon_i8mm COMPILER aarch64-linux-gnu-g++ RUNNER qemu-aarch64
                  SOURCES simd/simd.cpp golden/four_bits.cpp golden/eight_bits.cpp golden/grouped_activations.cpp
                          golden/super_blocks.cpp golden/tables_of_integers.cpp
                  FLAGS ${arm_flags} -march=armv8.2-a+dotprod+i8mm)

# 32-bit Arm, where std::size_t counts to 4 billion and there is no fused multiply-add; and a machine whose bytes are the
# other way round: hashes and files must be the same.
add_built_by_hand(armv7.portable COMPILER arm-linux-gnueabihf-g++ RUNNER qemu-arm
                  SOURCES simd/simd.cpp golden/four_bits.cpp gemm/packed_view.cpp contract/gemm_memory.cpp io/gguf_header.cpp
                  FLAGS ${arm_flags})
add_built_by_hand(s390x.portable COMPILER s390x-linux-gnu-g++ RUNNER qemu-s390x
                  SOURCES simd/simd.cpp gemm/pack.cpp golden/four_bits.cpp golden/eight_bits.cpp
                          golden/floats_and_tables.cpp golden/tables_of_integers.cpp golden/grouped_activations.cpp simd/code_stream.cpp io/quantized_io.cpp io/quantized_planes.cpp io/safetensors_file.cpp
                          io/safetensors_header.cpp io/safetensors_writer.cpp
                          io/allocation_count.cpp io/gguf_bytes.cpp io/gguf_value.cpp io/gguf_header.cpp io/gguf_file.cpp io/gguf_split.cpp
                          io/gguf_encoding.cpp io/gguf_writer.cpp io/gguf_output.cpp
                  FLAGS ${arm_flags})
