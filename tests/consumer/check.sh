#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh <installed|subdirectory|pkg_config|include_path> <project root> <compiler> <cmake>
# Builds and runs the program of this folder the way a user would.
set -eu
how=$1
root=$2
compiler=$3
cmake=$4
here="$root/tests/consumer"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Installs into one prefix and moves it away: nothing installed may remember where it was.
install_and_move() {
  "$cmake" -S "$root" -B "$folder/halftone" -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_INSTALL_PREFIX="$folder/first" \
    -DHALFTONE_TESTS=OFF -DHALFTONE_EXAMPLES=OFF -DHALFTONE_BENCHMARKS=OFF >/dev/null
  "$cmake" --install "$folder/halftone" >/dev/null
  mv "$folder/first" "$folder/moved"
  rm -rf "$folder/halftone"
  if grep -rlE "$folder|$root/(include|cmake|build)" "$folder/moved"; then
    echo "an installed file names a path of the build"
    exit 1
  fi
}

build_with_cmake() {
  "$cmake" -S "$here/$how" -B "$folder/build" -DCMAKE_CXX_COMPILER="$compiler" "$@" >/dev/null
  "$cmake" --build "$folder/build" >/dev/null
  "$folder/build/consumer"
  if [[ -x "$folder/build/dispatch" ]]; then
    "$folder/build/dispatch"
  fi
}

case $how in
  installed)
    install_and_move
    build_with_cmake -DCMAKE_PREFIX_PATH="$folder/moved"
    ;;
  subdirectory)
    build_with_cmake -DHALFTONE_ROOT="$root"
    ;;
  pkg_config)
    command -v pkg-config >/dev/null || { echo "SKIPPED: pkg-config is not installed"; exit 77; }
    install_and_move
    export PKG_CONFIG_PATH="$folder/moved/share/pkgconfig"
    # shellcheck disable=SC2046  # words on purpose
    "$compiler" -std=c++20 $(pkg-config --cflags halftone) "$here/main.cpp" -o "$folder/consumer"
    "$folder/consumer"
    ;;
  include_path)
    "$compiler" -std=c++20 -I "$root/include" "$here/main.cpp" -o "$folder/consumer"
    "$folder/consumer"
    ;;
  *) exit 2 ;;
esac
