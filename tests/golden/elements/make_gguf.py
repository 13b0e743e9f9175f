# SPDX-License-Identifier: MIT
"""Writes gguf.txt: what the real gguf package makes of base-3 digits, and its tables of 4 bits.

usage: python3 make_gguf.py > gguf.txt      (gguf, numpy)

"five trits": lines "NUMBER BYTE" (hexadecimal), NUMBER = 81 t_0 + 27 t_1 + ... + t_4 with digits 0, 1, 2 for -1, 0, 1, through
TQ1_0. "four trits": the same for the bytes of its end, NUMBER = 27 t_0 + ... + t_3. "trits": "BYTE NUMBER", how any byte is read.
"table iq4_nl" and "table mxfp4": "CODE FLOAT", the bits of a float32.
"""
import importlib.metadata

import numpy as np
from gguf import GGMLQuantizationType, quants

TQ1_0 = GGMLQuantizationType.TQ1_0


def digits(number, count):
    return [number // 3 ** (count - 1 - i) % 3 for i in range(count)]


def block(number, place, count):
    """A block of -1 but for the weights of one byte; those of byte 0 lie 32 apart, those of byte 48 four."""
    x = np.full(256, -1, np.float32)
    for i, digit in enumerate(digits(number, count)):
        x[place(i)] = digit - 1
    return quants.quantize(x.reshape(1, -1), TQ1_0)[0]


print(f"gguf {importlib.metadata.version('gguf')}\n")
print("five trits")
for number in range(243):
    print(f"{number:x} {block(number, lambda i: 32 * i, 5)[0]:x}")
print("\nfour trits")
for number in range(81):
    print(f"{number:x} {block(number, lambda i: 240 + 4 * i, 4)[48]:x}")
print("\ntrits")
for byte in range(256):
    raw = block(0, lambda i: i, 0)
    raw[0] = byte
    values = quants.dequantize(raw.reshape(1, -1), TQ1_0)[0]
    print(f"{byte:x} {sum(int(values[32 * i] + 1) * 3 ** (4 - i) for i in range(5)):x}")
for name, kind, scale in (("iq4_nl", GGMLQuantizationType.IQ4_NL, np.frombuffer(np.float16(1).tobytes(), np.uint8)),
                          ("mxfp4", GGMLQuantizationType.MXFP4, np.array([127], np.uint8))):
    raw = np.concatenate([scale, np.arange(16, dtype=np.uint8)])
    values = quants.dequantize(raw.reshape(1, -1), kind)[0]
    print(f"\ntable {name}")
    for code, bits in enumerate(values[:16].astype(np.float32).view(np.uint32)):
        print(f"{code:x} {bits:x}")
