#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Deletes each check of the library in turn and requires that a test fails.

A check is a statement `expects(...)` or `expects_...(...)` in include/halftone/, not a declaration. The include tree is
copied, and in the copy every check stands behind `if (number of the check != HALFTONE_DELETED_CHECK)`, a variable of the
environment: one build of the contract tests then shows the library without any one of its checks. With --rebuild the
statement is really deleted and the tests are built again, once a check: slow, for doubters.

Exits with 1 if the tests pass without some check, and names these survivors. Compiles one file at a time unless --jobs
says otherwise.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import meta

ROOT = meta.ROOT
# Which tests speak for which folder. Checks of io/ are tested beside io/'s readers and writers.
SUITES = {
    "contract": ["tests/contract/quantize.cpp", "tests/contract/gemm_*.cpp", "tests/contract/reference.cpp",
                 "tests/core/result.cpp", "tests/simd/dispatch.cpp", "tests/quantize/transcode.cpp",
                 "tests/reference/transcode.cpp"],
    "calibration": ["tests/calibration/*.cpp"],
    "io": ["tests/io/*.cpp"],
    "ptq": ["tests/ptq/*.cpp"],
    "format": ["tests/format/ggml/simple_formats.cpp", "tests/format/ggml/float_formats.cpp",
               "tests/format/ggml/transcode.cpp", "tests/format/awq/*.cpp",
               "tests/format/compressed_tensors/*.cpp", "tests/format/gptq/*.cpp", "tests/format/onnx/*.cpp",
               "tests/format/tflite/*.cpp", "tests/format/tensorrt/int4_bytes.cpp", "tests/format/torch/blocked_scales.cpp",
               "tests/format/torch/fake_quantize.cpp", "tests/format/torch/int4_tiles.cpp",
               "tests/format/torch/int4pack.cpp", "tests/format/torch/quantize_nvfp4.cpp"],
}
CALL = re.compile(r"\bexpects(?:_\w+)?\s*(?:<[^;(){}]*>)?\s*\(")
# Tests that take seconds: run where the others pass.
SLOW = "*asks for more memory*,*before a file appears*,*within a second*"
TIME_LIMIT = 300  # seconds for one run of a suite; a check whose absence hangs the tests is seen, too


def without_comments(text):
    """The same text with comments and the insides of strings as spaces, so that offsets stay."""
    pattern = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])'", re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def end_of_call(text, opening):
    depth = 0
    for i in range(opening, len(text)):
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        if depth == 0:
            return i + 1
    raise ValueError("unbalanced parentheses")


def statements(text):
    """(begin, end) of every check that is a statement of its own."""
    plain = without_comments(text)
    found = []
    for match in CALL.finditer(plain):
        end = end_of_call(plain, match.end() - 1)
        if not re.match(r"\s*;", plain[end:]):
            continue  # a declaration with a body, or a part of an expression
        end = plain.index(";", end) + 1
        begin = max(plain.rfind(c, 0, match.start()) for c in ";{}") + 1
        head = plain[begin:match.start()].strip()
        if not re.fullmatch(r"(?:(?:\w+)\s*(?:::|\.|->)\s*)*", head):
            continue  # a return type stands before it: a declaration
        if re.search(r"requires\s*(?:\([^()]*\)\s*)?\{[^{}]*$", plain[:begin]):
            continue  # a requirement, not a call
        begin += len(plain[begin:]) - len(plain[begin:].lstrip())
        found.append((begin, end))
    return found


def all_checks():
    checks = []
    for header in sorted((ROOT / "include/halftone").rglob("*.hpp")):
        text = header.read_text()
        for begin, end in statements(text):
            line = text.count("\n", 0, begin) + 1
            checks.append({"header": header.relative_to(ROOT / "include"), "line": line, "begin": begin, "end": end,
                           "text": " ".join(text[begin:end].split())})
    return checks


def describe(check):
    return f"{check['header']}:{check['line']}: {check['text'][:110]}"


SWITCH = """
#include <cstdlib>
namespace halftone_deleted {
inline int number() {
  static const int chosen = [] {
    const char* text = std::getenv("HALFTONE_DELETED_CHECK");
    return text == nullptr ? -1 : std::atoi(text);
  }();
  return chosen;
}
}  // namespace halftone_deleted
"""


def copy_with_switches(checks, target):
    shutil.copytree(ROOT / "include", target)
    (target / "halftone/core/deleted_check.hpp").write_text("#pragma once\n" + SWITCH)
    for header in {c["header"] for c in checks}:
        text = (target / header).read_text()
        for number in reversed([i for i, c in enumerate(checks) if c["header"] == header]):
            begin, end = checks[number]["begin"], checks[number]["end"]
            text = (text[:begin] + "{ if (::halftone_deleted::number() != %d) { " % number + text[begin:end] + " } }" +
                    text[end:])
        text = text.replace("#pragma once\n", "#pragma once\n#include <halftone/core/deleted_check.hpp>\n", 1)
        (target / header).write_text(text)


def compile_one(options, include, source, target):
    command = [options.compiler, "-std=c++20", "-O0", "-w", *options.flag, f'-DHALFTONE_SOURCE_DIR="{ROOT}"',
               "-I", str(include), "-I", str(ROOT / "tests"), "-c", str(source), "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{source} does not compile:\n{done.stderr[:3000]}")
    return str(target)


def build(options, include, folder, suite):
    """Builds the suite against a tree of headers; returns the program."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [s for pattern in SUITES[suite] for s in sorted(ROOT.glob(pattern))]
    main = folder / "main.cpp"
    main.write_text("#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN\n#include <doctest/doctest.h>\n")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(compile_one, options, include, s, folder / f"{i}.o") for i, s in enumerate([main, *sources])]
        objects = [j.result() for j in jobs]
    program = folder / suite
    subprocess.run([options.compiler, *objects, "-pthread", "-o", str(program)], check=True)
    return program


def passes(program, deleted=None):
    environment = dict(os.environ)
    if deleted is not None:
        environment["HALFTONE_DELETED_CHECK"] = str(deleted)
    for some in ([f"--test-case-exclude={SLOW}"], [f"--test-case={SLOW}"]):
        try:
            done = subprocess.run([str(program), "--abort-after=1", *some], capture_output=True, env=environment, timeout=TIME_LIMIT,
                                  cwd=ROOT)
        except subprocess.TimeoutExpired:
            return False
        if done.returncode != 0:
            return False
    return True


def suite_of(check):
    folder = check["header"].parts[1]
    return folder if folder in SUITES else "contract"


def survivors_by_switch(options, checks, chosen, scratch):
    include = scratch / "include"
    copy_with_switches(checks, include)
    found = []
    for suite in sorted({suite_of(checks[i]) for i in chosen}):
        program = build(options, include, scratch / suite, suite)
        if not passes(program, len(checks)):  # the number of no check
            shown = subprocess.run([str(program)], capture_output=True, text=True, cwd=ROOT).stdout[-2000:]
            raise RuntimeError(f"the {suite} tests fail with every check in place:\n{shown}")
        numbers = [i for i in chosen if suite_of(checks[i]) == suite]
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            found += [i for i, passed in zip(numbers, pool.map(lambda i: passes(program, i), numbers)) if passed]
    return found


def survivors_by_rebuild(options, checks, chosen, scratch):
    found = []
    for i in chosen:
        include = scratch / f"include_{i}"
        shutil.copytree(ROOT / "include", include)
        header = include / checks[i]["header"]
        text = header.read_text()
        header.write_text(text[: checks[i]["begin"]] + ";" + text[checks[i]["end"]:])
        if passes(build(options, include, scratch / f"build_{i}", suite_of(checks[i]))):
            found.append(i)
        shutil.rmtree(include)
        print(f"{'SURVIVES' if i in found else 'seen    '} {describe(checks[i])}", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="print the checks and stop")
    parser.add_argument("--suites", action="store_true", help="print the names of the suites and stop")
    parser.add_argument("--only", metavar="PATTERN", help="only checks whose header, line or text match this expression")
    parser.add_argument("--suite", choices=sorted(SUITES), help="only checks that these tests speak for")
    parser.add_argument("--rebuild", action="store_true", help="delete and build for every check")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    parser.add_argument("--flag", action="append", default=[], help="a flag for the compiler; default -march=native")
    parser.add_argument("--jobs", type=int, default=1, help="compilers, or runs of the tests, at a time (default: 1)")
    options = parser.parse_args()
    options.flag = options.flag or ["-march=native"]

    if options.suites:
        print(*sorted(SUITES))
        return
    checks = all_checks()
    chosen = [i for i, c in enumerate(checks) if not options.only or re.search(options.only, describe(c))]
    chosen = [i for i in chosen if options.suite in (None, suite_of(checks[i]))]
    if options.list:
        print("\n".join(describe(checks[i]) for i in chosen))
        print(f"{len(chosen)} checks")
        return
    with tempfile.TemporaryDirectory(prefix="halftone_checks_") as scratch:
        search = survivors_by_rebuild if options.rebuild else survivors_by_switch
        survivors = search(options, checks, chosen, pathlib.Path(scratch))
    meta.finish(len(chosen), [f"no test needs {describe(checks[i])}" for i in survivors])


if __name__ == "__main__":
    main()
