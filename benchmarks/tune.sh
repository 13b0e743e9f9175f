#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measures the sizes of tiles and blocks on this machine and writes them as a header, for HALFTONE_TUNED_HEADER.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash benchmarks/tune.sh [options]
  --output FILE     the header (default: build/tune/halftone_tuned.hpp)
  --quick           one kernel, two constants, few values: less than a minute
  --only CONSTANT   tune this constant alone, as integer_rows; may be repeated
  --compiler NAME   default: g++
  --flags FLAGS     those that the header will be used with (default: "-O3 -march=native")
  --jobs N          compilers at a time (default: number of processors)
  --build DIR       folder for candidates (default: build/tune)
  --no-install      do not install packages
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build/tune"
output=""
install=yes
options=()
while (($#)); do
  case $1 in
    --output) output=$2; shift ;;
    --build) build=$2; shift ;;
    --only|--most|--compiler|--jobs) options+=("$1" "$2"); shift ;;
    --flags) options+=("--flags=$2"); shift ;;
    --quick) options+=("$1") ;;
    --no-install) install=no ;;
    --help|-h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

# shellcheck source=benchmarks/install.sh
source "$root/benchmarks/install.sh"
[[ $install == no ]] || install_packages g++ libxsimd-dev python3

exec python3 "$root/benchmarks/tune/tune.py" --build "$build" --output "${output:-$build/halftone_tuned.hpp}" \
  ${options[@]+"${options[@]}"}
