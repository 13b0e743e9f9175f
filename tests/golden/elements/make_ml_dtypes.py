# SPDX-License-Identifier: MIT
"""Writes ml_dtypes.txt: what the real ml_dtypes makes of every float32, and of every code.

usage: python3 make_ml_dtypes.py > ml_dtypes.txt      (numpy and ml_dtypes; two minutes)

A block a type, separated by empty lines. "encode TYPE", then a line "KEY CODE" (hexadecimal) wherever the code changes when all
2^32 floats are taken in ascending order (negative NaN, -infinity, ..., -0, +0, ..., infinity, NaN). "decode TYPE", then a line
"CODE FLOAT" for each code, the bits of its float32 (NaN as 7fc00000, whatever its sign).
"""
import ml_dtypes
import numpy as np

TYPES = {"float8_e4m3fn": 8, "float8_e4m3fnuz": 8, "float8_e5m2": 8, "float8_e5m2fnuz": 8, "float8_e8m0fnu": 8,
         "float6_e3m2fn": 6, "float6_e2m3fn": 6, "float4_e2m1fn": 4}
CHUNK = 1 << 24

print(f"ml_dtypes {ml_dtypes.__version__}, numpy {np.__version__}\n")
for name, bits in TYPES.items():
    dtype = getattr(ml_dtypes, name)
    print(f"encode {name}")
    last = -1
    for first in range(0, 1 << 32, CHUNK):
        keys = np.arange(first, first + CHUNK, dtype=np.uint32)
        floats = np.where(keys >> 31 != 0, keys & np.uint32(0x7fffffff), ~keys).view(np.float32)
        with np.errstate(all="ignore"):
            codes = floats.astype(dtype).view(np.uint8)
        changes = np.flatnonzero(np.diff(codes, prepend=np.uint8(codes[0] if last == codes[0] else ~codes[0])))
        for i in changes:
            print(f"{keys[i]:x} {codes[i]:x}")
        last = codes[-1]
    print(f"\ndecode {name}")
    values = np.arange(1 << bits, dtype=np.uint8).view(dtype).astype(np.float32)
    for code, value in enumerate(np.where(np.isnan(values), np.float32(np.nan), values).view(np.uint32)):
        print(f"{code:x} {value:x}")
    print()
