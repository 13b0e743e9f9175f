# SPDX-License-Identifier: MIT
"""Each header compiles alone, without a warning; those that know nothing of SIMD do not pull in xsimd.

A leaf of AVX-512 is compiled for AVX-512, every other header for AVX2.

usage: headers_alone.py <compiler>
"""
import sys

import meta

compiler = sys.argv[1]
WITHOUT_XSIMD = ("core", "element", "scheme", "tensor")
FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-I", meta.INCLUDE,
         "-mavx2", "-mfma", "-mf16c", "-mbmi2"]
AVX512 = ["-mavx512f", "-mavx512cd", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx512vnni"]


def check(header):
    name = header.relative_to(meta.INCLUDE).as_posix()
    isa = AVX512 if "avx512" in header.name else []
    compile_it = [compiler, *FLAGS, *isa, "-include", name, "-x", "c++", "/dev/null"]
    status, output = meta.run([*compile_it, "-fsyntax-only"])
    if status:
        return f"{name} does not compile alone:\n{output}"
    if name.split("/")[1] in WITHOUT_XSIMD:
        _, dependencies = meta.run([*compile_it, "-M"])
        if "xsimd/" in dependencies:
            return f"{name} includes xsimd"
    return None


results = meta.in_parallel(check, meta.HEADERS)
meta.finish(len(results), [problem for problem in results if problem])
