#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The golden hashes notice a change of one kernel constant: each mutation of a copy of the headers must fail the test.

    mutations.py SOURCE_DIR BUILD_DIR COMPILER [FLAGS...]
"""

import pathlib
import shutil
import subprocess
import sys

MUTATIONS = [
    ("order of accumulation: scale and add in two roundings", "gemm/group_fold.hpp",
     "fused(to_float(sum), token_.scaled(parameters.scale.columns(), row), floats::load(chain))",
     "product(to_float(sum), parameters.scale.columns()) + floats::load(chain)"),
    ("tie rule: halves away from even", "epilogue/stage.hpp",
     "return (x + magic) - magic;", "return (x + lanes<Lanes>::broadcast(0.25f) + magic) - magic;"),
    ("tail: the last column of a ragged panel", "gemm/tile_store.hpp",
     "return std::min(panel_columns, y.cols() - panel * panel_columns);",
     "const std::size_t rest = y.cols() - panel * panel_columns; return rest < panel_columns && rest > 1 ? rest - 1 : "
     "std::min(panel_columns, rest);"),
    ("tail: the last group ends a weight early", "gemm/panel_layout.hpp",
     "return std::min((group + 1) * run, k);", "return std::min((group + 1) * run, k > 1 ? k - 1 : k);"),
    ("bias of symmetric codes off by one", "gemm/packed_matrix.hpp",
     "return Element::min < 0 ? 1 << (Element::bits - 1) : 0;",
     "return Element::min < 0 ? (1 << (Element::bits - 1)) + 1 : 0;"),
]


def main() -> int:
    source, build = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    compiler = sys.argv[3:]
    survivors = []
    for number, (what, header, old, new) in enumerate(MUTATIONS):
        tree = build / f"mutation_{number}"
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(source / "include", tree / "include")
        path = tree / "include/halftone" / header
        text = path.read_text()
        if text.count(old) != 1:
            print(f"{header} no longer holds the text of mutation {what!r}: {text.count(old)} matches")
            return 1
        path.write_text(text.replace(old, new))
        program = tree / "golden"
        command = [*compiler, "-std=c++20", "-O1", "-I", str(tree / "include"), "-I", str(source / "tests"),
                   f'-DHALFTONE_SOURCE_DIR="{source}"', str(source / "tests/golden/mutation/probe.cpp"),
                   str(source / "tests/main.cpp"), "-o", str(program), "-pthread"]
        built = subprocess.run(command, capture_output=True, text=True)
        if built.returncode != 0:
            print(f"mutation {what!r} does not compile:\n{built.stderr[:2000]}")
            return 1
        run = subprocess.run([str(program)], capture_output=True, text=True)
        noticed = run.returncode != 0 and "has hash" in run.stdout
        print(f"{'noticed ' if noticed else 'SURVIVED'}  {what}")
        if not noticed:
            survivors.append(what)
        shutil.rmtree(tree, ignore_errors=True)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
