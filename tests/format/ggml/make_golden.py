#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Golden bytes of ggml's block formats, from ggml itself.

usage: make_golden.py work_folder [--check]

Takes the source package of llama-cpp-python (which carries llama.cpp) at a pinned version, checks its hash, compiles the
two files of ggml that quantize, without contraction and without fast-math, and calls them through ctypes. Inputs are
functions of a counter that the tests compute, too; so golden.txt holds hashes only, one line for

  encode FORMAT CASE plain|weighted HASH     ggml_quantize_chunk without and with importance (plain: quantize_row_*_ref, too)
  decode FORMAT CASE plain|weighted HASH     dequantize_row of those bytes
  bytes  FORMAT HASH                         dequantize_row of random bytes with finite scales

HASH is the first 16 digits of sha256; floats are hashed as little-endian binary32. With the package gguf in the path, its
NumPy code must give the same floats. --check compares with golden.txt instead of writing it. Unix, a C compiler.
"""
import ctypes
import fractions
import hashlib
import os
import pathlib
import struct
import subprocess
import sys
import tarfile

VERSION = "0.3.36"
SHA256 = "832db0699007f1be95a7e41ef12e88926b02ba836461e36a36372db2760c1a2e"
FLAGS = ["-std=gnu11", "-O2", "-ffp-contract=off", "-fno-fast-math", "-fPIC", "-ffunction-sections", "-fdata-sections",
         "-D_GNU_SOURCE", "-DNDEBUG"]  # as releases are built: sparse weights meet assertions of the searches
GOLDEN = pathlib.Path(__file__).with_name("golden.txt")

# name: (ggml type, weights a block, bytes a block, offsets of fp16 numbers, takes importance, is a type of chunks)
FORMATS = {
    "q4_0": (2, 32, 18, [0], True, True),
    "q4_1": (3, 32, 20, [0, 2], True, True),
    "q5_0": (6, 32, 22, [0], True, True),
    "q5_1": (7, 32, 24, [0, 2], True, True),
    "q8_0": (8, 32, 34, [0], False, True),
    "q8_1": (9, 32, 36, [0, 2], False, False),
    "q2_K": (10, 256, 84, [80, 82], True, True),
    "q3_K": (11, 256, 110, [108], True, True),
    "q4_K": (12, 256, 144, [0, 2], True, True),
    "q5_K": (13, 256, 176, [0, 2], True, True),
    "q6_K": (14, 256, 210, [208], True, True),
    "q8_K": (15, 256, 292, [], False, False),
    "iq4_nl": (20, 32, 18, [0], True, True),
    "iq4_xs": (23, 256, 136, [0], True, True),
    "tq1_0": (34, 256, 54, [52], False, True),
    "tq2_0": (35, 256, 66, [64], False, True),
    "mxfp4": (39, 32, 17, [], False, True),
    "nvfp4": (40, 64, 36, [], False, True),
    "q1_0": (41, 128, 18, [0], False, True),
    "q2_0": (42, 64, 18, [0], False, True),
}
ROWS, COLS = 3, 768
CASES = ["uniform", "bell", "heavy", "ties", "sparse", "zeros", "constant", "positive", "negative", "outlier", "small",
         "tiny", "ramp", "large", "almost"]

MASK = (1 << 64) - 1


def random_bits(seed, counter):
    """core/random.hpp"""
    def mix(z):
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)
    return mix((mix((counter * 0x9E3779B97F4A7C15 + seed) & MASK) + seed) & MASK)


def value(case, i):
    """Input i of a case; tests/format/ggml/inputs.hpp computes the same. Every step is exact in binary32."""
    # Almost constant weights can lead Q4_K to a negative scale, whose integer wraps; this seed does.
    seed = 1101 if case == "almost" else 1000 + CASES.index(case)
    r = random_bits(seed, i)
    unit = (r >> 40) * 2.0 ** -24
    signed = 2.0 * unit - 1.0
    bell = (sum((r >> (16 * j)) & 0xFFFF for j in range(4)) - 131072) * 2.0 ** -16
    if case == "uniform":
        return signed
    if case == "bell":
        return bell
    if case == "heavy":
        return signed * 2.0 ** ((r & 15) - 12)
    if case == "ties":
        return ((r >> 40) % 65 - 32) * 0.125
    if case == "sparse":
        return bell if r % 11 == 0 else 0.0
    if case == "zeros":
        return -0.0 if r & 1 else 0.0
    if case == "constant":
        return (random_bits(seed, i // 32) % 17 - 8) * 0.375
    if case == "positive":
        return unit + 0.25
    if case == "negative":
        return -(unit + 0.25)
    if case == "outlier":
        return 8.0 + unit if i % 37 == 5 else -8.0 - unit if i % 101 == 9 else bell * 0.0625
    if case == "small":
        return bell * 2.0 ** -17
    if case == "tiny":
        return bell * 2.0 ** -60
    if case == "ramp":
        return (i % 256 - 100) * 0.015625
    if case == "almost":
        return (bell if r % 12 == 0 else 0.0) - 2.5
    return bell * 2.0 ** 20  # large


def importance(i):
    r = random_bits(77, i)
    return 0.0 if r % 13 == 0 else (r >> 40) * 2.0 ** -24


def build(folder):
    """The shared library of ggml's quantizers."""
    archive = folder / f"llama_cpp_python-{VERSION}.tar.gz"
    if not archive.is_file():
        subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "llama-cpp-python",
                        f"llama-cpp-python=={VERSION}", "-d", str(folder)], check=True)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{archive} is not the pinned package")
    root = f"llama_cpp_python-{VERSION}/vendor/llama.cpp/ggml/"
    with tarfile.open(archive) as tar:
        tar.extractall(folder, [m for m in tar.getmembers() if m.name.startswith(root) and
                                (m.name.endswith(".h") or m.name.endswith(".c")) and m.isfile()])
    ggml = folder / root
    (folder / "ggml-version.h").write_text('#pragma once\n#define GGML_VERSION "pinned"\n#define GGML_COMMIT "pinned"\n')
    objects = []
    for name in ("ggml", "ggml-quants"):
        objects.append(str(folder / f"{name}.o"))
        subprocess.run(["cc", *FLAGS, f"-I{ggml}/include", f"-I{ggml}/src", f"-I{folder}", "-c", f"{ggml}/src/{name}.c",
                        "-o", objects[-1]], check=True)
    # What the quantizers do not need (graphs, backends) is dropped, with what it would need.
    script = folder / "exports.map"
    script.write_text("{ global: ggml_quantize_chunk; ggml_type_size; ggml_blck_size; quantize_row_*; dequantize_row_*; "
                      "local: *; };\n")
    (folder / "lock.c").write_text("void ggml_critical_section_start(void) {}\nvoid ggml_critical_section_end(void) {}\n")
    library = folder / "libggml_quants.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-Wl,--gc-sections", f"-Wl,--version-script={script}", "-Wl,-z,defs",
                    *objects, str(folder / "lock.c"), "-o", str(library), "-lm"], check=True)
    lib = ctypes.CDLL(str(library))
    lib.ggml_quantize_chunk.restype = ctypes.c_size_t
    lib.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64,
                                        ctypes.c_int64, ctypes.c_void_p]
    lib.ggml_type_size.restype = ctypes.c_size_t
    lib.ggml_type_size.argtypes = [ctypes.c_int]
    lib.ggml_blck_size.restype = ctypes.c_int64
    lib.ggml_blck_size.argtypes = [ctypes.c_int]
    for name in FORMATS:
        for function in (f"quantize_row_{name}_ref", f"dequantize_row_{name}"):
            if hasattr(lib, function):
                getattr(lib, function).restype = None
                getattr(lib, function).argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    return lib


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def rounded(x):
    """A fraction rounded once to binary32."""
    if x == 0:
        return 0.0
    exponent = 0
    while abs(x) >= fractions.Fraction(2) ** (exponent + 24):
        exponent += 1
    while abs(x) < fractions.Fraction(2) ** (exponent + 23):
        exponent -= 1
    scaled = x / fractions.Fraction(2) ** exponent
    return float(round(scaled) * fractions.Fraction(2) ** exponent)


def verify_no_contraction(lib):
    """A Q4_0 block in which x * id + 8.5 is another integer part when it is rounded once."""
    for seed in range(1, 200000):
        largest = f32(-1.0 - (random_bits(5, seed) >> 40) * 2.0 ** -24)
        d = f32(largest / -8)
        reciprocal = f32(1.0 / d)
        for step in range(-7, 8):
            x = f32((step + 0.5) * d)
            exact = fractions.Fraction(x) * fractions.Fraction(reciprocal)
            once = rounded(exact + fractions.Fraction(17, 2))
            twice = rounded(fractions.Fraction(rounded(exact)) + fractions.Fraction(17, 2))
            if abs(x) < abs(largest) and int(once) != int(twice):
                block = (ctypes.c_float * 32)(largest, x, *([0.0] * 30))
                out = ctypes.create_string_buffer(18)
                lib.quantize_row_q4_0_ref(block, out, 32)
                if (out.raw[3] & 15) != min(15, int(twice)):
                    sys.exit(f"probe: ggml was built with contraction: {largest} {x} gives {out.raw[3] & 15}, not {int(twice)}")
                print(f"probe: {largest!r}, {x!r} gives {int(twice)} ({int(once)} if contracted)")
                return
    sys.exit("probe: no value found")


def digest(data):
    return hashlib.sha256(bytes(data)).hexdigest()[:16]


def little_endian(floats):
    """Binary32; every NaN is one, because its sign and payload are no result."""
    return b"".join(struct.pack("<f", x) if x == x else b"\0\0\xc0\x7f" for x in floats)


def decode(lib, name, data):
    count = len(data) // FORMATS[name][2] * FORMATS[name][1]
    out = (ctypes.c_float * count)()
    getattr(lib, f"dequantize_row_{name}")(ctypes.create_string_buffer(bytes(data), len(data)), out, count)
    compare_with_gguf(name, data, bytes(out))
    return little_endian(out)


compared = set()


def compare_with_gguf(name, data, floats):
    try:
        import gguf
        import numpy
    except ImportError:
        return
    try:
        kind = gguf.GGMLQuantizationType(FORMATS[name][0])
        other = gguf.quants.dequantize(numpy.frombuffer(bytes(data), numpy.uint8), kind)
    except (NotImplementedError, ValueError):
        return  # gguf has no code for this type
    own = numpy.frombuffer(floats, numpy.float32)
    # NumPy's code may lose the sign of a zero; a value is a value.
    if not numpy.array_equal(own, other.reshape(-1), equal_nan=True):
        sys.exit(f"gguf decodes {name} otherwise: {numpy.count_nonzero(own != other.reshape(-1))} values")
    compared.add(name)


def random_bytes(name):
    """Rows of blocks whose fp16 numbers are finite."""
    _, weights, size, halves, _, _ = FORMATS[name]
    blocks = ROWS * COLS // weights
    data = bytearray(random_bits(500 + FORMATS[name][0], i) & 0xFF for i in range(blocks * size))
    for b in range(blocks):
        for at in halves:
            data[b * size + at + 1] &= 0xBF
        if name == "q8_K":
            data[b * size + 3] &= 0xBF  # binary32
        if name == "mxfp4" and data[b * size] == 0xFF:
            data[b * size] = 0x7F
        if name == "nvfp4":
            for i in range(b * size, b * size + 4):
                data[i] = 0x7F if data[i] == 0xFF else data[i]
        if name in ("tq2_0", "q2_0"):  # no encoder makes code 3
            first = 2 if name == "q2_0" else 0
            for i in range(b * size + first, b * size + first + weights // 4):
                data[i] &= ~((data[i] >> 1) & 0x55)
    return data


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lib = build(folder)
    verify_no_contraction(lib)
    only = os.environ.get("ONLY", "").split()
    lines = [f"# llama-cpp-python {VERSION}: written by make_golden.py"]
    inputs = {case: (ctypes.c_float * (ROWS * COLS))(*(value(case, i) for i in range(ROWS * COLS))) for case in CASES}
    weights = (ctypes.c_float * COLS)(*(importance(i) for i in range(COLS)))
    for case in CASES:
        lines.append(f"input {case} {digest(little_endian(inputs[case]))}")
    for name, (kind, block, size, _, weighted, chunk) in FORMATS.items():
        if (lib.ggml_type_size(kind), lib.ggml_blck_size(kind)) != (size, block):
            sys.exit(f"{name}: ggml has blocks of {lib.ggml_blck_size(kind)} in {lib.ggml_type_size(kind)} bytes")
        for case in CASES:
            length = ROWS * COLS // block * size
            out = ctypes.create_string_buffer(length)
            reference = ctypes.create_string_buffer(length)
            for row in range(ROWS):
                getattr(lib, f"quantize_row_{name}_ref")(ctypes.byref(inputs[case], row * COLS * 4),
                                                         ctypes.byref(reference, row * length // ROWS), COLS)
            results = {"plain": reference.raw}
            if chunk:
                lib.ggml_quantize_chunk(kind, inputs[case], out, 0, ROWS, COLS, None)
                if out.raw != reference.raw and name != "iq4_nl":
                    sys.exit(f"{name} {case}: ggml_quantize_chunk and the reference differ")
                results["plain"] = out.raw
            if weighted:
                weighted_out = ctypes.create_string_buffer(length)
                lib.ggml_quantize_chunk(kind, inputs[case], weighted_out, 0, ROWS, COLS, weights)
                results["weighted"] = weighted_out.raw
            if name == "iq4_nl" and case != "zeros" and case != "sparse" and case != "constant" and case != "tiny":
                results["reference"] = reference.raw  # leaves codes unset where a block is zero
            for how, data in results.items():
                lines.append(f"encode {name} {case} {how} {digest(data)}")
                if hasattr(lib, f"dequantize_row_{name}"):
                    lines.append(f"decode {name} {case} {how} {digest(decode(lib, name, data))}")
                if f"{name}:{case}:{how}" in only:
                    (folder / "dump.bin").write_bytes(data)
        if hasattr(lib, f"dequantize_row_{name}"):
            lines.append(f"bytes {name} {digest(decode(lib, name, random_bytes(name)))}")
    print("also decoded by gguf:", *sorted(compared))
    text = "\n".join(lines) + "\n"
    if "--check" in sys.argv:
        if GOLDEN.read_text() != text:
            sys.exit("golden.txt is not what ggml gives")
        print(f"golden.txt is what ggml gives: {len(lines) - 1} lines")
    else:
        GOLDEN.write_text(text)


main()
