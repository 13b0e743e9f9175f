# SPDX-License-Identifier: MIT
"""Models of 16-bit floats: QuantizeLinear, DequantizeLinear and MatMulNBits whose inputs, scales and outputs are float16."""
import numpy
from onnx import helper

from onnx_linear import GRANULARITIES, INTEGERS, groups_to_matrix
from onnx_matmul import packed
from onnx_models import MICROSOFT, bits_of, levels_of, model, run, tensor, type_of, zero_tensor

F, H = numpy.float32, numpy.float16
UNIT = 2.0 ** -24
LINEAR = (("INT4", "block k 5"), ("UINT4", "axis n"), ("INT8", "tensor"), ("INT8", "axis n"), ("UINT8", "tensor"), ("UINT2", "tensor"))


def check_linear(suite, random, kind, granularity):
    """The package rounds quotients to 16 bits, then to whole numbers; real numbers are rounded once, to 16 bits."""
    groups, axis, block = GRANULARITIES[granularity]
    low, high = INTEGERS[kind]
    for n, k in ((3, 7), (6, 20), (5, 33)):
        for size in (1.0, 1 / 3, 2.0 ** -12, 2.0 ** -20):
            shape, count = groups(n, k), int(numpy.prod(groups(n, k)))
            scale = (size * (1 + random.random(count))).astype(H)
            zero = random.integers(low, high + 1, count)
            steps = numpy.broadcast_to(groups_to_matrix(scale.astype(numpy.float64), granularity, n, k), (n, k))
            span = max(abs(low), high)
            wanted = numpy.where(random.random((n, k)) < 0.5, random.integers(-2 * span, 2 * span + 1, (n, k)) + 0.5, random.normal(size=(n, k)) * span)
            x = numpy.clip(wanted * steps, -65504, 65504).astype(H)
            zeros = zero_tensor("z", kind, shape, zero.reshape(shape))
            codes, reals = numpy.zeros(-(-n * k * bits_of(kind) // 8), numpy.uint8), numpy.empty((n, k), F)
            suite.run(f"halves {kind} {granularity}", [x.astype(F), scale.astype(F), numpy.frombuffer(zeros.raw_data, numpy.uint8).copy(), codes, reals], [n, k])
            options = ({} if axis is None else {"axis": axis}) | ({"block_size": block} if block else {})
            nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["y"], **options), helper.make_node("DequantizeLinear", ["y", "one"], ["w"])]
            one = helper.make_tensor("one", type_of("FLOAT"), [], [1.0])
            feed = {"x": x, "s": scale.reshape(shape)}
            theirs = run(model(nodes, [("x", "FLOAT16"), ("s", "FLOAT16")], [("w", "FLOAT")], [zeros, one]), feed)[0]
            rule, case = f"{kind}, {granularity}, float16", f"scales of {size}, {[n, k]}"
            suite.equal(f"QuantizeLinear, onnxruntime, {rule}", levels_of(kind, (n, k), codes.tobytes()), theirs, case)
            made = model([helper.make_node("DequantizeLinear", ["codes", "s", "z"], ["w"], **options)], [("s", "FLOAT16")], [("w", "FLOAT16")],
                         [zeros, tensor("codes", kind, (n, k), codes.tobytes())])
            with numpy.errstate(over="ignore"):
                suite.equal(f"DequantizeLinear, onnxruntime, {rule}", reals.astype(H), run(made, {"s": feed["s"]})[0], case)


def check_products(suite, random, bits, block, zero_kind):
    """The package's float sums are rounded to 16 bits: half a unit of 2^-11, or of the smallest subnormal, beside onnx_matmul.py's bound."""
    tail = ", zero points" if zero_kind else ""
    for k, n, m in ((block, 16, 1), (2 * block + 5, 3, 2), (3 * block, 33, 5), (300, 17, 20)):
        blocks, middle = -(-k // block), 1 << (bits - 1)
        codes, zeros = random.integers(0, 1 << bits, (n, blocks * block)), random.integers(0, 1 << bits, (n, blocks))
        scales = ((random.random((n, blocks)) + 0.1) * random.choice([-1, 1], (n, blocks)) * 10.0 ** random.uniform(-3, 0) / middle).astype(H)
        x = random.normal(size=(m, k)).astype(H)
        b, stored = packed(codes, bits).reshape(n, blocks, -1), packed(zeros, bits)
        initializers = [tensor("B", "UINT8", b.shape, b.tobytes()), tensor("S", "FLOAT16", scales.shape, scales.tobytes())]
        initializers += [tensor("Z", "UINT8", stored.shape, stored.tobytes())] if zero_kind else []
        node = helper.make_node("MatMulNBits", ["A", "B", "S"] + ["Z"] * zero_kind, ["Y"], domain=MICROSOFT, K=k, N=n, bits=bits, block_size=block,
                                accuracy_level=1)
        theirs = run(model([node], [("A", "FLOAT16")], [("Y", "FLOAT16")], initializers, opset=21, microsoft=True), {"A": x})[0]
        y = numpy.empty((m, n), F)
        suite.run(f"gemm {bits} bits, blocks of {block}{tail}", [x.astype(F), b, scales.astype(F), stored if zero_kind else numpy.zeros(1, numpy.uint8), y], [m, n, k])
        zero = numpy.repeat(zeros if zero_kind else numpy.full((n, blocks), middle), block, 1)
        magnitudes = ((codes + zero) * numpy.repeat(numpy.abs(scales.astype(numpy.float64)), block, 1))[:, :k]
        bound = 2 * (k + 3) * UNIT * (numpy.abs(x.astype(numpy.float64)) @ magnitudes.T) * (1 + 2.0 ** -11) + numpy.abs(y) * 2.0 ** -11 + 2.0 ** -25
        suite.close(f"MatMulNBits, {bits} bits, blocks of {block}{tail or ', no zero points'}, float16", y, theirs.astype(numpy.float64), bound, f"{[m, n, k]}")


def check(suite, random):
    for kind, granularity in LINEAR:
        check_linear(suite, random, kind, granularity)
    for bits, block in ((2, 32), (4, 16), (4, 32), (4, 128), (8, 32)):
        for zero_kind in (False, True):
            check_products(suite, random, bits, block, zero_kind)
