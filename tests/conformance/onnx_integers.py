# SPDX-License-Identifier: MIT
"""Products of integers: MatMulInteger, QLinearMatMul, QGemm; the quantization tool's ranges; MatMulBnb4."""
import numpy
from onnx import helper
from onnxruntime.capi import _pybind_state as kernels
from onnxruntime.quantization import quant_utils

from onnx_models import MICROSOFT, has_vnni, model, reference, run, tensor, type_of

F = numpy.float32
TYPES = {"INT8": (-128, 127, numpy.int8), "UINT8": (0, 255, numpy.uint8)}
TOOL = ("INT4", "INT8", "INT16", "UINT4", "UINT8", "UINT16")


def check_tool(suite, random):
    for kind in TOOL:
        for symmetric in (False, True):
            for reduced in (False, True):
                operation = f"tool {kind}{' reduced' if reduced else ''}{' symmetric' if symmetric else ''}"
                cases = [numpy.array(x, F) for x in ([0, 0], [-1, 2, 0.5], [3, 4], [-3, -4], [1e-40, -2e-40], [1e-37, 3e-37], [-3e38, 3e38],
                                                     [3.4e38], [-7.5, 7.5], [-0.5, 254.5], [-1.5, 253.5], [-2.5, 12.5])]
                for _ in range(30):
                    count = int(random.integers(1, 60))
                    cases.append((random.normal(size=count) * 10.0 ** random.uniform(-37, 37) + random.normal() * 10.0 ** random.uniform(-37, 3)).astype(F))
                for x in cases:
                    zero, scale, codes = quant_utils.quantize_data(x, type_of(kind), symmetric, reduced)
                    ours = suite.run(operation, [x, numpy.empty(1, F), numpy.empty(1, numpy.int32), numpy.empty(x.size, numpy.int32)], [1, x.size])
                    rule, case = f"quantization tool, {operation[5:]}", f"{x[:4]}"
                    suite.equal(f"{rule}: scale", ours[1], scale.reshape(1), case)
                    suite.equal(f"{rule}: zero point", ours[2], zero.reshape(1).astype(numpy.int32), case)
                    suite.equal(f"{rule}: codes", ours[3], codes.astype(numpy.int32), case)
        for n, k in ((3, 7), (8, 33)):
            x = random.normal(size=(n, k)).astype(F)
            x[1] = 0
            ours = suite.run(f"tool {kind} rows", [x, numpy.empty(n, F), numpy.empty(n, numpy.int32), numpy.empty(x.size, numpy.int32)], [n, k])
            theirs = [quant_utils.quantize_data(row, type_of(kind), True) for row in x]
            suite.equal(f"quantization tool, {kind} symmetric, rows: codes", ours[3].reshape(n, k),
                        numpy.array([codes.astype(numpy.int32) for _, _, codes in theirs]))
            suite.equal(f"quantization tool, {kind} symmetric, rows: scales", ours[1], numpy.array([scale for _, scale, _ in theirs], F))


def operands(random, a_type, b_type, columns, m, k, n, safe):
    """a [m, k], b [k, n], their zero points. safe: products of pairs fit 16 bits, as kernels without VNNI want."""
    low, high, dtype = TYPES[a_type]
    b_low, b_high, b_dtype = TYPES[b_type]
    a = random.integers(low, high + 1, (m, k)).astype(dtype)
    b = random.integers(*((b_low // 2, b_high // 2 + 1) if safe else (b_low, b_high + 1)), (k, n)).astype(b_dtype)
    a.reshape(-1)[0], b.reshape(-1)[-1] = high, b_high // 2 if safe else b_high
    a_zero = random.integers(low, high + 1, 1).astype(dtype)
    b_zero = random.integers(b_low, b_high + 1, n if columns else 1).astype(b_dtype)
    return a, b, a_zero, b_zero


def ours_of(suite, operation, a, b, a_zero, b_zero, y, more=()):
    m, k = a.shape
    arrays = [a.view(numpy.uint8), b.view(numpy.uint8), a_zero.astype(numpy.int32), b_zero.view(numpy.uint8), y, *more]
    suite.run(operation, arrays, [m, b.shape[1], k, a.dtype == numpy.int8])
    return y


def initializer(name, array):
    kind = {numpy.int8: "INT8", numpy.uint8: "UINT8", numpy.int32: "INT32", F: "FLOAT"}[array.dtype.type]
    return tensor(name, kind, array.shape, array.tobytes())


SHAPES = ((1, 1, 1), (2, 7, 3), (5, 64, 17), (9, 130, 33))
PAIRS = (("UINT8", "UINT8"), ("UINT8", "INT8"), ("INT8", "INT8"), ("INT8", "UINT8"))


def check_matmul_integer(suite, random):
    for a_type, b_type in PAIRS:
        for columns in (False, True):
            where = "columns" if columns else "tensor"
            for m, k, n in SHAPES:
                for safe in (True, False):
                    a, b, a_zero, b_zero = operands(random, a_type, b_type, columns, m, k, n, safe)
                    exact = (a.astype(numpy.int32) - a_zero.astype(numpy.int32)) @ (b.astype(numpy.int32) - b_zero.astype(numpy.int32))
                    y = ours_of(suite, f"integers {b_type} {where}", a, b, a_zero, b_zero, numpy.empty((m, n), numpy.int32))
                    rule, case = f"MatMulInteger, {a_type} x {b_type}, {where}", f"{[m, k, n]}{' safe' if safe else ''}"
                    suite.equal(f"{rule}: int32 of NumPy", y, exact, case)
                    node = helper.make_node("MatMulInteger", ["a", "b", "az", "bz"], ["y"])
                    zeros = [initializer("az", a_zero.reshape(())), initializer("bz", b_zero if columns else b_zero.reshape(()))]
                    made = model([node], [("a", a_type)], [("y", "INT32")], [initializer("b", b), *zeros], opset=21)
                    suite.equal(f"{rule}: onnx", y, reference(made, {"a": a})[0].astype(numpy.int32), case)
                    if safe or has_vnni():
                        suite.equal(f"{rule}: onnxruntime", y, run(made, {"a": a})[0], case)
    # Pairs of products beyond 16 bits: 255 * 127 * 2.
    a, b = numpy.full((2, 64), 255, numpy.uint8), numpy.full((64, 4), 127, numpy.int8)
    zeros = numpy.zeros(1, numpy.uint8), numpy.zeros(1, numpy.int8)
    y = ours_of(suite, "integers INT8 tensor", a, b, *zeros, numpy.empty((2, 4), numpy.int32))
    theirs = run(model([helper.make_node("MatMulInteger", ["a", "b"], ["y"])], [("a", "UINT8")], [("y", "INT32")], [initializer("b", b)], opset=21),
                 {"a": a})[0]
    suite.true("MatMulInteger, UINT8 x INT8, pairs beyond 16 bits: exact", (y == 255 * 127 * 64).all())
    if has_vnni():
        suite.equal("MatMulInteger, UINT8 x INT8, pairs beyond 16 bits: onnxruntime with VNNI", y, theirs)
    else:
        suite.true("MatMulInteger, UINT8 x INT8, pairs beyond 16 bits: onnxruntime without VNNI may saturate", (theirs <= y).all())


def check_qlinear(suite, random):
    for a_type, b_type, y_type in (("UINT8", "UINT8", "UINT8"), ("UINT8", "INT8", "UINT8"), ("INT8", "INT8", "INT8")):
        low, high, dtype = TYPES[y_type]
        for columns in (False, True):
            where = "columns" if columns else "tensor"
            for m, k, n in SHAPES + ((64, 4, 33),):
                for round_numbers in (False, True):
                    a, b, a_zero, b_zero = operands(random, a_type, b_type, columns, m, k, n, not has_vnni())
                    scale = lambda count: (2.0 ** random.integers(-4, 0, count) if round_numbers else random.random(count) * 0.1 + 0.01).astype(F)
                    a_scale, b_scale = scale(1), scale(b_zero.size)
                    y_scale = (scale(1) * F(2.0 ** (3 + k.bit_length() // 2))).astype(F)
                    y_zero = random.integers(low, high + 1, 1).astype(dtype)
                    y = ours_of(suite, f"qlinear {b_type} {where} {y_type}", a, b, a_zero, b_zero, numpy.empty((m, n), dtype),
                                [a_scale, b_scale, y_scale, y_zero.astype(numpy.int32)])
                    inner = lambda array, whole=False: array if whole else array.reshape(())
                    values = [initializer("as", inner(a_scale)), initializer("az", inner(a_zero)), initializer("b", b),
                              initializer("bs", inner(b_scale, columns)), initializer("bz", inner(b_zero, columns)),
                              initializer("ys", inner(y_scale)), initializer("yz", inner(y_zero))]
                    node = helper.make_node("QLinearMatMul", ["a", "as", "az", "b", "bs", "bz", "ys", "yz"], ["y"])
                    made = model([node], [("a", a_type)], [("y", y_type)], values, opset=21)
                    rule = f"QLinearMatMul, {a_type} x {b_type}, {where}"
                    case = f"{[m, k, n]}{' ties' if round_numbers else ''}"
                    suite.equal(f"{rule}: onnxruntime", y, run(made, {"a": a})[0], case)
                    # The evaluator adds the zero point before it rounds: ties differ by one where it is odd.
                    theirs = reference(made, {"a": a})[0].astype(numpy.int32)
                    suite.true(f"{rule}: onnx, at most a tie apart", (numpy.abs(y.astype(numpy.int32) - theirs) <= 1).all(), case)
                    if round_numbers and y_zero[0] % 2 == 0:
                        suite.equal(f"{rule}: onnx, even zero points", y.astype(numpy.int32), theirs, case)
                    # QGemm with a bias.
                    bias = random.integers(-5000, 5000, n).astype(numpy.int32)
                    y = ours_of(suite, f"qlinear {b_type} {where} {y_type}", a, b, a_zero, b_zero, numpy.empty((m, n), dtype),
                                [a_scale, b_scale, y_scale, y_zero.astype(numpy.int32), bias])
                    node = helper.make_node("QGemm", ["a", "as", "az", "b", "bs", "bz", "c", "ys", "yz"], ["y"], domain=MICROSOFT)
                    made = model([node], [("a", a_type)], [("y", y_type)], [*values, initializer("c", bias)], opset=21, microsoft=True)
                    suite.equal(f"QGemm, {a_type} x {b_type}, {where}: onnxruntime", y, run(made, {"a": a})[0], case)


def check_bnb4(suite, random):
    for quant_type, name in enumerate(("fp4", "nf4")):
        for block in (16, 64):
            for k, n in ((32, 4), (33, 3), (5, 3), (64, 6), (1, 1)):
                for kind in ("normal", "zeros", "tiny"):
                    w = (random.normal(size=(k, n)) * (1e-33 if kind == "tiny" else 1)).astype(F)
                    w[:16 if kind == "zeros" else 0] = 0
                    theirs, maxima = numpy.zeros((k * n + 1) // 2, numpy.uint8), numpy.zeros(-(-k * n // block), F)
                    turned = numpy.ascontiguousarray(w.T)
                    kernels.quantize_matmul_bnb4(theirs, turned, maxima, block, quant_type, n, k)
                    ours = [turned, numpy.zeros_like(theirs), numpy.zeros_like(maxima), numpy.empty((n, k), F)]
                    suite.run(f"bnb4 {name} {block}", ours, [n, k])
                    rule, case = f"MatMulBnb4, {name}, blocks of {block}", f"{kind} {[k, n]}"
                    suite.equal(f"{rule}: bytes", ours[1], theirs, case)
                    suite.equal(f"{rule}: maxima", ours[2], maxima, case)
                    node = helper.make_node("MatMulBnb4", ["a", "b", "s"], ["y"], domain=MICROSOFT, K=k, N=n, block_size=block, quant_type=quant_type)
                    made = model([node], [("a", "FLOAT")], [("y", "FLOAT")], [initializer("b", ours[1]), initializer("s", ours[2])], opset=21,
                                 microsoft=True)
                    reals = run(made, {"a": numpy.eye(k, dtype=F)})[0]
                    suite.equal(f"{rule}: real numbers", ours[3].T + F(0), reals + F(0), case)


def check(suite, random):
    check_tool(suite, random)
    check_matmul_integer(suite, random)
    check_qlinear(suite, random)
    check_bnb4(suite, random)
