#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh <compiler> <include folder> <case.cpp>: the case must not compile, and the compiler's message must contain
# the text of its first line, "// rule: <text>". With HALFTONE_COMPILE_FAIL_CONTROL defined, the same file compiles.
set -eu
compiler=$1
include=$2
case=$3
rule=$(head -n 1 "$case")
if [[ $rule != "// rule: "* ]]; then
  echo "$case: the first line must be '// rule: <text of the message>'"
  exit 1
fi
rule=${rule#// rule: }
flags=(-std=c++20 -fsyntax-only -Wall -Wextra -Werror -I "$include")

if ! output=$("$compiler" "${flags[@]}" -DHALFTONE_COMPILE_FAIL_CONTROL "$case" 2>&1); then
  printf '%s\n%s\n' "the control does not compile:" "$output"
  exit 1
fi
if output=$("$compiler" "${flags[@]}" "$case" 2>&1); then
  echo "compiled, but should not: $rule"
  exit 1
fi
if [[ $output != *"$rule"* ]]; then
  printf '%s\n%s\n' "the message lacks: $rule" "$output"
  exit 1
fi
echo "$rule"
