#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Changes the code of each refusal of the readers of files in turn and requires that a test fails.

A refusal is a `file_error::...` in a reader's header outside of comments and comparisons: a place that says what is wrong with a file. One
that no test notices has no crafted file that reaches it, or one whose failure nobody looks at. Tests that change files at random
are left out: only crafted files count. All refusals are compiled in at once, as in delete_checks.py, and a variable of the
environment tells which one gives another code.

Exits with 1 if the tests pass in spite of some change, and names these survivors.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

import delete_checks
import meta

ROOT = meta.ROOT
# Headers of readers, and the tests that have crafted files for them.
READERS = {
    "flatbuffer|tflite_": ["tflite_file", "tflite_graph", "tflite_weights"],
    "checkpoint.hpp|safetensors_|json_": ["checkpoint", "safetensors_header", "safetensors_extents", "safetensors_file", "safetensors_index", "json_fields", "json_reader"],
    "calibration_cache": ["calibration_cache"],
    "protobuf|onnx_(tensor|graph|file|layer|numbers|weights)": ["onnx_graph", "onnx_file", "onnx_layer", "onnx_numbers", "onnx_weights"],
    "quantized_": ["quantized_io", "quantized_description", "quantized_planes"],
}
RANDOM = "*bit may flip*,*any value*,*cut short*,*within a second*,*asks for more memory*"
# Sentences of refusals that no test can reach here, and why.
EXEMPT = {"its shape [\", reader.shape[0]": "only where a size has 32 bits"}
REFUSAL = re.compile(r"(?<![=!]= )\bfile_error::\w+\b")


def refusals(pattern):
    found = []
    for header in sorted((ROOT / "include/halftone/io").glob("*.hpp")):
        if re.match(pattern, header.name):
            text = header.read_text()
            for match in REFUSAL.finditer(delete_checks.without_comments(text)):
                line = text.count("\n", 0, match.start()) + 1
                if any(sentence in text.splitlines()[line - 1] for sentence in EXEMPT):
                    continue
                found.append({"header": header.relative_to(ROOT / "include"), "line": line, "begin": match.start(), "end": match.end(),
                              "text": text.splitlines()[line - 1].strip()})
    return found


def copy_with_switches(found, target):
    shutil.copytree(ROOT / "include", target)
    (target / "halftone/core/deleted_check.hpp").write_text("#pragma once\n" + delete_checks.SWITCH)
    for header in {f["header"] for f in found}:
        text = (target / header).read_text()
        for number in reversed([i for i, f in enumerate(found) if f["header"] == header]):
            begin, end = found[number]["begin"], found[number]["end"]
            # cannot_open is no code of what a reader finds in a file
            text = (text[:begin] + f"(::halftone_deleted::number() == {number} ? ::halftone::file_error::cannot_open : ::halftone::"
                    f"{text[begin:end]})" + text[end:])
        text = text.replace("#pragma once\n", "#pragma once\n#include <halftone/core/deleted_check.hpp>\n", 1)
        (target / header).write_text(text)


def build(options, include, folder, sources):
    main = folder / "main.cpp"
    main.write_text("#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN\n#include <doctest/doctest.h>\n")
    files = [main, *(ROOT / f"tests/io/{s}.cpp" for s in [*sources, "allocation_count"])]
    objects = [delete_checks.compile_one(options, include, f, folder / f"{i}.o") for i, f in enumerate(files)]
    program = folder / "tests"
    subprocess.run([options.compiler, *objects, "-pthread", "-o", str(program)], check=True)
    return program


def passes(program, number):
    environment = {**os.environ, "HALFTONE_DELETED_CHECK": str(number)}
    done = subprocess.run([str(program), "--abort-after=1", f"--test-case-exclude={RANDOM}"], capture_output=True, env=environment,
                          cwd=program.parent)
    return done.returncode == 0


def survivors(options, pattern, sources, scratch):
    found = refusals(pattern)
    scratch.mkdir()
    copy_with_switches(found, scratch / "include")
    program = build(options, scratch / "include", scratch, sources)
    if not passes(program, len(found)):
        shown = subprocess.run([str(program)], capture_output=True, text=True, cwd=scratch).stdout[-2000:]
        raise RuntimeError(f"the tests of {pattern} fail with every code in place:\n{shown}")
    return len(found), [f for i, f in enumerate(found) if passes(program, i)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="PATTERN", help="only readers whose pattern has this in it")
    parser.add_argument("--list", action="store_true", help="print the refusals and stop")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    options = parser.parse_args()
    options.flag = []
    if options.list:
        print("\n".join(f"{f['header']}:{f['line']}: {f['text']}" for pattern in READERS for f in refusals(pattern)))
        return
    total, problems = 0, []
    with tempfile.TemporaryDirectory(prefix="halftone_refusals_") as scratch:
        for i, (pattern, sources) in enumerate(READERS.items()):
            if options.only is None or options.only in pattern:
                count, left = survivors(options, pattern, sources, pathlib.Path(scratch) / str(i))
                total += count
                problems += [f"no test needs the code of {f['header']}:{f['line']}: {f['text']}" for f in left]
    meta.finish(total, problems)


if __name__ == "__main__":
    main()
