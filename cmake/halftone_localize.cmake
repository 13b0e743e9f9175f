# SPDX-License-Identifier: MIT
# Links the objects of one instruction set into one whose weak functions are local. Run by halftone_add_kernels:
#
#   cmake -DLD=... -DOBJCOPY=... -DOBJDUMP=... -DOUTPUT=one.o -DARCHIVE=many.a -P halftone_localize.cmake
#
# Local become, of all weak symbols, functions and constants: vtables and tables may point to functions. Weak stay
# variables, which a program must have once, and typeinfo with its name, by which exceptions are recognized. Both hold no
# code. Section groups are dissolved, because a linker would drop all but one of the same name, local or not.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors)
  if(NOT status EQUAL 0)
    list(JOIN ARGV " " command)
    message(FATAL_ERROR "${command}\n${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

set(all "${OUTPUT}.all.o")
run("${LD}" -r --force-group-allocation -o "${all}" --whole-archive "${ARCHIVE}")
run("${OBJDUMP}" -t "${all}")

# A line: value, seven flags (second: w for weak; last: F for a function), section, tab, size, perhaps .hidden, name.
string(REGEX MATCHALL "[0-9a-f]+ .w[^\n]+" lines "${output}")
set(locals "")
foreach(line IN LISTS lines)
  if(NOT line MATCHES "^[0-9a-f]+ .w....(.) ([^\t ]+)\t[0-9a-f]+ (.* )?([^ ]+)$")
    message(FATAL_ERROR "objdump says what was not expected: ${line}")
  endif()
  set(kind "${CMAKE_MATCH_1}")
  set(section "${CMAKE_MATCH_2}")
  set(name "${CMAKE_MATCH_4}")
  if(section STREQUAL "*UND*" OR name MATCHES "^_ZT[IS]")
    continue()
  endif()
  if(kind STREQUAL "F" OR section MATCHES "^\\.(text|rodata|data\\.rel\\.ro)")
    string(APPEND locals "${name}\n")
  endif()
endforeach()
file(WRITE "${OUTPUT}.local.txt" "${locals}")
run("${OBJCOPY}" "--localize-symbols=${OUTPUT}.local.txt" "${all}" "${OUTPUT}")
file(REMOVE "${all}")
