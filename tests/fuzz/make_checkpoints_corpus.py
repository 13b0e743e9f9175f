# SPDX-License-Identifier: MIT
"""Writes the seeds of the checkpoints fuzz target: a layer for each of its readers, behind the byte that names the reader.

usage: make_checkpoints_corpus.py <folder>
"""
import json
import pathlib
import struct

import corpus

HALVES, FLOATS = bytes.fromhex("003800340030002c"), bytes.fromhex("0000003f0000803e")
BRAIN = bytes.fromhex("003f803e")


def table(name):
    """A table of codes as the package wrote it: of a recorded file."""
    file = (pathlib.Path(__file__).parents[1] / "io/checkpoint_golden/bitsandbytes.safetensors").read_bytes()
    end = 8 + int.from_bytes(file[:8], "little")
    header = json.loads(file[8:end])
    key = next(k for k in header if k.endswith(name))
    begin, last = header[key]["data_offsets"]
    return file[end + begin:end + last]


def state(kind, shape, **more):
    text = {"quant_type": kind, "blocksize": 64, "dtype": "float16", "shape": shape, **more}
    raw = json.dumps(text).encode()
    return {f"l.quant_state.bitsandbytes__{kind}": ("U8", [len(raw)], raw)}


def words(*values):
    return struct.pack(f"<{len(values)}I", *values)


def gptq(rows, n, zeros, groups, scales, g_idx=None):
    tensors = {"l.qweight": ("I32", [rows, n], words(*(0x76543210 + i for i in range(rows * n)))),
               "l.qzeros": ("I32", [groups, zeros], words(*[0x77777777] * (groups * zeros))),
               "l.scales": ("F16", [groups, n], scales)}
    if g_idx:
        tensors["l.g_idx"] = ("I32", [len(g_idx)], words(*g_idx))
    return tensors


codes = bytes(range(0, 64, 2))
seeds = {
    "gptq4": (0, gptq(1, 4, 1, 1, HALVES)),
    "gptq4_ordered": (0, gptq(2, 2, 1, 2, HALVES, [0, 1] * 8)),
    "gptq3": (1, gptq(3, 1, 1, 1, HALVES[:2])),
    "gptq8": (2, gptq(1, 2, 1, 1, HALVES[:4], [0] * 4)),
    "awq": (3, {"l.qweight": ("I32", [4, 1], words(1, 2, 3, 0x76543210)), "l.qzeros": ("I32", [1, 1], words(0x88888888)),
                "l.scales": ("F16", [1, 8], HALVES * 2)}),
    "nf4": (4, {"l": ("U8", [32, 1], codes), "l.absmax": ("F32", [1], FLOATS[:4]), "l.quant_map": ("F32", [16], table("nf4_64_64.weight.quant_map")),
                **state("nf4", [2, 32])}),
    "fp4_nested": (5, {"l": ("U8", [2, 1], codes[:2]), "l.absmax": ("U8", [1], b"\x7f"),
                       "l.quant_map": ("F32", [16], table("fp4_32_nested.weight.quant_map")),
                       "l.nested_absmax": ("F32", [1], FLOATS[4:]), "l.nested_quant_map": ("F32", [256], table("nested_quant_map")),
                       **state("fp4", [1, 3], nested_blocksize=256, nested_dtype="float32", nested_offset=0.5)}),
    "int8": (6, {"l.weight": ("I8", [2, 3], codes[:6]), "l.SCB": ("F32", [2], FLOATS), "l.weight_format": ("U8", [], b"\0")}),
    "packed4": (7, {"l.weight_packed": ("I32", [2, 1], words(0x76543210, 0x89abcdef)), "l.weight_shape": ("I64", [2], struct.pack("<2q", 2, 8)),
                    "l.weight_scale": ("BF16", [2, 1], BRAIN)}),
    "packed8": (8, {"l.weight_packed": ("I32", [2, 1], words(0x76543210, 0x89abcdef)), "l.weight_shape": ("I64", [2], struct.pack("<2q", 2, 3)),
                    "l.weight_scale": ("BF16", [2, 1], BRAIN), "l.weight_zero_point": ("I32", [1, 1], words(0x8081))}),
    "bytes8": (9, {"l.weight": ("I8", [2, 3], codes[:6]), "l.weight_scale": ("BF16", [2, 1], BRAIN), "l.weight_zero_point": ("I8", [2, 1], b"\1\xff")}),
    "fp8": (10, {"l.weight": ("F8_E4M3", [2, 3], codes[:6]), "l.weight_scale": ("BF16", [1], BRAIN[:2])}),
    "nvfp4": (11, {"l.weight_packed": ("U8", [2, 8], codes[:16]), "l.weight_scale": ("F8_E4M3", [2, 1], b"\x30\x38"),
                   "l.weight_global_scale": ("F32", [1], FLOATS[:4])}),
}
corpus.write({name: bytes([reader]) + corpus.safetensors(tensors) for name, (reader, tensors) in seeds.items()})
