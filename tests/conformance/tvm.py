# SPDX-License-Identifier: MIT
"""TVM: relax.quantize and relax.dequantize, fixed-point products; MLC's group quantization by its formula."""
import pathlib
import sys

# The folder of this file holds a tvm.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import tvm  # noqa: E402
from tvm import relax, te, topi  # noqa: E402

sys.path.insert(0, here)
from suite import Suite  # noqa: E402

F = numpy.float32
suite = Suite("tvm", tvm.__version__)
random = numpy.random.default_rng(1)
device = tvm.cpu()
LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}


def operator(call, inputs, shapes_and_types):
    builder = relax.BlockBuilder()
    names = [relax.Var(f"v{i}", relax.TensorType(shape, kind)) for i, (shape, kind) in enumerate(shapes_and_types)]
    with builder.function("main", names):
        builder.emit_func_output(builder.emit(call(*names)))
    machine = relax.VirtualMachine(tvm.compile(relax.transform.LegalizeOps()(builder.get()), target="llvm"), device)
    return lambda *values: machine["main"](*[tvm.runtime.tensor(v) for v in values]).numpy()


for kind, (low, high) in LIMITS.items():
    for granularity in ("tensor", "axis 0", "axis 1"):
        for shape in ((1, 1), (3, 7), (8, 130)):
            axis = 1 if granularity == "axis 1" else 0
            count = 1 if granularity == "tensor" else shape[axis]
            parameters = [((count,), "float32"), ((count,), kind)]
            quantize = operator(lambda x, s, z: relax.op.quantize(x, s, z, axis, kind), None, [(shape, "float32"), *parameters])
            dequantize = operator(lambda x, s, z: relax.op.dequantize(x, s, z, axis, "float32"), None, [(shape, kind), *parameters])
            for scale in (1.0, 0.1, 0.00214854861, 1 / 3, 1e-30, 1e30, 3e-39):
                for zero in ([0] if kind == "int16" else [low, low + 77, high]):
                    s = (numpy.full(count, scale) * 2.0 ** -(numpy.arange(count) % 3)).astype(F)
                    z = numpy.full(count, zero).astype(kind)
                    spread = s.reshape((1, -1) if axis else (-1, 1))
                    x = (numpy.where(random.random(shape) < 0.5, random.integers(low - 40, high + 40, shape) + 0.5,
                                     random.normal(size=shape) * high) * spread.astype(numpy.float64)).astype(F)
                    x.reshape(-1)[0] = F(0.273939937)
                    x[numpy.abs(x / spread.astype(numpy.float64)) > 1e9] = 0  # beyond, TVM's cast is undefined
                    codes = quantize(x, s, z)
                    ours = suite.run(f"{kind} {granularity}", [x, s, z.astype(numpy.int32), numpy.empty(shape, numpy.int32),
                                                               numpy.empty(shape, F)], shape)
                    case = f"{list(shape)}, scale {scale}, zero point {zero}"
                    suite.equal(f"relax.quantize, {kind}, {granularity}", ours[3], codes.astype(numpy.int32), case)
                    suite.equal(f"relax.dequantize, {kind}, {granularity}", ours[4], dequantize(codes, s, z), case)

# Products in integers.
FACTORS = [(1288490189, -1), (1431655765, 0), (1 << 30, 0), (1999999999, -7), (1999999999, 3), (1500000000, -20), (2147483647, -1),
           ((1 << 30) + 1, 1), (1610612736, -4)]
for multiplier, shift in FACTORS:
    # Results that fit 32 bits, and no sum whose rounding overflows in the package's short way for powers of two.
    bound = 2 ** (30 if multiplier == 1 << 30 else 31 - max(shift, 0)) - 1
    sums = numpy.concatenate([numpy.arange(-500, 501), random.integers(-bound, bound, 3000), random.integers(-2 ** 20, 2 ** 20, 3000),
                              [bound, -bound]]).astype(numpy.int32)
    # Ties, where the multiplier has them.
    sums = numpy.concatenate([sums, (numpy.arange(-40, 41) * 2 ** max(0, 3 - shift)).astype(numpy.int32)])
    placeholder = te.placeholder(sums.shape, "int32", name="A")
    module = tvm.compile(te.create_prim_func([placeholder, topi.fixed_point_multiply(placeholder, multiplier, shift)]), target="llvm")
    theirs = tvm.runtime.tensor(numpy.zeros_like(sums))
    module(tvm.runtime.tensor(sums), theirs)
    ours = suite.run("upward", [sums, numpy.empty_like(sums)], [multiplier, shift])[1]
    suite.equal("fixed_point_multiply", ours, theirs.numpy(), f"{multiplier} * 2^{shift}")
    right = 31 - shift
    half = 1 << (right - 1)
    exact = [int(v) * multiplier for v in sums]
    suite.equal("the formula: qnn.requantize, UPWARD", ours, numpy.array([(p + half) >> right for p in exact]).astype(numpy.int32))
    ours = suite.run("to nearest", [sums, numpy.empty_like(sums)], [multiplier, shift])[1]
    away = [(p + half) >> right if p >= 0 else -((-p + half) >> right) for p in exact]
    suite.equal("the formula: qnn.requantize, TONEAREST", ours, numpy.array(away).astype(numpy.int32))
one = te.placeholder((1,), "int32", name="A")
module = tvm.compile(te.create_prim_func([one, topi.fixed_point_multiply(one, 1 << 30, 0)]), target="llvm")
half_of_most = tvm.runtime.tensor(numpy.zeros(1, numpy.int32))
module(tvm.runtime.tensor(numpy.array([2 ** 31 - 1], numpy.int32)), half_of_most)
suite.true("fixed_point_multiply by a power of two overflows, as docs/tvm.md says", half_of_most.numpy()[0] == -2 ** 30)
suite.skip("qnn.requantize of the package", "Relay, which had it, is gone from apache-tvm 0.27")

# MLC's formula, in NumPy's fp16.
for name, bits, group in (("q4f16_1", 4, 32), ("q3f16_1", 3, 40)):
    each, largest = 32 // bits, 2 ** (bits - 1) - 1
    for shape in ((1, 1), (3, 32), (5, 40), (4, 77), (7, 240)):
        for kind in ("normal", "ties", "small", "huge"):
            w = random.normal(size=shape) if kind != "ties" else random.integers(-2 * largest, 2 * largest + 1, shape) * 0.5
            w = (w * {"small": 1e-4, "huge": 1e4}.get(kind, 1)).astype(numpy.float16)
            w[:, 0] = largest if kind == "ties" else numpy.maximum(numpy.abs(w[:, 0]), numpy.float16(1e-4))
            w[:, ::group] = w[:, :1]  # no group of zeros: 0 / 0
            padded = numpy.zeros((shape[0], -(-shape[1] // group) * group), numpy.float16)
            padded[:, :shape[1]] = w
            scale = numpy.abs(padded.reshape(shape[0], -1, group)).max(2) / numpy.float16(largest)
            spread = numpy.repeat(scale, group, 1)
            codes = numpy.clip(numpy.rint(padded / spread + numpy.float16(largest)), 0, 2 * largest).astype(numpy.uint32)
            codes[:, shape[1]:] = 0
            words = (codes.reshape(shape[0], -1, each) << (bits * numpy.arange(each, dtype=numpy.uint32))).sum(2).astype("<u4")
            reals = (codes.astype(F) - F(largest)) * spread.astype(F)
            ours = suite.run(name, [w.astype(F), numpy.zeros(words.size * 4, numpy.uint8), numpy.empty(scale.size, F),
                                    numpy.empty(shape, F)], shape)
            case = f"{kind} {list(shape)}"
            suite.equal(f"MLC's formula, {name}: words", ours[1], words.reshape(-1).view(numpy.uint8), case)
            suite.equal(f"MLC's formula, {name}: scales", ours[2], scale.reshape(-1).astype(F), case)
            suite.equal(f"MLC's formula, {name}: real numbers", ours[3], reals[:, :shape[1]], case)
suite.skip("MLC's own quantizer", "apache-tvm does not contain it; the formula stands in")
suite.note("fixed_point_multiply: its documentation says multiplier * 2^-shift; the package multiplies by 2^shift.")
suite.finish()
