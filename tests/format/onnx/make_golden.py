# SPDX-License-Identifier: MIT
"""Records what onnx's reference evaluator and onnxruntime compute for small matrices: tests/format/onnx/golden.txt.

usage: python tests/format/onnx/make_golden.py           writes the file
       python tests/format/onnx/make_golden.py --check   compares with it

A line is a matrix: the rule, rows, columns, and in hexadecimal, little-endian, as many fields as the rule has.
"""
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from onnx import helper

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent.parent / "conformance"))
import onnx_linear  # noqa: E402
from onnx_models import bytes_of, model, reference, run, tensor, zero_tensor  # noqa: E402

F = numpy.float32


def line(rule, shape, *fields):
    return " ".join([rule, *map(str, shape), *(numpy.ascontiguousarray(f).tobytes().hex() or "-" for f in fields)])


def linear(random):
    """x, scales, zero points, codes and real numbers; all in the order of the tensor [n, k]."""
    n, k = 3, 19
    for kind in (*onnx_linear.INTEGERS, *onnx_linear.FLOATS, "FLOAT4E2M1"):
        for name, shape, options in (("rows", (n,), {"axis": 0}), ("blocks", (n, 4), {"axis": 1, "block_size": 5})):
            low, high = onnx_linear.INTEGERS.get(kind, (0, 0))
            scale = (2.0 ** random.integers(-3, 1, shape) * (1 + random.random(shape))).astype(F)
            zero = random.integers(low, high + 1, shape)
            steps = numpy.repeat(scale, 5, 1)[:, :k] if len(shape) == 2 else scale.reshape(-1, 1)
            span = (low, high) if kind in onnx_linear.INTEGERS else (-300, 300) if kind.startswith("FLOAT8") else (-7, 7)
            x = onnx_linear.values(random, (n, k), steps, *span)
            x[numpy.abs(x) > 1e30] = 1
            ends = [("x", "FLOAT"), ("s", "FLOAT")]
            zeros = zero_tensor("z", kind, shape, zero)
            inputs = ["x", "s"] + ["z"] * (kind in onnx_linear.INTEGERS)
            options |= {} if kind in onnx_linear.INTEGERS else {"output_dtype": onnx_linear.type_of(kind)}
            made = model([helper.make_node("QuantizeLinear", inputs, ["y"], **options)], ends, [("y", kind)], [zeros])
            codes = bytes_of(reference(made, {"x": x, "s": scale})[0])
            options.pop("output_dtype", None)
            inputs[0] = "c"
            made = model([helper.make_node("DequantizeLinear", inputs, ["w"], **options)], ends[1:], [("w", "FLOAT")],
                         [zeros, tensor("c", kind, x.shape, codes.tobytes())])
            reals = (reference if kind == "FLOAT4E2M1" else run)(made, {"s": scale})[0]
            yield line(f"{kind}_{name}", x.shape, x, scale, numpy.frombuffer(zeros.raw_data, numpy.uint8), codes, reals)


def dynamic(random):
    made = model([helper.make_node("DynamicQuantizeLinear", ["x"], ["y", "s", "z"])], [("x", "FLOAT")],
                 [("y", "UINT8"), ("s", "FLOAT"), ("z", "UINT8")], opset=11)
    for x in (numpy.zeros(3, F), numpy.array([3, 3], F), numpy.array([-1, 2, 0.5], F), numpy.array([-127.5, 127.5, 1.5, 0.5], F),
              random.normal(size=33).astype(F)):
        y, s, z = run(made, {"x": x})
        yield line("dynamic", (1, x.size), x, s, z, y)


def text():
    random = numpy.random.default_rng(7)
    lines = [f"# onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, by make_golden.py"]
    for part in (linear, dynamic):
        lines += part(random)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("golden.txt")
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if path.read_text() == text() else "golden.txt is not what the packages compute")
    path.write_text(text())
