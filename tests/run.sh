#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Installs what is missing, builds and runs every test, and ends in one line: "N passed, N failed, N skipped".
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash tests/run.sh [options]
  --quick       without the compiler matrix (other compilers, optimization and contraction flags)
  --exhaustive  and encode all 2^32 floats with every element on every instruction set (minutes)
  --conformance and hold the library and its golden files against the real packages, which pip downloads (downloads of 3 GB)
  --jobs N      parallel jobs (default: number of processors)
  --only REGEX  run only the tests whose name matches
  --build DIR   build folder (default: build/tests)
  --no-install  do not install packages
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build/tests"
jobs=$(nproc)
matrix=ON
exhaustive=OFF
conformance=OFF
only=""
install=yes
while (($#)); do
  case $1 in
    --quick) matrix=OFF ;;
    --exhaustive) exhaustive=ON ;;
    --conformance) conformance=ON ;;
    --jobs) jobs=$2; shift ;;
    --only) only=$2; shift ;;
    --build) build=$2; shift ;;
    --no-install) install=no ;;
    --help|-h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

phase_start=$SECONDS
phase() {
  echo "== $1 (at $((SECONDS - phase_start)) s)"
}

# Installs the packages that are missing and that this distribution has. Wanted ones may be absent; needed ones may not.
install_packages() {
  local needed="g++ cmake ninja-build pkg-config python3 libxsimd-dev doctest-dev nlohmann-json3-dev libcli11-dev"
  local wanted="ccache g++-aarch64-linux-gnu g++-arm-linux-gnueabihf g++-s390x-linux-gnu qemu-user libtbb-dev libbenchmark-dev"
  [[ $conformance == OFF ]] || wanted+=" gcc python3-venv python3-dev"
  [[ $matrix == OFF ]] || wanted+=" g++-12 clang-14 libclang-rt-14-dev clang-19 libclang-rt-19-dev"
  local missing=() package
  installed() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q '^install ok'; }
  for package in $needed $wanted; do
    installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  local sudo=""
  if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "not root and no sudo: cannot install ${missing[*]}" >&2; return 0; }
    sudo=sudo
  fi
  $sudo apt-get update -qq
  local available=()
  for package in "${missing[@]}"; do
    if [[ -n $(apt-cache madison "$package" 2>/dev/null) ]]; then
      available+=("$package")
    else
      echo "this distribution has no $package"
    fi
  done
  ((${#available[@]})) || return 0
  echo "installing ${available[*]}"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${available[@]}" >/dev/null
}

if [[ $install == yes ]] && command -v apt-get >/dev/null; then
  phase "packages"
  install_packages
fi

phase "configure"
cmake -S "$root" -B "$build" -G Ninja -DHALFTONE_TESTS=ON -DHALFTONE_EXAMPLES=ON -DHALFTONE_BENCHMARKS=ON \
  -DHALFTONE_TEST_MATRIX=$matrix -DHALFTONE_TEST_EXHAUSTIVE=$exhaustive \
  -DHALFTONE_TEST_CONFORMANCE=$conformance -DCMAKE_BUILD_TYPE=

phase "build"
status=0
cmake --build "$build" --parallel "$jobs" -- -k 0 || status=$?

run_tests() {  # NAME, then options of ctest
  local results="$build/$1.xml"
  shift
  (cd "$build" && ctest --output-on-failure --no-tests=error ${only:+-R "$only"} --output-junit "$results" \
    --test-output-size-passed 10000000 --test-output-size-failed 10000000 "$@") || status=$?
}

phase "test"
results=("$build/results.xml")
if [[ $conformance == OFF ]]; then
  run_tests results --parallel "$jobs"
else
  run_tests results --parallel "$jobs" -LE conformance
  phase "conformance"
  export HALFTONE_CONFORMANCE_UNTIL=$(($(date +%s) - (SECONDS - phase_start) + 70 * 60))  # systems after that are skipped
  run_tests conformance --parallel 1 -L conformance
  results+=("$build/conformance.xml")
fi

phase "done"
python3 "$root/tests/meta/count.py" "${results[@]}" || status=1
exit "$status"
