# SPDX-License-Identifier: MIT
"""What a scheme costs to compile: a bounded list of tiles, and a bounded multiple of the time that xsimd alone takes.

usage: instantiation_time.py <compiler>
One file multiplies by int4_g32 with activations quantized inside the call, the other only includes xsimd. Both are compiled
in turn, seven times each, in processor time of the compiler; the smallest of each are compared, since whatever else the
machine does only adds to a time. docs/compile_time.md explains both.
"""
import pathlib
import re
import resource
import subprocess
import sys
import tempfile

import meta

LIMIT = 4.0
RUNS = 7
# (source of lines, panels, rows) of the tiles of a scheme below 8 bits on AVX2: tile_shape<avx2> has 4 rows, 1 panel, and 2
# panels for a single row. Decoded lines only end a row there: a full tile and one of one row.
TILES = sorted([("packed_lines", panels, rows) for panels, rows in ((1, 1), (1, 2), (1, 3), (1, 4), (2, 1))] +
               [("decoded_lines", panels, rows) for panels, rows in ((1, 1), (1, 4), (2, 1))])
FLAGS = ["-std=c++20", "-O2", "-mavx2", "-mfma", "-mf16c", "-mbmi2", "-I", str(meta.INCLUDE), "-x", "c++", "-c", "-"]
TEXTS = {
    "scheme": """#include <halftone/gemm/gemm.hpp>
#include <halftone/scheme/presets.hpp>
using namespace halftone;
void multiply(matrix_view<const float> x, const packed_matrix<int4_g32>& w, matrix_view<float> y) {
  gemm(dynamic<int8_per_token>(x), w, y);
}
""",
    "baseline": "#include <xsimd/xsimd.hpp>\nvoid nothing() {}\n",
}
compiler = sys.argv[1]


def seconds(text, output):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    status, message = meta.run([compiler, *FLAGS, "-o", str(output)], input=text)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status:
        meta.finish(2, [message])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


with tempfile.TemporaryDirectory() as folder:
    objects = {name: pathlib.Path(folder) / f"{name}.o" for name in TEXTS}
    times = {name: [] for name in TEXTS}
    for _ in range(RUNS):
        for name, text in TEXTS.items():
            times[name].append(seconds(text, objects[name]))
    symbols = subprocess.run(["nm", "-C", str(objects["scheme"])], capture_output=True, text=True, check=True).stdout

scheme, baseline = (min(times[name]) for name in ("scheme", "baseline"))
tiles = sorted({(source, int(panels), int(rows)) for source, panels, rows in
                re.findall(r"::run_tile<[\w:]*?(\w+_lines)<[^()]*?>, (\d+)ul, (\d+)ul>", symbols)})
print(f"one scheme {scheme:.2f} s, xsimd alone {baseline:.2f} s, ratio {scheme / baseline:.2f}, limit {LIMIT}; "
      f"{len(tiles)} tiles")
problems = []
if scheme > LIMIT * baseline:
    problems.append(f"a scheme takes {scheme / baseline:.2f} times xsimd alone, more than {LIMIT}")
if tiles != TILES:
    problems.append(f"the tiles of a scheme are {tiles}, not {TILES}")
meta.finish(2, problems)
