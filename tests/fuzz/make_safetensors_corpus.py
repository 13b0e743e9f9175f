# SPDX-License-Identifier: MIT
"""Writes the seeds of the safetensors fuzz target: small legal files, one for each thing that a header can say.

usage: make_safetensors_corpus.py <folder>
"""
import json

import corpus
from corpus import safetensors as file_of

ASYMMETRIC = "scheme<uint4,asymmetric,per_group<2>,nearest_even,stored_as<fp16>>"
LEARNED = "scheme<runtime_codebook<2>,symmetric,per_channel<0>,nearest_even,stored_as<fp32>>"
NESTED = ("scheme<int3,symmetric,file_groups,nearest_even,"
          "quantized_again<scheme<int8_narrow,symmetric,per_tensor,nearest_even,stored_as<fp32>>>>")


def matrix(scheme, shape, tensors):
    description = json.dumps({"version": 1, "scheme": scheme, "shape": shape}, separators=(",", ":"))
    return file_of(tensors, {"halftone.w": description})


ONE = bytes.fromhex("0000803f")  # 1.0 as F32
seeds = {
    "empty": file_of({}),
    "scalar": file_of({"s": ("F64", [], bytes(8))}),
    "no_elements": file_of({"a": ("I64", [3, 0], b""), "b": ("U8", [2], b"\1\2")}, {"format": "pt"}),
    "below_a_byte": file_of({"f4": ("F4", [2, 3], bytes(3)), "f6": ("F6_E2M3", [4], bytes(3))}),
    "escapes": file_of({'"\\\n\u00e4\U0001f600': ("BOOL", [1], b"\1")}, {"k\t": "\u007f"}),
    "asymmetric": matrix(ASYMMETRIC, [2, 3], {
        "w.scale": ("F16", [2, 2], bytes.fromhex("0038442c00380000")),
        "w.codes": ("U8", [2, 2], bytes.fromhex("f000f000")),
        "w.zero_point": ("U8", [2, 1], bytes.fromhex("f008"))}),
    "learned": matrix(LEARNED, [1, 3], {
        "w.codes": ("U8", [1, 1], b"\x24"), "w.scale": ("F32", [1, 1], ONE), "w.table": ("F32", [1, 4], bytes(12) + ONE)}),
    "nested": matrix(NESTED, [1, 4], {
        "w.scale.scale": ("F32", [1, 1], ONE), "w.position": ("I32", [1, 4], bytes(15) + b"\0"),
        "w.codes": ("U8", [1, 2], b"\x21\x03"), "w.scale.codes": ("U8", [1, 2], b"\1\2")}),
}
corpus.write(seeds)
