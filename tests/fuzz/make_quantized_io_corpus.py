# SPDX-License-Identifier: MIT
"""Writes the seeds of the quantized_io fuzz target: matrices of each of its schemes, changed in nothing or in some bytes of their file.

usage: make_quantized_io_corpus.py <folder>
"""
import corpus


def seed(scheme, rows, cols, weights, changes=()):
    """changes: (place, byte) of the file."""
    return bytes([scheme, rows, cols]) + bytes(w % 256 for w in weights) + b"".join(bytes([at % 256, at // 256, to]) for at, to in changes)


corpus.write({
    "small": seed(0, 2, 3, [1, -2, 3, 127, -128, 0]),
    "learned": seed(1, 1, 4, [-8, -2, 4, 8]),
    "nested": seed(2, 2, 8, range(16)),
    "empty": seed(0, 0, 5, []),
    "no_columns": seed(2, 3, 0, []),
    "zeros": seed(1, 2, 2, [0] * 4),
    "longer_header": seed(0, 1, 2, [5, 6], [(0, 255)]),
    "huge_header": seed(0, 1, 2, [5, 6], [(7, 128)]),
    "another_scheme": seed(2, 1, 4, [1, 2, 3, 4], [(60, ord("8"))]),
    "another_byte_at_the_end": seed(2, 1, 4, [1, 2, 3, 4], [(511, 200)]),
})
