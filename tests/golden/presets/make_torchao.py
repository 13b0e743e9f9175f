# SPDX-License-Identifier: MIT
"""Writes torchao.txt: microscaling and NVFP4 as the real torchao quantizes 8 rows of 64 floats.

usage: python3 make_torchao.py > torchao.txt      (torch, torchao; no GPU)

Blocks "NAME", then lines of hexadecimal numbers of 2 digits (bytes) or 8 (the bits of floats): "input" floats; "mx TYPE MODE" a
line of scale bytes (e8m0, a group of 32) and a line of codes, one a weight; "nvfp4" the tensor's scale, scale bytes (e4m3, a group
of 16) and codes. Rows are of several magnitudes, groups of zeros, single values, ties and signed zeros among them.
"""
import importlib.metadata

import numpy as np
import torch
from torchao.prototype.mx_formats.config import ScaleCalculationMode
from torchao.prototype.mx_formats.constants import DTYPE_FP6_E2M3, DTYPE_FP6_E3M2
from torchao.prototype.mx_formats.mx_tensor import to_mx
from torchao.prototype.mx_formats.nvfp4_tensor import nvfp4_quantize

TYPES = {"fp8_e4m3fn": torch.float8_e4m3fn, "fp8_e5m2": torch.float8_e5m2, "fp6_e3m2": DTYPE_FP6_E3M2,
         "fp6_e2m3": DTYPE_FP6_E2M3, "fp4_e2m1": torch.float4_e2m1fn_x2}

random = np.random.default_rng(7)
w = random.standard_normal((8, 64)).astype(np.float32)
w *= np.exp2(random.integers(-12, 12, (8, 1))).astype(np.float32)
w[1, :32] = 0
w[2] = np.arange(64) / 8 - 4              # ties
w[3, 32:] = -0.0
w[4, :32] = 0
w[4, 5] = -0.013                          # one value
w[5, :32] = np.linspace(1, 1.9999, 32)    # mantissas beyond those of the elements
w[6] = 2.0 ** (np.arange(64) % 20 - 10)   # powers of two


def line(values):
    values = np.asarray(values).reshape(-1)
    return "".join(f"{v:0{2 * values.itemsize}x}" for v in values)


def nibbles(packed):
    packed = packed.view(torch.uint8).numpy()
    return np.stack([packed >> 4, packed & 15], -1)


print(f"torchao {importlib.metadata.version('torchao')}, torch {torch.__version__}\n")
print(f"input\n{line(w.view(np.uint32))}\n")
for name, dtype in TYPES.items():
    for mode in ("FLOOR", "CEIL", "EVEN", "RCEIL"):
        scales, codes = to_mx(torch.from_numpy(w), dtype, 32, ScaleCalculationMode[mode])
        codes = nibbles(codes) if name.startswith("fp4") else codes.view(torch.uint8).numpy()
        print(f"mx {name} {mode}\n{line(scales.view(torch.uint8).numpy())}\n{line(codes)}\n")

# A tensor scale that is a power of two; groups near it in magnitude, because torchao keeps no scale below 2^-6 of it.
v = random.standard_normal((8, 64)).astype(np.float32)
v[3, :16] *= 20
v[0, 0] = 6 * 448 / 64
print(f"nvfp4 input\n{line(v.view(np.uint32))}\n")
tensor_scale = torch.tensor(np.abs(v).max() / (6 * 448), dtype=torch.float32)
scales, codes = nvfp4_quantize(torch.from_numpy(v), 16, tensor_scale)
print(f"nvfp4\n{line(tensor_scale.numpy().view(np.uint32))}\n{line(scales.view(torch.uint8).numpy())}\n{line(nibbles(codes))}\n")
