# SPDX-License-Identifier: MIT
"""Writes small .tflite files with the schema of ai-edge-litert: tests/io/tflite_golden/.

usage: python tests/io/make_tflite_golden.py <folder>
"""
import pathlib
import sys

import numpy

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "conformance"))
from tflite_models import Model, flat  # noqa: E402


def dense():
    model = Model()
    x = model.tensor([2, 5], "int8", 0.5, -3, name="x")
    codes = numpy.arange(-128, -128 + 15 * 17, 17).astype(numpy.int8).reshape(3, 5)
    w = model.tensor([3, 5], "int8", [0.5, 0.25, 2.0], None, 0, codes, "weights")
    b = model.tensor([3], "int32", [0.25, 0.125, 1.0], None, 0, numpy.array([1, -2, 1 << 20], numpy.int32), "bias")
    y = model.tensor([2, 3], "int8", 64.0, 7, name="y")
    model.fully_connected(x, w, b, y, 3)
    return model.bytes([x], [y])


def nibbles():
    model = Model()
    x = model.tensor([1, 3], "int8", 0.5, 0, name="x")
    codes = numpy.array([[-8, 7, 1], [0, -1, 2], [3, 4, 5]], numpy.int8)
    w = model.tensor([3, 3], "int4", 0.125, 0, 0, flat(codes, 4), "weights")
    y = model.tensor([1, 3], "int8", 1.0, 0, name="y")
    model.fully_connected(x, w, None, y, 0, 10)
    return model.bytes([x], [y])


def half():
    model = Model()
    x = model.tensor([1, 2], "float32", name="x")
    values = numpy.array([[1.5, -2.0], [65504.0, 6e-8]], numpy.float16)
    h = model.tensor([2, 2], "float16", data=values, name="half")
    w = model.tensor([2, 2], "float32", name="weights")
    b = model.tensor([2], "float32", data=numpy.array([0.5, -0.25], numpy.float32), name="bias")
    y = model.tensor([1, 2], "float32", name="y")
    model.operator("DEQUANTIZE", [h], [w])
    model.fully_connected(x, w, b, y, 1, 1)
    return model.bytes([x], [y])


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("dense", dense()), ("nibbles", nibbles()), ("half", half())):
        (folder / f"{name}.tflite").write_bytes(content)
