#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Encoders of ggml's block formats beside ggml's own, in one process: a table, and exit status 1 where a goal is missed.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash benchmarks/ggml.sh [options]
  --compiler NAME  for Halftone's side (default: g++); ggml's is compiled with cc
  --level FLAG     optimization of both sides (default: -O3)
  --build DIR      build folder (default: build/ggml)
  --no-install     do not install packages
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build/ggml"
compiler=g++
level=-O3
install=yes
while (($#)); do
  case $1 in
    --compiler) compiler=$2; shift ;;
    --level) level=$2; shift ;;
    --build) build=$2; shift ;;
    --no-install) install=no ;;
    --help|-h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

# shellcheck source=benchmarks/install.sh
source "$root/benchmarks/install.sh"
[[ $install == no ]] || install_packages g++ gcc libxsimd-dev python3 python3-venv

# The version that the golden files are from.
version=0.3.36
sha256=832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e
archive="$build/llama_cpp_python-$version.tar.gz"
mkdir -p "$build"
if ! [[ -f $archive ]]; then
  echo "downloading llama-cpp-python $version, which carries ggml" >&2
  [[ -x $build/venv/bin/python ]] || "$(command -v /usr/bin/python3 || command -v python3)" -m venv "$build/venv"
  "$build/venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary llama-cpp-python \
    "llama-cpp-python==$version" -d "$build"
fi
echo "$sha256  $archive" | sha256sum --check --quiet

ggml="$build/llama_cpp_python-$version/vendor/llama.cpp/ggml"
[[ -d $ggml ]] || tar -xf "$archive" -C "$build" "llama_cpp_python-$version/vendor/llama.cpp/ggml"
printf '#pragma once\n#define GGML_VERSION "pinned"\n#define GGML_COMMIT "pinned"\n' > "$build/ggml-version.h"
printf 'void ggml_critical_section_start(void) {}\nvoid ggml_critical_section_end(void) {}\n' > "$build/lock.c"
c_flags=(-std=gnu11 "$level" -march=native -ffp-contract=off -DNDEBUG -D_GNU_SOURCE -ffunction-sections -fdata-sections -w
         -I "$ggml/include" -I "$ggml/src" -I "$ggml/src/ggml-cpu" -I "$build")
objects=()
compile() {
  objects+=("$build/$1.o")
  cc "${c_flags[@]}" "${@:3}" -c "$2" -o "$build/$1.o"
}
echo "compiling ggml's encoders and Halftone's" >&2
compile ggml "$ggml/src/ggml.c"
compile ggml-quants "$ggml/src/ggml-quants.c"
compile lock "$build/lock.c"
cxx_flags=()
if [[ $(uname -m) == x86_64 ]]; then
  compile simd "$ggml/src/ggml-cpu/arch/x86/quants.c" -Dquantize_row_q8_0=ggml_simd_q8_0
  cxx_flags+=(-DGGML_HAS_SIMD)
fi
"$compiler" -std=c++20 "$level" -march=native -DNDEBUG "${cxx_flags[@]}" -I "$root/include" "$root/benchmarks/ggml/encoders.cpp" \
  "${objects[@]}" -Wl,--gc-sections -o "$build/encoders" -lm

"$compiler" --version | head -1
grep -m1 "model name" /proc/cpuinfo || true
exec "$build/encoders"
