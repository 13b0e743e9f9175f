#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# warnings.sh <include folder> <source> <compiler>: no warning on any instruction set. 77 where the compiler is absent.
set -u
include=$1
source=$2
compiler=$3
if ! command -v "$compiler" >/dev/null; then
  echo "SKIPPED: $compiler is not installed"
  exit 77
fi
avx2="-mavx2 -mfma -mf16c -mbmi2"
flags="-std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror"
failed=0
avx512="$avx2 -mavx512f -mavx512cd -mavx512bw -mavx512dq -mavx512vl"
for isa in "" -msse4.1 "$avx2" "$avx2 -mavxvnni" "$avx512" "$avx512 -mavx512vnni"; do
  # shellcheck disable=SC2086  # words on purpose
  if "$compiler" $flags $isa -I "$include" "$source"; then
    echo "$compiler ${isa:-portable}: no warning"
  else
    failed=$((failed + 1))
  fi
done
echo "tally: $((6 - failed)) passed, $failed failed, 0 skipped"
exit $((failed > 0))
