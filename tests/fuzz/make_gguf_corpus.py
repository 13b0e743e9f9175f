# SPDX-License-Identifier: MIT
"""Writes the seeds of the GGUF fuzz target: small files, one for each thing that a header can say.

usage: make_gguf_corpus.py <folder>
"""
import struct

import corpus

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
FORMATS = {U8: "B", I8: "b", U16: "H", I16: "h", U32: "I", I32: "i", F32: "f", BOOL: "B", U64: "Q", I64: "q", F64: "d"}


class Order:
    def __init__(self, prefix):
        self.prefix = prefix

    def pack(self, form, *values):
        return struct.pack(self.prefix + form, *values)

    def text(self, value):
        raw = value.encode()
        return self.pack("Q", len(raw)) + raw

    def value(self, kind, value):
        """Arrays are (type of the elements, elements)."""
        if kind == STRING:
            return self.text(value)
        if kind == ARRAY:
            inner, elements = value
            return self.pack("IQ", inner, len(elements)) + b"".join(self.value(inner, e) for e in elements)
        return self.pack(FORMATS[kind], value)

    def file(self, entries, tensors=(), version=3, alignment=32, data=0):
        """entries: (key, type, value); tensors: (name, dims, type, offset)."""
        head = b"GGUF" + self.pack("IQQ", version, len(tensors), len(entries))
        for key, kind, value in entries:
            head += self.text(key) + self.pack("I", kind) + self.value(kind, value)
        for name, dims, kind, offset in tensors:
            head += self.text(name) + self.pack(f"I{len(dims)}Q", len(dims), *dims) + self.pack("IQ", kind, offset)
        return head + bytes(-len(head) % alignment) + bytes(i % 256 for i in range(data))


little, big = Order("<"), Order(">")
scalars = [(f"k{kind}", kind, 1) for kind in FORMATS] + [("s", STRING, "text"), ("e", STRING, "")]
lists = [("l", ARRAY, (U16, [1, 2, 3])), ("b", ARRAY, (BOOL, [0, 1])), ("s", ARRAY, (STRING, ["a", "", "bc"])),
         ("n", ARRAY, (ARRAY, [(U16, [1]), (STRING, ["x"]), (ARRAY, [])])), ("e", ARRAY, (F64, []))]
split = [("split.no", U16, 0), ("split.count", U16, 1), ("split.tensors.count", I32, 1)]
seeds = {
    "empty": little.file([]),
    "scalars": little.file(scalars),
    "scalars_big": big.file(scalars, version=2),
    "lists": little.file(lists),
    "lists_big": big.file(lists),
    "tensors": little.file([], [("a", [32, 2], 2, 0), ("b", [3], 0, 64), ("c", [], 28, 96), ("d", [0, 7], 1, 96)], data=104),
    "tensors_big": big.file([("general.alignment", U32, 8)], [("t", [2, 1, 1, 2], 25, 8), ("u", [8], 24, 0)],
                            alignment=8, data=16),
    "blocks": little.file([("general.alignment", U32, 1)], [("q", [256], 12, 0), ("r", [64, 2], 40, 144)], alignment=1,
                          data=216),
    "split": little.file(split, [("a", [1], 24, 0)], data=1),
    "overlap": little.file([], [("a", [33], 24, 0), ("b", [1], 24, 32)], data=33),
    "twice": little.file([("a", U8, 1), ("b", U8, 1), ("a", U8, 1)]),
    "removed": little.file([], [("a", [32], 31, 0)], data=18),
}
corpus.write(seeds)
