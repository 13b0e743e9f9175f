#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run_if_supported.sh <isa> <program> [arguments]: runs the program, or says which feature this processor lacks and
# returns 77, which ctest reports as skipped.
set -eu
isa=$1
shift
case $isa in
  avx2) needed="avx2 fma f16c bmi2" ;;
  avx512) needed="avx512f avx512cd avx512bw avx512dq avx512vl avx512_vnni" ;;
  *) needed="" ;;
esac
flags=" $(grep -m1 '^flags' /proc/cpuinfo || true) "
for feature in $needed; do
  if [[ $flags != *" $feature "* ]]; then
    echo "SKIPPED $(basename "$1"): this processor has no $feature"
    exit 77
  fi
done
exec "$@"
