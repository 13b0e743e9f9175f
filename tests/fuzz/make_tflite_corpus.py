# SPDX-License-Identifier: MIT
"""Writes the seeds of the .tflite fuzz target: small files, one for each thing that a model can say.

usage: make_tflite_corpus.py <folder>
"""
import struct

import corpus

SIZES = {"b": 1, "i": 4, "q": 8, "o": 4}


class Builder:
    """Tables from front to back. A field is (number, form, value); form o points to what a function writes later."""

    def __init__(self):
        self.data = bytearray(b"\0\0\0\0TFL3")
        self.later = []

    def point(self, position, write):
        self.later.append((position, write))

    def align(self, size, shift=0):
        self.data += bytes(-(len(self.data) + shift) % size)

    def table(self, *fields):
        def write():
            places, end = {}, 4
            for number, form, _ in fields:
                end += -end % SIZES[form]
                places[number] = end
                end += SIZES[form]
            count = max(places, default=-1) + 1
            self.align(2)
            vtable = len(self.data)
            self.data += struct.pack(f"<{count + 2}H", 4 + 2 * count, end, *(places.get(i, 0) for i in range(count)))
            self.align(8)
            position = len(self.data)
            self.data += struct.pack("<i", position - vtable) + bytes(end - 4)
            for number, form, value in fields:
                at = position + places[number]
                if form == "o":
                    self.point(at, value)
                else:
                    struct.pack_into("<" + form, self.data, at, value)
            return position
        return write

    def tables(self, *writers):
        def write():
            self.align(4)
            position = len(self.data)
            self.data += struct.pack("<I", len(writers)) + bytes(4 * len(writers))
            for i, each in enumerate(writers):
                self.point(position + 4 + 4 * i, each)
            return position
        return write

    def numbers(self, form, *values):
        def write():
            self.align(max(4, struct.calcsize(form)), 4)
            position = len(self.data)
            self.data += struct.pack(f"<I{len(values)}{form}", len(values), *values)
            return position
        return write

    def text(self, value):
        def write():
            self.align(4)
            position = len(self.data)
            self.data += struct.pack("<I", len(value)) + value.encode() + b"\0"
            return position
        return write

    def file(self, *fields):
        """fields: of the model, behind its version."""
        self.point(0, self.table((0, "i", 3), *fields))
        while self.later:
            position, write = self.later.pop(0)
            struct.pack_into("<I", self.data, position, write() - position)
        return bytes(self.data)


def model(tensors, constants=(), operators=(), codes=(9,), inputs=(), outputs=(), blocks=(), sparse=()):
    """tensors: (type, shape, buffer, scales, zero points); blocks: (tensor, its scales, size); sparse: tensors; operators: (code, inputs, outputs, options or none)."""
    b = Builder()

    def tensor(i, kind, shape, buffer, scales, zeros):
        quantization = b.table((2, "o", b.numbers("f", *scales)), (3, "o", b.numbers("q", *zeros)))
        for of, tensor_of_scales, size in blocks:
            if of == i:
                described = b.table((0, "i", tensor_of_scales), (1, "i", -1), (2, "i", size))
                quantization, scales = b.table((4, "b", 2), (5, "o", described)), True
        return b.table((0, "o", b.numbers("i", *shape)), (1, "b", kind), (2, "i", buffer), (3, "o", b.text(f"t{i}")),
                       *([(4, "o", quantization)] if scales else []), *([(6, "o", b.table())] if i in sparse else []))

    def operation(code, ins, outs, options):
        extra = [(3, "b", 8), (4, "o", b.table(*((i, "b", v) for i, v in enumerate(options))))] if options is not None else []
        return b.table((0, "i", code), (1, "o", b.numbers("i", *ins)), (2, "o", b.numbers("i", *outs)), *extra)

    graph = b.table((0, "o", b.tables(*(tensor(i, *t) for i, t in enumerate(tensors)))), (1, "o", b.numbers("i", *inputs)),
                    (2, "o", b.numbers("i", *outputs)), (3, "o", b.tables(*(operation(*o) for o in operators))),
                    (4, "o", b.text("main")))
    buffers = [b.table(), *(b.table((0, "o", b.numbers("B", *c))) for c in constants)]
    return b.file((1, "o", b.tables(*(b.table((0, "b", c), (2, "i", 1), (3, "i", c)) for c in codes))),
                  (2, "o", b.tables(graph)), (3, "o", b.text("seed")), (4, "o", b.tables(*buffers)))


INT8, INT4, INT2, INT32, INT64, FLOAT16, FLOAT32, UINT8 = 9, 17, 19, 2, 4, 1, 0, 3
x, y = (INT8, [1, 3], 0, [0.5], [-1]), (INT8, [1, 2], 0, [2.0], [3])
seeds = {
    "smallest": Builder().file(),
    "layer": model([x, (INT8, [2, 3], 1, [0.5, 0.25], [0, 0]), (INT32, [2], 2, [0.25, 0.125], [0, 0]), y],
                   [range(6), range(8)], [(0, [0, 1, 2], [3], [1, 0, 0, 0, 2])], inputs=[0], outputs=[3]),
    "zero_point": model([(UINT8, [2, 2], 1, [0.5], [128])], [range(4)]),
    "nibbles": model([x, (INT4, [2, 3], 1, [0.5], [0]), y], [[0x21, 0x83, 0x0f]], [(0, [0, 1, -1], [2], [3])]),
    "two_bits": model([(INT2, [3, 3], 1, [1.0], [])], [[0x1b, 0xe4, 0x02]]),
    "halves": model([(FLOAT16, [1, 2], 1, [], []), (FLOAT32, [1, 2], 0, [], [])], [[0, 60, 0, 188]], [(0, [0], [1], None)], (6,)),
    "floats": model([(FLOAT32, [1, 1], 1, [], []), (INT64, [1], 2, [], [])], [[0, 0, 128, 63], range(8)]),
    "empty_tensors": model([(INT8, [0, 5], 1, [], []), (INT8, [], 2, [], []), (13, [4], 3, [], [])], [[], [7], [1, 2, 3]]),
    "blocks": model([(INT4, [2, 4], 1, [], []), (FLOAT16, [2, 2], 2, [], [])], [[0x21, 0x8f, 0x70, 0], [0, 56, 0, 60, 0, 64, 0, 0]],
                    blocks=[(0, 1, 2)]),
    "sparse": model([(INT8, [4, 4], 1, [1.0], [0])], [[1, 2, 3]], sparse=[0]),
    "no_codes": model([(INT8, [2, 1], 1, [1.0, 1.0], [0, 0])], [[1, 2]], codes=()),
    "wrong_scales": model([(INT8, [3, 1], 1, [1.0, 1.0], [0, 0])], [[1, 2, 3]]),
    "wrong_tensor": model([x], operators=[(0, [0, 7], [0], [0])]),
}
corpus.write(seeds)
