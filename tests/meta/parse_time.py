# SPDX-License-Identifier: MIT
"""Parsing a header takes at most so many times as long as parsing xsimd and the standard headers that it uses.

usage: parse_time.py <compiler>
Both are measured in turn, seven times each, in processor time of the compiler; the smallest of each are compared, since
whatever else the machine does only adds to a time.
"""
import resource
import sys

import meta

# Kernels alone; and everything, with all elements, the formats of ten other systems, observers and methods after training.
LIMITS = {"halftone/gemm/gemm.hpp": 1.5, "halftone/halftone.hpp": 3.6}
RUNS = 7
FLAGS = ["-std=c++20", "-mavx2", "-mfma", "-mf16c", "-mbmi2", "-fsyntax-only", "-I", meta.INCLUDE, "-x", "c++", "-"]
compiler = sys.argv[1]


def closure(name, seen):
    """Every header of the project that `name` includes, directly or not."""
    if name not in seen:
        seen.add(name)
        for _, _, included in meta.includes_of(meta.INCLUDE / name):
            if included.startswith("halftone/"):
                closure(included, seen)
    return seen


def seconds(text):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    status, output = meta.run([compiler, *FLAGS], input=text)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if status:
        meta.finish(1, [output])
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


failures = []
for header, limit in LIMITS.items():
    others = sorted({included for name in closure(header, set()) for _, _, included in meta.includes_of(meta.INCLUDE / name)
                     if not included.startswith("halftone/") and included != "arm_neon.h"})
    texts = {"halftone": f"#include <{header}>\n",
             "baseline": "".join(f"#include <{name}>\n" for name in sorted({*others, "xsimd/xsimd.hpp"}))}
    times = {name: [] for name in texts}
    for _ in range(RUNS):
        for name, text in texts.items():
            times[name].append(seconds(text))
    halftone, baseline = (min(times[name]) for name in ("halftone", "baseline"))
    print(f"{header} {halftone:.2f} s, xsimd and {len(others)} other headers {baseline:.2f} s, "
          f"ratio {halftone / baseline:.2f}, limit {limit}")
    if halftone > limit * baseline:
        failures.append(f"parsing {header} takes {halftone / baseline:.2f} times the baseline")
meta.finish(len(LIMITS), failures)
