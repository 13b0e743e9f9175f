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
import onnx_algorithms  # noqa: E402
import onnx_integers  # noqa: E402
import onnx_linear  # noqa: E402
import onnx_matmul  # noqa: E402
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


def nbits(random):
    """w [n, k], B with what lies beyond k cleared, scales, zero points."""
    n, k = 3, 37
    for bits, block in ((2, 16), (4, 16), (4, 32), (8, 16)):
        for symmetric in (True, False):
            w = (random.normal(size=(k, n)) * 3).astype(F)
            w[:, 1] = numpy.round(w[:, 1]) * F(0.5)  # ties
            w[:16, 2] = 0
            b, scales, zeros = onnx_matmul.nbits_of_package(w, bits, block, symmetric)
            codes = onnx_matmul.unpacked(b.reshape(n, -1), bits)
            codes[:, k:] = 0
            yield line(f"nbits_{bits}_{block}_{'symmetric' if symmetric else 'asymmetric'}", (n, k), w.T, onnx_matmul.packed(codes, bits), scales,
                       zeros)


def blocks(random):
    """w [n, k], codes, scales and zero points; [k, n] of the QDQ quantizer, [n, k] of the one for embedding tables."""
    n, k, block = 3, 37, 16
    for symmetric in (True, False):
        w = (random.normal(size=(k, n)) * 3).astype(F)
        w[:, 1] = numpy.round(w[:, 1]) * F(0.5)
        w[:16, 2] = 0
        codes, zeros, scales = numpy.zeros((k * n + 1) // 2, numpy.uint8), numpy.zeros((n * 3 + 1) // 2, numpy.uint8), numpy.zeros((3, n), F)
        onnx_matmul.kernels.quantize_qdq_matmul_4bits(codes, w, scales, zeros, block, n, k, symmetric)
        tail = "symmetric" if symmetric else "asymmetric"
        yield line(f"qdq_{tail}", (n, k), w.T, codes, scales, zeros)
        with numpy.errstate(all="ignore"):
            codes, scales, zeros = onnx_matmul.quantizer.DefaultWeightOnlyQuantizer.quantize_ndarray(numpy.ascontiguousarray(w.T), 1, block, symmetric)
        yield line(f"gather_{tail}", (n, k), w.T, codes, scales, numpy.zeros(0, numpy.uint8) if symmetric else zeros)


def tool(random):
    """x, scale, zero point and codes as int32."""
    for kind in onnx_integers.TOOL:
        for symmetric in (False, True):
            for reduced in (False, True):
                for x in (random.normal(size=13).astype(F), numpy.zeros(2, F), numpy.array([3, 4, -0.5], F)):
                    zero, scale, codes = onnx_integers.quant_utils.quantize_data(x, onnx_linear.type_of(kind), symmetric, reduced)
                    yield line(f"tool_{kind}{'_symmetric' if symmetric else ''}{'_reduced' if reduced else ''}", (1, x.size), x, scale,
                               zero.astype(numpy.int32), codes.astype(numpy.int32))


def bnb4(random):
    """w [n, k], bytes and maxima."""
    for quant_type, name in enumerate(("fp4", "nf4")):
        w = random.normal(size=(3, 11)).astype(F)
        w[0] = 0
        codes, maxima = numpy.zeros(17, numpy.uint8), numpy.zeros(3, F)
        onnx_integers.kernels.quantize_matmul_bnb4(codes, w, maxima, 16, quant_type, 3, 11)
        yield line(f"bnb4_{name}", w.shape, w, codes, maxima)


def qlinear(random):
    """a [m, k] as rows and columns, b [k, n], zero points and scales of a, b and y, bias, y: QGemm of b per column."""
    m, k, n = 3, 20, 5
    for a_type, b_type in (("UINT8", "INT8"), ("INT8", "INT8"), ("UINT8", "UINT8")):
        a, b, a_zero, b_zero = onnx_integers.operands(random, a_type, b_type, True, m, k, n, True)
        scales = [(2.0 ** random.integers(-4, 0, count)).astype(F) for count in (1, n, 1)]
        scales[2] *= F(16)
        y_zero = numpy.array([7], a.dtype)
        bias = random.integers(-500, 500, n).astype(numpy.int32)
        names = {"as": scales[0].reshape(()), "az": a_zero.reshape(()), "b": b, "bs": scales[1], "bz": b_zero, "c": bias,
                 "ys": scales[2].reshape(()), "yz": y_zero.reshape(())}
        node = helper.make_node("QGemm", ["a", *names], ["y"], domain="com.microsoft")
        made = model([node], [("a", a_type)], [("y", a_type)], [onnx_integers.initializer(*item) for item in names.items()], opset=21,
                     microsoft=True)
        yield line(f"qgemm_{a_type}_{b_type}", (m, k), a, b, a_zero, b_zero, *scales, y_zero, bias, run(made, {"a": a})[0])


def algorithms(random):
    """w [n, k], codes (a byte each), scales, zero points (a byte each): RTN and k_quant, of rows of several blocks and of one."""
    for bits, block in ((4, 32), (4, 256), (8, 32)):
        for algorithm in ("rtn sym", "rtn asym", "k_quant asym"):
            for k, n in ((71, 3), (9, 2)) if block == 32 else ((260, 1),):
                w = random.normal(size=(k, n)).astype(F)
                w[:, 1:2] = 2.5
                codes, scales, zeros = onnx_algorithms.by_package(w, bits, block, algorithm)
                middle = (1 << (bits - 1)) if algorithm == "rtn sym" else 0
                yield line(f"{algorithm.replace(' ', '_')}_{bits}_{block}", (n, k), w.T, (codes + middle).astype(numpy.uint8), scales, zeros.astype(numpy.uint8))


def text():
    random = numpy.random.default_rng(7)
    lines = [f"# onnx {onnx.__version__}, onnxruntime {onnxruntime.__version__}, by make_golden.py"]
    for part in (linear, dynamic, nbits, blocks, tool, bnb4, qlinear, algorithms):
        lines += part(random)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("golden.txt")
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if path.read_text() == text() else "golden.txt is not what the packages compute")
    path.write_text(text())
