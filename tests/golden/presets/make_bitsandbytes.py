# SPDX-License-Identifier: MIT
"""Writes bitsandbytes.txt: NF4 with and without double quantization as the real bitsandbytes makes it of 64 rows of 512 floats.

usage: python3 make_bitsandbytes.py > bitsandbytes.txt      (bitsandbytes, torch; no GPU)

The weights are ((i * 2654435761 mod 2^32) >> 8) / 2^24 - 0.5 (exact), row r times 2^(r % 7 - 3). Blocks "NAME", then lines of
hexadecimal numbers of 2 digits (bytes) or 8 (the bits of floats): "nf4" the codes of the first four rows, one a weight, and the
maxima of all blocks of 64; "double quantization" the offset, the nested maxima (256 blocks each), the nested codes and the maxima
that they give.
"""
import bitsandbytes
import bitsandbytes.functional as functional
import numpy as np
import torch


def line(values):
    values = np.asarray(values).reshape(-1)
    values = values.view(np.uint32) if values.dtype == np.float32 else values
    return "".join(f"{v:0{2 * values.itemsize}x}" for v in values)


i = np.arange(64 * 512, dtype=np.uint64)
w = (((i * 2654435761) % 2 ** 32 >> np.uint64(8)).astype(np.float32) / np.float32(2 ** 24) - np.float32(0.5)).reshape(64, 512)
w *= (2.0 ** (np.arange(64) % 7 - 3)).astype(np.float32)[:, None]
values = torch.from_numpy(w)
packed, state = functional.quantize_4bit(values, blocksize=64, quant_type="nf4")
bytes_ = packed.numpy().reshape(-1)[:4 * 256]
print(f"bitsandbytes {bitsandbytes.__version__}, torch {torch.__version__}\n")
print(f"nf4\n{line(np.stack([bytes_ >> 4, bytes_ & 15], 1))}\n{line(state.absmax.numpy())}\n")
_, nested = functional.quantize_4bit(values, blocksize=64, quant_type="nf4", compress_statistics=True)
maxima = functional.dequantize_blockwise(nested.absmax, nested.state2) + nested.offset
print(f"double quantization\n{line(np.float32(nested.offset.item()).reshape(1))}\n{line(nested.state2.absmax.numpy())}")
print(f"{line(nested.absmax.numpy())}\n{line(maxima.numpy())}\n")
