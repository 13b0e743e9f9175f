#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Halftone beside ONNX Runtime (and PyTorch, if it is installed) on this machine: one table, both sides in turn.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash benchmarks/compare.sh [options]
  --csv FILE       also write the table as CSV
  --filter REGEX   only the rows whose "kernel MxNxK threads peer" matches
  --quick          fewer and shorter rounds
  --compiler NAME  build with this compiler only (default: g++ and, if it is there, clang++)
  --build DIR      build folder (default: build/compare)
  --no-install     do not install packages
  --self-test      check the code of the table only; needs nothing but Python
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build="$root/build/compare"
install=yes
compilers=()
options=()
while (($#)); do
  case $1 in
    --csv) options+=(--csv "$2"); shift ;;
    --filter) options+=(--filter "$2"); shift ;;
    --quick) options+=(--quick) ;;
    --compiler) compilers+=("$2"); shift ;;
    --build) build=$2; shift ;;
    --no-install) install=no ;;
    --self-test) exec python3 "$root/benchmarks/compare/compare.py" --self-test ;;
    --help|-h) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

# shellcheck source=benchmarks/install.sh
source "$root/benchmarks/install.sh"
[[ $install == no ]] || install_packages g++ cmake ninja-build libxsimd-dev python3 python3-venv

requirements="$root/benchmarks/compare/requirements.txt"
python="$build/venv/bin/python"
if ! cmp -s "$requirements" "$build/venv/installed.txt"; then
  echo "installing $(tr '\n' ' ' < "$requirements")" >&2
  # The distribution's Python first: others may lack venv.
  "$(command -v /usr/bin/python3 || command -v python3)" -m venv "$build/venv"
  "$python" -m pip install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" "$build/venv/installed.txt"
fi

if ((${#compilers[@]} == 0)); then
  compilers=(g++)
  command -v clang++ >/dev/null && compilers+=(clang++)
fi
libraries=()
for compiler in "${compilers[@]}"; do
  configure_benchmarks "$root" "$build/$compiler" -DCMAKE_CXX_COMPILER="$compiler"
  cmake --build "$build/$compiler" --target halftone_compare >&2
  libraries+=("$(find "$build/$compiler" -type f -name 'libhalftone_compare.*' | head -n 1)")
done
"$python" "$root/benchmarks/compare/compare.py" "${libraries[@]}" "${options[@]}"
