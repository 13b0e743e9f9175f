#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds the benchmarks for this machine and runs them beside the roofs of this machine.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash benchmarks/run.sh [options]
  --filter REGEX  only the benchmarks whose name matches, as many_rows/int4 or one_row
  --list          names only
  --quick         fewer and shorter rounds
  --build DIR     build folder (default: build/benchmarks)
  --no-install    do not install packages
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build/benchmarks"
install=yes
options=(--benchmark_counters_tabular=true)
while (($#)); do
  case $1 in
    --filter) options+=("--benchmark_filter=$2"); shift ;;
    --list) options+=(--benchmark_list_tests=true) ;;
    --quick) options+=(--quick) ;;
    --build) build=$2; shift ;;
    --no-install) install=no ;;
    --help|-h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

# shellcheck source=benchmarks/install.sh
source "$root/benchmarks/install.sh"
[[ $install == no ]] || install_packages g++ cmake ninja-build libxsimd-dev libbenchmark-dev

configure_benchmarks "$root" "$build"
cmake --build "$build" --target halftone_benchmarks >&2
exec "$(find "$build" -type f -name halftone_benchmarks -perm -u+x | head -n 1)" "${options[@]}"
