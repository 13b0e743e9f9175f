# SPDX-License-Identifier: MIT
"""Records what ai-edge-litert computes for small FULLY_CONNECTED layers: tests/format/tflite/golden.txt.

usage: python tests/format/tflite/make_golden.py           writes the file
       python tests/format/tflite/make_golden.py --check   compares with it

A line is a layer: kernels, types of activations and weights, m, n, k, input scale and zero point, output scale and zero point,
fused activation, bits of the biases, and in hexadecimal, little-endian, x, flat weights, scales of weights, biases, y.
"""
import importlib.metadata
import pathlib
import sys

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests/conformance"))
import tflite_models  # noqa: E402
from tflite_models import Model, flat  # noqa: E402

BITS = {"int4": 4, "int8": 8, "uint8": 8}
F = numpy.float32


def layer(random, kernels, activations, kind, shape, rows, activation, biases):
    m, n, k = shape
    low, high = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}[activations]
    x = random.integers(low, high + 1, (m, k)).astype(activations)
    ends = (-8, 8) if kind == "int4" else (0, 256) if kind == "uint8" else (-128, 128)
    w = random.integers(*ends, (n, k)).astype(numpy.uint8 if kind == "uint8" else numpy.int8)
    zx, zy = (0, 0) if activations == "int16" else (int(v) for v in random.integers(low, high + 1, 2))
    zw = 128 if kind == "uint8" else 0
    # Powers of two, so that many sums are ties.
    sx, sy, sw = F(0.25), F(2.0 ** random.integers(4, 7)), F(2.0 ** -random.integers(1, 4, n if rows else 1).astype(F))
    bias = random.integers(-500, 500, n).astype(biases) if biases else None
    model = Model()
    inputs = model.tensor([m, k], activations, sx, zx)
    weights = model.tensor([n, k], kind, sw, [zw] * len(sw), 0, flat(w, BITS[kind]))
    b = None if bias is None else model.tensor([n], biases, sx * sw, None, 0, bias)
    outputs = model.tensor([m, n], activations, sy, zy)
    version = 10 if kind == "int4" else 7 if activations == "int16" else 4
    model.fully_connected(inputs, weights, b, outputs, activation, version)
    y = tflite_models.run(model.bytes([inputs], [outputs]), [x], kernels)[0]
    data = [x, flat(w, BITS[kind]), sw, numpy.empty(0) if bias is None else bias, y]
    return " ".join([kernels, activations, kind, *map(str, (m, n, k)), f"{sx} {zx} {sy} {zy} {activation}",
                     (biases or "0").removeprefix("int"), *(d.tobytes().hex() or "-" for d in data)])


def text():
    random = numpy.random.default_rng(6)
    lines = [f"# ai-edge-litert {importlib.metadata.version('ai-edge-litert')}, by make_golden.py"]
    for kernels in ("XNNPACK", "reference", "builtin"):
        for rows in (False, True):
            for activation, shape in ((0, (3, 17, 9)), (1, (1, 5, 8)), (3, (2, 18, 6))):
                lines.append(layer(random, kernels, "int8", "int8", shape, rows, activation, "int32"))
            lines.append(layer(random, kernels, "int8", "int8", (2, 3, 4), rows, 0, None))
            lines.append(layer(random, kernels, "int8", "int4", (2, 7, 6), rows, 0, "int32"))
        lines.append(layer(random, kernels, "uint8", "uint8", (3, 6, 5), False, 0, "int32"))
    for rows in (False, True):
        lines.append(layer(random, "builtin", "int8", "int4", (2, 7, 5), rows, 0, "int32"))
        lines.append(layer(random, "builtin", "int16", "int8", (2, 6, 7), rows, 0, "int32"))
        lines.append(layer(random, "reference", "int16", "int8", (2, 6, 7), rows, 0, "int64"))
        lines.append(layer(random, "reference", "int16", "int4", (2, 5, 7), rows, 0, "int64"))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    golden = pathlib.Path(__file__).with_name("golden.txt")
    if "--check" in sys.argv:
        sys.exit(0 if golden.read_text() == text() else "golden.txt is not what the package computes")
    golden.write_text(text())
