# SPDX-License-Identifier: MIT
"""Writes gguf.txt: ternary blocks as the real gguf package makes them of 4 rows of 512 floats.

usage: python3 make_gguf.py > gguf.txt      (gguf, numpy)

The weights are those of make_bitsandbytes.py with rows of 512. A block "ternary", then the scales (the bits of float16, 4 digits, a
block of 256) and the levels plus one, a digit a weight, which TQ1_0 and TQ2_0 agree about.
"""
import importlib.metadata

import numpy as np
from gguf import GGMLQuantizationType, quants

i = np.arange(4 * 512, dtype=np.uint64)
w = (((i * 2654435761) % 2 ** 32 >> np.uint64(8)).astype(np.float32) / np.float32(2 ** 24) - np.float32(0.5)).reshape(4, 512)
w *= (2.0 ** (np.arange(4) % 7 - 3)).astype(np.float32)[:, None]
scales = []
levels = []
for kind in (GGMLQuantizationType.TQ1_0, GGMLQuantizationType.TQ2_0):
    data = quants.quantize(w, kind)
    scale = np.ascontiguousarray(data.reshape(8, -1)[:, -2:]).view(np.uint16).reshape(-1)
    scales.append(scale)
    real = quants.dequantize(data, kind).reshape(8, 256)
    levels.append(np.rint(real / scale.view(np.float16).astype(np.float32)[:, None]).astype(int).reshape(-1) + 1)
assert (scales[0] == scales[1]).all() and (levels[0] == levels[1]).all()
print(f"gguf {importlib.metadata.version('gguf')}\n")
print("ternary\n" + "".join(f"{s:04x}" for s in scales[0]) + "\n" + "".join(str(v) for v in levels[0]) + "\n")
