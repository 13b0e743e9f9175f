# SPDX-License-Identifier: MIT
"""Each header compiles alone, without a warning; those that know nothing of SIMD do not pull in xsimd.

Headers of AVX-512 are compiled for AVX-512, those of AVX-VNNI for that, those of NEON by a cross compiler where one is
installed, every other header for AVX2.

usage: headers_alone.py <compiler>
"""
import shutil
import sys

import meta

compiler = sys.argv[1]
WITHOUT_XSIMD = ("core", "element", "scheme", "tensor")
FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", "-I", meta.INCLUDE]
AVX2 = ["-mavx2", "-mfma", "-mf16c", "-mbmi2"]
AVX512 = ["-mavx512f", "-mavx512cd", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx512vnni"]


def command_for(header):
    if "neon" in header.name:
        return ["aarch64-linux-gnu-g++", *FLAGS, "-idirafter", "/usr/include", "-march=armv8.2-a+dotprod+i8mm"]
    more = AVX512 if "avx512" in header.name else ["-mavxvnni"] if "avx_vnni" in header.name else []
    return [compiler, *FLAGS, *AVX2, *more]


def check(header):
    name = header.relative_to(meta.INCLUDE).as_posix()
    command = command_for(header)
    if shutil.which(command[0]) is None:
        print(f"SKIPPED {name}: {command[0]} is not installed")
        return None
    compile_it = [*command, "-include", name, "-x", "c++", "/dev/null"]
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
