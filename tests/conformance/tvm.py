# SPDX-License-Identifier: MIT
"""TVM: relax.quantize and relax.dequantize, fixed-point products; MLC's group quantization by its formula."""
import pathlib
import sys

# The folder of this file holds a tvm.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import tvm  # noqa: E402

sys.path[:0] = [here, str(pathlib.Path(here).parent / "format/tvm")]
import make_golden  # noqa: E402
from make_golden import LIMITS  # noqa: E402
from suite import Suite  # noqa: E402

F = numpy.float32
suite = Suite("tvm", tvm.__version__)
random = numpy.random.default_rng(1)

for kind, (low, high) in LIMITS.items():
    for granularity in ("tensor", "axis 0", "axis 1"):
        for shape in ((1, 1), (3, 7), (8, 130)):
            axis = 1 if granularity == "axis 1" else 0
            count = 1 if granularity == "tensor" else shape[axis]
            quantize, dequantize = make_golden.quantizers(kind, shape, axis, count)
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
    ours = suite.run("upward", [sums, numpy.empty_like(sums)], [multiplier, shift])[1]
    suite.equal("fixed_point_multiply", ours, make_golden.products(sums, multiplier, shift), f"{multiplier} * 2^{shift}")
    right = 31 - shift
    half = 1 << (right - 1)
    exact = [int(v) * multiplier for v in sums]
    suite.equal("the formula: qnn.requantize, UPWARD", ours, numpy.array([(p + half) >> right for p in exact]).astype(numpy.int32))
    ours = suite.run("to nearest", [sums, numpy.empty_like(sums)], [multiplier, shift])[1]
    away = [(p + half) >> right if p >= 0 else -((-p + half) >> right) for p in exact]
    suite.equal("the formula: qnn.requantize, TONEAREST", ours, numpy.array(away).astype(numpy.int32))
suite.true("fixed_point_multiply by a power of two overflows, as docs/tvm.md says", make_golden.products(numpy.array([2 ** 31 - 1], numpy.int32), 1 << 30, 0)[0] == -2 ** 30)
suite.skip("qnn.requantize of the package", "Relay, which had it, is gone from apache-tvm 0.27")

# MLC's formula, in NumPy's fp16.
for name, (bits, group) in make_golden.GROUPS.items():
    largest = 2 ** (bits - 1) - 1
    for shape in ((1, 1), (3, 32), (5, 40), (4, 77), (7, 240)):
        for kind in ("normal", "ties", "small", "huge"):
            w = random.normal(size=shape) if kind != "ties" else random.integers(-2 * largest, 2 * largest + 1, shape) * 0.5
            w = (w * {"small": 1e-4, "huge": 1e4}.get(kind, 1)).astype(numpy.float16)
            w[:, 0] = largest if kind == "ties" else numpy.maximum(numpy.abs(w[:, 0]), numpy.float16(1e-4))
            w[:, ::group] = w[:, :1]  # no group of zeros: 0 / 0
            words, scale, reals = make_golden.group_quantized(name, w)
            ours = suite.run(name, [w.astype(F), numpy.zeros(words.size * 4, numpy.uint8), numpy.empty(scale.size, F),
                                    numpy.empty(shape, F), numpy.zeros(words.size * 4, numpy.uint8)], shape)
            case = f"{kind} {list(shape)}"
            suite.equal(f"MLC's formula, {name}: words", ours[1], words.reshape(-1).view(numpy.uint8), case)
            suite.equal(f"MLC's formula, {name}: scales", ours[2], scale.reshape(-1).astype(F), case)
            suite.equal(f"MLC's formula, {name}: real numbers", ours[3], reals, case)
            suite.equal(f"MLC's formula, {name[:-1]}0: words", ours[4],
                        numpy.ascontiguousarray(words.T).reshape(-1).view(numpy.uint8), case)
suite.skip("MLC's own quantizer", "apache-tvm does not contain it; the formula stands in")
suite.true("tests/format/tvm/golden.txt is what the package computes",
           pathlib.Path(make_golden.__file__).with_name("golden.txt").read_text() == make_golden.text())
suite.note("fixed_point_multiply: its documentation says multiplier * 2^-shift; the package multiplies by 2^shift.")
suite.finish()
