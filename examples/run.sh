#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Halftone: builds the language-model example with this machine's instruction set and runs it.
#
#   bash examples/run.sh                    all schemes, the bundled model
#   bash examples/run.sh --scheme int4_g32  options are passed on; --help lists them
#
# Works from any directory, on Debian 12 or newer, as root or with sudo. Installs what is missing.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build/examples"
packages=(g++ cmake ninja-build libxsimd-dev nlohmann-json3-dev libcli11-dev)

say() { printf '%s\n' "==> $*" >&2; }

# Runs a command quietly; shows what it printed only if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" > "$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    say "Failed: $*"
    exit 1
  fi
  rm -f "$log"
}

missing=()
for package in "${packages[@]}"; do
  if ! dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed; then
    missing+=("$package")
  fi
done
if [ "${#missing[@]}" -ne 0 ]; then
  say "Installing ${missing[*]}"
  elevate=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo > /dev/null; then
      say "Cannot install: neither root nor a machine with sudo."
      exit 1
    fi
    elevate=(sudo)
  fi
  quietly "${elevate[@]}" apt-get update
  quietly "${elevate[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
fi

started=$SECONDS
say "Configuring $build"
quietly cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS=-march=native \
  -DHALFTONE_TESTS=OFF -DHALFTONE_BENCHMARKS=OFF -DHALFTONE_EXAMPLES=ON

say "Building with $(nproc) tasks (about four minutes on two cores)"
quietly cmake --build "$build" --target halftone_llama
say "Built in $((SECONDS - started)) s"

program=$(find "$build" -type f -name halftone_llama -perm -u+x | head -n 1)
say "Running $program --model $root/examples/llama/model $*"
exec "$program" --model "$root/examples/llama/model" "$@"
