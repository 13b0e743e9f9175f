# SPDX-License-Identifier: MIT
# halftone_add_kernels(<target> SOURCES <file>... ISAS <isa>...)
#
# Compiles the files once for each instruction set and links the objects into the target, whose own sources stay what
# they are: the baseline. Known names: portable sse4_1 avx2 avx_vnni avx512_bw avx512_vnni neon neon_dotprod neon_i8mm. Those that
# this compiler cannot compile for are left out, with a message. The target's sources see HALFTONE_KERNEL_ISAS, the tags
# of the others, for halftone::dispatcher. See docs/dispatch.md.
#
# What is in these objects belongs to one instruction set, but inline functions and templates are weak symbols: a linker
# keeps one copy for the whole program, and if that is one with AVX2 instructions, the program dies where there is no
# AVX2. So the objects of an instruction set are linked into one, and its weak functions are made local
# (halftone_localize.cmake). That takes ld and objcopy of GNU binutils; without them a message says so.
include_guard(GLOBAL)
include(CheckCXXSourceCompiles)

# In this order they are linked, so that even without binutils a weak symbol is the one of the least instruction set.
set(HALFTONE_ALL_ISAS portable sse4_1 avx2 avx_vnni avx512_bw avx512_vnni neon neon_dotprod neon_i8mm
    CACHE INTERNAL "Instruction sets that halftone_add_kernels knows")

function(halftone_isa_flags isa out)
  set(avx2 -mavx2 -mfma -mf16c -mbmi2)
  set(avx512 ${avx2} -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl)
  set(flags_of_portable -DHALFTONE_FORCE_PORTABLE)
  set(flags_of_sse4_1 -msse4.1)
  set(flags_of_avx2 ${avx2})
  set(flags_of_avx_vnni ${avx2} -mavxvnni)
  set(flags_of_avx512_bw ${avx512})
  set(flags_of_avx512_vnni ${avx512} -mavx512vnni)
  set(flags_of_neon "")
  set(flags_of_neon_dotprod -march=armv8.2-a+dotprod)
  set(flags_of_neon_i8mm -march=armv8.2-a+dotprod+i8mm)
  set(${out} ${flags_of_${isa}} PARENT_SCOPE)
endfunction()

# Whether the flags of an instruction set make Halftone choose it: the compiler knows them, and no other flag of the build
# (-march=native) says more.
function(halftone_can_compile_for isa out)
  halftone_isa_flags(${isa} flags)
  get_target_property(CMAKE_REQUIRED_INCLUDES halftone::halftone INTERFACE_INCLUDE_DIRECTORIES)
  if(EXISTS "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../include/halftone/core/config.hpp")
    set(CMAKE_REQUIRED_INCLUDES "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/../include")
  endif()
  get_target_property(definitions halftone::halftone INTERFACE_COMPILE_DEFINITIONS)
  if("HALFTONE_FORCE_PORTABLE" IN_LIST definitions)
    list(APPEND flags -DHALFTONE_FORCE_PORTABLE)
  endif()
  list(JOIN flags " " CMAKE_REQUIRED_FLAGS)
  string(APPEND CMAKE_REQUIRED_FLAGS " ${CMAKE_CXX20_STANDARD_COMPILE_OPTION}")
  string(SHA1 key "${CMAKE_CXX_COMPILER} ${CMAKE_CXX_FLAGS} ${CMAKE_REQUIRED_FLAGS}")
  string(SUBSTRING ${key} 0 8 key)
  set(CMAKE_REQUIRED_QUIET ON)
  check_cxx_source_compiles("
    #include <halftone/core/config.hpp>
    namespace test { inline namespace HALFTONE_FLAGS_ISA { int value = 0; } }
    int main() { return test::isa_${isa}::value; }" HALFTONE_COMPILES_${isa}_${key})
  set(${out} ${HALFTONE_COMPILES_${isa}_${key}} PARENT_SCOPE)
endfunction()

# Finds a linker that can dissolve section groups, and objcopy and objdump. Sets halftone_binutils to TRUE or FALSE.
function(halftone_find_binutils)
  set(candidates "${CMAKE_LINKER}")
  if(NOT CMAKE_CROSSCOMPILING)  # others than the toolchain's own know this machine's objects alone
    list(APPEND candidates ld.bfd ld)
  endif()
  foreach(candidate IN LISTS candidates)
    if(HALFTONE_LD)
      break()
    endif()
    find_program(halftone_ld_candidate NAMES "${candidate}")
    if(halftone_ld_candidate)
      execute_process(COMMAND "${halftone_ld_candidate}" --help OUTPUT_VARIABLE help ERROR_QUIET)
      if(help MATCHES "force-group-allocation")
        set(HALFTONE_LD "${halftone_ld_candidate}" CACHE FILEPATH "Linker for halftone_add_kernels")
      endif()
    endif()
    unset(halftone_ld_candidate CACHE)
  endforeach()
  mark_as_advanced(HALFTONE_LD)
  set(found FALSE)
  if(HALFTONE_LD AND CMAKE_OBJCOPY AND CMAKE_OBJDUMP)
    set(found TRUE)
  endif()
  set(halftone_binutils ${found} PARENT_SCOPE)
endfunction()

# Makes <target>_<isa>, a library with everything that the target is compiled with, and the flags of the isa. An archive and
# no OBJECT library, because what is made from it must be made again when it changes, with every generator.
function(halftone_add_kernel_objects target isa)
  set(objects ${target}_${isa})
  halftone_isa_flags(${isa} flags)
  add_library(${objects} STATIC ${ARGN})
  target_link_libraries(${objects} PRIVATE $<TARGET_PROPERTY:${target},LINK_LIBRARIES>)
  target_include_directories(${objects} PRIVATE $<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>)
  target_compile_definitions(${objects} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>
                                                HALFTONE_EXPECTED_ISA=isa_${isa})
  target_compile_features(${objects} PRIVATE cxx_std_20)
  # Unique symbols are GNU's: they cannot be made weak again. Objects for link-time optimization have no code to look at.
  target_compile_options(${objects} PRIVATE $<TARGET_PROPERTY:${target},COMPILE_OPTIONS> ${flags} -fno-lto
                                            $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  set_target_properties(${objects} PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
  get_target_property(type ${target} TYPE)
  get_target_property(independent ${target} POSITION_INDEPENDENT_CODE)
  if(type MATCHES "SHARED|MODULE" OR independent)
    set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  endif()
endfunction()

function(halftone_add_kernels target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;ISAS")
  if(NOT TARGET ${target} OR NOT arg_SOURCES OR NOT arg_ISAS OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "halftone_add_kernels(<target> SOURCES <file>... ISAS <isa>...): wrong arguments for ${target}")
  endif()
  foreach(isa IN LISTS arg_ISAS)
    if(NOT isa IN_LIST HALFTONE_ALL_ISAS)
      message(FATAL_ERROR "halftone_add_kernels(${target}): ${isa} is none of ${HALFTONE_ALL_ISAS}")
    endif()
  endforeach()
  halftone_find_binutils()
  if(NOT halftone_binutils)
    message(WARNING "halftone_add_kernels(${target}): GNU ld and objcopy were not found: weak functions stay shared among "
                    "the instruction sets, and which one is linked depends on the order of objects")
  endif()

  set(tags "")
  foreach(isa IN LISTS HALFTONE_ALL_ISAS)
    if(NOT isa IN_LIST arg_ISAS)
      continue()
    endif()
    halftone_can_compile_for(${isa} possible)
    if(NOT possible)
      message(STATUS "halftone_add_kernels(${target}): no ${isa}: this compiler with the flags of this build has none")
      continue()
    endif()
    set(objects ${target}_${isa})
    halftone_add_kernel_objects(${target} ${isa} ${arg_SOURCES})
    list(APPEND tags halftone::${isa})
    set_property(TARGET ${target} APPEND PROPERTY HALFTONE_KERNEL_ISAS ${isa})
    if(NOT halftone_binutils)
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:${objects}>)
      continue()
    endif()
    set(local "${CMAKE_CURRENT_BINARY_DIR}/${objects}_local.o")
    if(GENERATOR_IS_MULTI_CONFIG)
      set(local "${CMAKE_CURRENT_BINARY_DIR}/${objects}_local.$<CONFIG>.o")
    endif()
    set(script "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/halftone_localize.cmake")
    add_custom_command(
      OUTPUT "${local}"
      COMMAND "${CMAKE_COMMAND}" "-DLD=${HALFTONE_LD}" "-DOBJCOPY=${CMAKE_OBJCOPY}" "-DOBJDUMP=${CMAKE_OBJDUMP}"
              "-DOUTPUT=${local}" "-DARCHIVE=$<TARGET_FILE:${objects}>" -P "${script}"
      DEPENDS ${objects} "${script}"
      COMMENT "Making the weak functions of ${objects} local"
      VERBATIM)
    target_sources(${target} PRIVATE "${local}")
    set_property(TARGET ${target} APPEND PROPERTY HALFTONE_KERNEL_OBJECTS "${local}")
  endforeach()
  if(NOT tags)
    message(FATAL_ERROR "halftone_add_kernels(${target}): none of ${arg_ISAS} can be compiled for")
  endif()
  list(JOIN tags "," tags)
  target_compile_definitions(${target} PRIVATE "HALFTONE_KERNEL_ISAS=${tags}")
endfunction()
