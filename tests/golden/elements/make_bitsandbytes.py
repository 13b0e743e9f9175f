# SPDX-License-Identifier: MIT
"""Writes bitsandbytes.txt: tables of the real bitsandbytes package, and where its CPU quantizers change from entry to entry.

usage: python3 make_bitsandbytes.py > bitsandbytes.txt      (bitsandbytes, torch; no GPU)

"table NAME", then lines "CODE FLOAT" (hexadecimal, the bits of a float32). "first NAME", then lines "KEY CODE" in the order of
keys: the first float (see make_ml_dtypes.py for keys) that the package encodes as CODE, found by halving between neighbours. The
first block of each call holds 1, so that its scale is 1. Codes of fp4 on a CPU come from another, shorter table: left out.
quantize_blockwise on a CPU takes -1 for the smallest entry of any map: the first threshold is left out.
"""
import bitsandbytes
import bitsandbytes.functional as functional
import numpy as np
import torch


def key(x):
    bits = np.asarray(x, np.float32).view(np.uint32).astype(np.int64)
    return np.where(bits >> 31 != 0, 0xffffffff - bits, bits | 0x80000000)


def float_of(k):
    return np.where(k >> 31 != 0, k & 0x7fffffff, 0xffffffff - k).astype(np.uint32).view(np.float32)


def codes(x, block, quantize):
    blocks = np.zeros((-(-len(x) // (block - 1)), block), np.float32)
    blocks[:, 0] = 1
    rest = np.zeros((blocks.shape[0], block - 1), np.float32)
    rest.reshape(-1)[:len(x)] = x
    blocks[:, 1:] = rest
    return quantize(torch.from_numpy(blocks.reshape(-1))).reshape(-1, block)[:, 1:].reshape(-1)[:len(x)]


def nf4_codes(values):
    packed = functional.quantize_4bit(values, blocksize=64, quant_type="nf4")[0].numpy().reshape(-1)
    return np.stack([packed >> 4, packed & 15], 1)


def map_codes(table):
    # a copy each time: the C++ code writes into it
    return lambda values: functional.quantize_blockwise(values, code=torch.from_numpy(table.copy()), blocksize=256)[0].numpy()


def first_keys(entries, block, quantize):
    low, high = key(entries[:-1]), key(entries[1:])
    lower = codes(entries[:-1], block, quantize)
    while (high - low > 1).any():
        middle = (low + high) // 2
        up = codes(float_of(middle), block, quantize) != lower
        high, low = np.where(up, middle, high), np.where(up, low, middle)
    return high, codes(float_of(high), block, quantize)


print(f"bitsandbytes {bitsandbytes.__version__}, torch {torch.__version__}\n")
nf4 = functional.get_4bit_type("nf4", device="cpu").numpy()
signed = functional.create_dynamic_map(signed=True).numpy()
unsigned = functional.create_dynamic_map(signed=False).numpy()
for name, table in (("nf4", nf4), ("fp4", functional.get_4bit_type("fp4", device="cpu").numpy()),
                    ("dynamic8", signed), ("dynamic8_unsigned", unsigned)):
    print(f"table {name}")
    for code, value in enumerate(table.view(np.uint32)):
        print(f"{code:x} {value:x}")
    print()
for name, table, block, quantize, left_out in (("nf4", nf4, 64, nf4_codes, 0), ("dynamic8", signed, 256, map_codes(signed), 1),
                                               ("dynamic8_unsigned", unsigned, 256, map_codes(unsigned), 1)):
    print(f"first {name}")
    for first, code in list(zip(*first_keys(table[left_out:], block, quantize))):
        print(f"{first:x} {code:x}")
    print()
