# SPDX-License-Identifier: MIT
"""TensorFlow Lite: layers, roundings and files against the interpreter of ai-edge-litert, with each of its sets of kernels."""
import importlib.metadata
import pathlib
import sys

import numpy
from ai_edge_litert import schema_py_generated as schema

import tflite_files
import tflite_models
import tflite_operators
from suite import Suite
from tflite_models import BITS, KERNELS, LIMITS, RELU, Model, flat

F = numpy.float32
suite = Suite("tflite", importlib.metadata.version("ai-edge-litert"))
random = numpy.random.default_rng(1)


def codes(kind, shape, extreme=False):
    low, high = LIMITS[kind]
    dtype = numpy.int16 if kind == "int16" else numpy.uint8 if kind == "uint8" else numpy.int8
    values = random.choice([low, high], shape) if extreme else random.integers(low, high + 1, shape)
    return values.astype(dtype)


class Layer:
    """One FULLY_CONNECTED, for both sides."""

    def __init__(self, x, weights, sx, zx, sw, sy, zy, kinds=("int8", "int8"), bias=None, activation="none", zw=0):
        self.x, self.weights, self.bias, self.kinds, self.activation = x, weights, bias, kinds, activation
        self.sx, self.zx, self.sw, self.sy, self.zy, self.zw = F(sx), zx, numpy.atleast_1d(numpy.asarray(sw, F)), F(sy), zy, zw

    def interpreted(self, resolver):
        m, k = self.x.shape
        n = len(self.weights)
        activations, kind = self.kinds
        model = Model()
        x = model.tensor([m, k], activations, self.sx, self.zx)
        w = model.tensor([n, k], kind, self.sw, [self.zw] * len(self.sw), 0, flat(self.weights, BITS[kind]))
        b = None
        if self.bias is not None:
            b = model.tensor([n], str(self.bias.dtype), self.sx * self.sw, None, 0, self.bias)
        y = model.tensor([m, n], activations, self.sy, self.zy)
        version = 10 if kind in ("int4", "int2") else 7 if activations == "int16" else 4
        model.fully_connected(x, w, b, y, RELU[self.activation], version)
        return tflite_models.run(model.bytes([x], [y]), [self.x], resolver)[0]

    def ours(self, kernels, form=None):
        m, k = self.x.shape
        n = len(self.weights)
        name = f"fully connected {form or ' '.join(self.kinds)} {'one' if len(self.sw) == 1 else 'rows'}"
        sums = numpy.int32
        if self.kinds[0] == "int16":
            sums = numpy.int64 if kernels == "reference" else numpy.int32
            name += " 64" if sums == numpy.int64 else " 32"
        bias = numpy.empty(0, sums) if self.bias is None else self.bias.astype(sums)
        w = numpy.ascontiguousarray(flat(self.weights, BITS[self.kinds[1]])).reshape(-1).view(numpy.uint8)
        return suite.run(f"{name} {kernels}", [self.x, w, self.sw, bias, numpy.empty((m, n), self.x.dtype)],
                         [m, n, k, self.sx, self.zx, self.sy, self.zy, RELU[self.activation], self.zw])[4]


def output_scale(x, zx, weights, zw, bias, sx, sw, high):
    sums = (x.astype(numpy.int64) - zx) @ (weights.astype(numpy.int64) - zw).T + (0 if bias is None else bias)
    real = numpy.abs(sums * float(sx) * numpy.asarray(sw, numpy.float64)).max()
    return F(max(real, 1e-6) / high)


SHAPES = [(1, 1, 1), (3, 5, 7), (1, 33, 64), (9, 17, 129), (16, 40, 300), (2, 3, 1023)]


def layers_of_random_values(kind, rows, activations="int8", sums=numpy.int32):
    for m, n, k in SHAPES:
        for extreme in (False, True):
            x, w = codes(activations, (m, k), extreme), codes(kind, (n, k), extreme)
            bias = random.integers(-5000, 5000, n).astype(sums)
            sx, zx, zy = F(random.uniform(0.001, 0.1)), *(int(v) for v in random.integers(-128, 128, 2))
            if activations == "int16":
                zx = zy = 0
            sw = random.uniform(0.0005, 0.02, n if rows else 1).astype(F)
            sy = output_scale(x, zx, w, 0, bias, sx, sw, LIMITS[activations][1] * random.uniform(0.5, 1.5))
            yield f"[{m}, {n}, {k}]{' extreme' if extreme else ''}", Layer(x, w, sx, zx, sw, sy, zy, (activations, kind), bias)


def layer_of_sums(sums, sx, sw, sy, zy, rows, activations="int8", kind="int8", activation="none", k=3):
    """The biases are the sums: x is zero."""
    n = len(sums)
    dtype = numpy.int16 if activations == "int16" else numpy.int8
    return Layer(numpy.zeros((1, k), dtype), numpy.ones((n, k), numpy.int8), sx, 0, [sw] * n if rows else sw, sy, zy,
                 (activations, kind), sums, activation)


def sums_near_ties(factor, low, high, dtype=numpy.int32):
    """Around every half that a code may have, and the extremes that the interpreter defines."""
    halves = random.integers(low - 10, high + 10, 500) + 0.5
    sums = (numpy.rint(halves / factor)[:, None] + [-30, -2, -1, 0, 1, 2, 30]).reshape(-1)
    sums = sums[numpy.abs(sums) < 2 ** 31 - 100]
    largest = int((2 ** 31 - 1 - 1024) / max(factor, 1))  # beyond, what the kernels convert or add a zero point to wraps
    ends = [-largest, largest, 2 ** 24 + 1, -2 ** 24 - 3, 0, 1, -1] if factor < 100 else [0, 1, -1]
    return numpy.concatenate([sums, [e for e in ends if abs(e) <= largest]]).astype(numpy.int64).astype(dtype)


SCALES = [(0.5, 0.5, 1.0), (0.5, 0.5, 2.0), (0.5, 0.5, 4.0), (0.37, 0.0031, 0.011), (1 / 3, 1 / 7, 1 / 5), (1e-3, 1e-4, 0.9),
          (0.11, 0.013, 1.7e-4), (1.0, 1.0, 1 / 3), (1e-5, 1e-5, 1e-3), (2e-38, 1.0, 1e-37), (1e-30, 1e-9, 1e-38), (3e5, 7e3, 5e12)]
SCALES += [tuple(float(F(v)) for v in (10 ** random.uniform(-5, -2), 10 ** random.uniform(-5, -2), 0)) for _ in range(12)]
SCALES = [(sx, sw, sy or float(F(sx * sw * 10 ** random.uniform(0.3, 7.5)))) for sx, sw, sy in SCALES]


def taken_by(kernels, kind, k, sx, sw, rows):
    """XNNPACK leaves rows that end within a byte, one scale for 2 bits, and subnormal products of scales to the builtin kernels."""
    left = k * BITS[kind] % 8 != 0 or (kind == "int2" and not rows) or (F(sx) * numpy.asarray(sw, F)).min() < numpy.finfo(F).tiny
    return "builtin" if kernels == "XNNPACK" and left else kernels


for rows in (False, True):
    scales = "a scale a row" if rows else "one scale"
    for kernels in KERNELS:
        for kind in ("int8", "int4", "int2"):
            for case, layer in layers_of_random_values(kind, rows):
                taken = taken_by(kernels, kind, layer.x.shape[1], layer.sx, layer.sw, rows)
                suite.equal(f"{kernels}: int8 x {kind}, {scales}", layer.ours(taken), layer.interpreted(kernels), case)
        for sx, sw, sy in SCALES:
            factor = float(F(sx)) * float(F(sw)) / float(F(sy))
            for kind, k in (("int8", 3), ("int4", 5), ("int4", 8), ("int2", 6), ("int2", 8)):
                taken = taken_by(kernels, kind, k, sx, sw, rows)
                sums = sums_near_ties(factor, -128, 127)
                if taken == "XNNPACK" and kind == "int4":
                    sums = sums[numpy.abs(sums.astype(numpy.int64)) < 2 ** 27 - 64]  # which keeps 16 times the sum in 32 bits
                layer = layer_of_sums(sums, sx, sw, sy, 3, rows, kind=kind, k=k)
                suite.equal(f"{kernels}: int8 x {kind} at ties and extremes, {scales}", layer.ours(taken),
                            layer.interpreted(kernels), f"k {k}, scales {sx}, {sw}, {sy}")
        for activation in ("relu", "relu6", "relu_n1_to_1"):
            for sy, zy in ((0.05, -128), (0.02, 3), (0.013, -77), (0.004, 127), (0.1, 0)):
                layer = layer_of_sums(sums_near_ties(0.03 / sy, -128, 127), 0.1, 0.3, sy, zy, rows, activation=activation)
                suite.equal(f"{kernels}: int8 with a fused {activation}, {scales}", layer.ours(kernels),
                            layer.interpreted(kernels), f"scale {sy}, zero point {zy}")
        m, n, k = 5, 19, 70
        x, w = codes("int8", (m, k)), codes("int8", (n, k))
        layer = Layer(x, w, 0.02, -9, [0.01] * n if rows else 0.01, 0.9, 4)
        suite.equal(f"{kernels}: int8 without bias, {scales}", layer.ours(kernels), layer.interpreted(kernels))

# Operators that XNNPACK does not take fall to the builtin kernels.
for kernels in KERNELS:
    x, w = codes("int8", (7, 90)), codes("int8", (21, 90))
    bias = random.integers(-3000, 3000, 21).astype(numpy.int32)
    sy = output_scale(x, 5, w, 9, bias, 0.02, 0.01, 140)
    layer = Layer(x, w, 0.02, 5, 0.01, sy, 7, bias=bias, zw=9)
    suite.equal(f"{kernels}: int8 weights with a zero point", layer.ours("builtin" if kernels == "XNNPACK" else kernels,
                                                                         "int8 zero"), layer.interpreted(kernels))
    for m, n, k in SHAPES:
        x, w = codes("uint8", (m, k)), codes("uint8", (n, k))
        bias = random.integers(-3000, 3000, n).astype(numpy.int32)
        sy = output_scale(x, 120, w, 130, bias, 0.02, 0.01, 200)
        layer = Layer(x, w, 0.02, 120, 0.01, sy, 90, ("uint8", "uint8"), bias, zw=130)
        suite.equal(f"{kernels}: uint8", layer.ours(kernels), layer.interpreted(kernels), f"[{m}, {n}, {k}]")

# Sixteen bits: biases of 64 bits are the reference's with every resolver, of 32 bits the builtin's.
for rows in (False, True):
    scales = "a scale a row" if rows else "one scale"
    for kernels in KERNELS:
        for kind in ("int8", "int4"):
            for case, layer in layers_of_random_values(kind, rows, "int16", numpy.int64):
                suite.equal(f"{kernels}: int16 x {kind}, biases of 64 bits, {scales}", layer.ours("reference"),
                            layer.interpreted(kernels), case)
        for sx, sw, sy in SCALES:
            factor = float(F(sx)) * float(F(sw)) / float(F(sy))
            layer = layer_of_sums(sums_near_ties(factor, -32768, 32767, numpy.int64), sx, sw, sy, 0, rows, "int16")
            suite.equal(f"{kernels}: int16 at ties and extremes, biases of 64 bits, {scales}", layer.ours("reference"),
                        layer.interpreted(kernels), f"scales {sx}, {sw}, {sy}")
            if kernels != "reference":  # which reads biases of 32 bits as if they had 64
                layer = layer_of_sums(sums_near_ties(factor, -32768, 32767), sx, sw, sy, 0, rows, "int16")
                suite.equal(f"{kernels}: int16 at ties and extremes, biases of 32 bits, {scales}", layer.ours("builtin"),
                            layer.interpreted(kernels), f"scales {sx}, {sw}, {sy}")
        for m, n, k in SHAPES:
            layer = Layer(codes("int16", (m, k)), codes("int8", (n, k)), 1e-4, 0, [0.01] * n if rows else 0.01, 0.01, 0,
                          ("int16", "int8"))
            suite.equal(f"{kernels}: int16 without bias, {scales}",
                        layer.ours("reference" if kernels == "reference" else "builtin"), layer.interpreted(kernels),
                        f"[{m}, {n}, {k}]")


# Sums of 16 bits beyond 32: the builtin kernels drop bits.
for kernels in KERNELS:
    for value in (32767, -32768):
        for k in (517, 1023, 3000):
            w = numpy.full((3, k), 127, numpy.int8)
            w[1], w[2, ::2] = -128, 5
            layer = Layer(numpy.full((2, k), value, numpy.int16), w, 1e-4, 0, 0.01, k * 4.2e-4, 0, ("int16", "int8"))
            suite.equal(f"{kernels}: int16 without bias, sums beyond 32 bits",
                        layer.ours("reference" if kernels == "reference" else "builtin"), layer.interpreted(kernels), f"{value}, {k}")


def one_operator(name, x, kind_in, kind_out, scale, zero_point, resolver, in_parameters=(None, None), options=None, version=3):
    model = Model()
    inputs = model.tensor([len(x)], kind_in, *in_parameters)
    outputs = model.tensor([len(x)], kind_out, scale, zero_point)
    model.operator(name, [inputs], [outputs], options or schema.QuantizeOptionsT(), version)
    return tflite_models.run(model.bytes([inputs], [outputs]), [x], resolver)[0]


for kind in ("int8", "uint8", "int16"):
    low, high = LIMITS[kind]
    for kernels in KERNELS:
        for scale, zero_point in ((1.0, 3), (0.1, 0), (0.00214854861, 5), (1 / 3, 100), (3e-38, 1), (1e30, 2), (0.7, -3)):
            zero_point = 0 if kind == "int16" else abs(zero_point) if kind == "uint8" else zero_point
            span = (high - low) * F(scale)
            x = numpy.concatenate([(random.integers(low - 30, high + 30, 600) + 0.5) * F(scale), random.uniform(-span, span, 3000),
                                   [0.273939937, -0.273939937][:2 if scale > 1e-3 else 0], [0.0, -0.0]]).astype(F)
            x = numpy.concatenate([x, numpy.nextafter(x, F(3e38)), numpy.nextafter(x, F(-3e38))])
            x = x[numpy.abs(x.astype(numpy.float64) / float(F(scale))) < 1e6]  # beyond, the interpreter's cast is undefined
            theirs = one_operator("QUANTIZE", x, "float32", kind, scale, zero_point, kernels)
            rule = "reference" if kernels == "reference" else "optimized"
            ours = suite.run(f"quantize {kind} {rule}", [x, numpy.empty(x.size, theirs.dtype)], [F(scale), zero_point])[1]
            suite.equal(f"{kernels}: QUANTIZE float to {kind}", ours, theirs, f"scale {scale}, zero point {zero_point}")

# The multipliers alone, where the interpreter shows them.
for kernels, source, rounding in (("reference", "int8", "double"), ("builtin", "int8", "upward"), ("XNNPACK", "int16", "double"),
                                  ("reference", "int32", "double"), ("builtin", "int32", "double")):
    dtype = numpy.dtype(source)
    for into in ("int8", "int16"):
        if source == "int8" and into == "int16":
            continue
        for si, so in ((0.5, 1.0), (0.25, 1.0), (0.003, 0.0117), (1.0, 0.3), (0.37, 0.41), (1e-3, 7.0), (1.0, 1.0)):
            x = numpy.arange(max(numpy.iinfo(dtype).min, -40000), min(numpy.iinfo(dtype).max, 40000) + 1).astype(dtype)
            theirs = one_operator("QUANTIZE", x, source, into, so, 0, kernels, (si, 0))
            factor = float(F(si)) / float(F(so))
            ours = suite.run(f"multiply {rounding}", [x.astype(numpy.int32), numpy.empty(x.size, numpy.int32)], [factor])[1]
            suite.equal(f"{kernels}: QUANTIZE {source} to {into}, rounding {rounding}",
                        numpy.clip(ours, *LIMITS[into]).astype(theirs.dtype), theirs, f"{si} to {so}")

tflite_operators.check(suite, random, codes, one_operator, SHAPES)


def convolution(sums, sx, sw, sy, kernels, kind):
    n = len(sums)
    model = Model()
    x = model.tensor([1, 1, 1, 3], kind, sx, 0)
    w = model.tensor([n, 1, 1, 3], "int8", [sw] * n, None, 0, numpy.ones((n, 3), numpy.int8))
    b = model.tensor([n], str(sums.dtype), [F(sx) * F(sw)] * n, None, 0, sums)
    y = model.tensor([1, 1, 1, n], kind, sy, 0)
    options = schema.Conv2DOptionsT()
    options.padding = options.strideW = options.strideH = options.dilationWFactor = options.dilationHFactor = 1
    model.operator("CONV_2D", [x, w, b], [y], options, 4 if kind == "int16" else 3)
    zeros = numpy.zeros((1, 1, 1, 3), numpy.dtype(kind))
    return tflite_models.run(model.bytes([x], [y]), [zeros], kernels)[0].reshape(-1)


for kernels, kind, rounding in (("reference", "int8", "double"), ("builtin", "int8", "upward"), ("reference", "int16", "sixteen"),
                                ("builtin", "int16", "sixteen")):
    for sx, sw, sy in SCALES:
        factor = float(F(sx)) * float(F(sw)) / float(F(sy))
        if not 1e-9 < factor < 1:
            continue
        sums = sums_near_ties(factor, *LIMITS[kind], numpy.int64 if kind == "int16" else numpy.int32)
        ours = suite.run(f"multiply {rounding}", [sums, numpy.empty(sums.size, numpy.int32)], [factor])[1]
        theirs = convolution(sums, sx, sw, sy, kernels, kind)
        suite.equal(f"{kernels}: CONV_2D of {kind}, rounding {rounding}", numpy.clip(ours, *LIMITS[kind]).astype(theirs.dtype),
                    theirs, f"scales {sx}, {sw}, {sy}")

# No build of the package rounds once: the formula in whole numbers of any size.
for factor in (0.25, 0.3, 1 / 3, 1e-4, 0.99999, 3.7, 1e-9, 2.0 ** 20):
    fraction, shift = numpy.frexp(factor)
    value = int(numpy.floor(fraction * 2.0 ** 31 + 0.5))
    sums = sums_near_ties(factor, -128, 127)
    exact = [(int(x) * value + (1 << (30 - int(shift)))) >> (31 - int(shift)) for x in sums]
    ours = suite.run("multiply single", [sums, numpy.empty(sums.size, numpy.int32)], [factor])[1]
    suite.equal("the formula: rounding single", ours, numpy.clip(exact, -2 ** 31, 2 ** 31 - 1).astype(numpy.int32), f"{factor}")


for activations, biases in (("int8", "int32"), ("int16", "int64"), ("int16", "int32")):
    for _ in range(8):
        w, bias = random.normal(size=(9, 64)).astype(F), (random.normal(size=9) * 10 ** random.uniform(-2, 2)).astype(F)
        model = tflite_files.quantized_by_package(random.normal(0.3, size=(4, 64)).astype(F), w, bias, activations, biases)
        x, w, b = model.subgraphs[0].tensors[:3]
        theirs = numpy.frombuffer(bytes(model.buffers[b.buffer].data), biases)
        ours = [suite.run(f"bias {biases}", [bias[i:i + 1], numpy.empty(1, biases)], [x.quantization.scale[0], scale])[1]
                for i, scale in enumerate(w.quantization.scale)]
        suite.equal(f"the package's quantizer: biases of {biases} for {activations}", numpy.concatenate(ours), theirs)


tflite_files.check(suite, random, codes)

sys.path += [str(pathlib.Path(__file__).resolve().parents[1] / place) for place in ("format/tflite", "io")]
import make_golden  # noqa: E402

suite.true("tests/format/tflite/golden.txt is what the package computes",
           pathlib.Path(make_golden.__file__).with_name("golden.txt").read_text() == make_golden.text())
import make_tflite_golden  # noqa: E402

for name in ("dense", "nibbles", "half"):
    suite.true("tests/io/tflite_golden is what the package writes", pathlib.Path(make_tflite_golden.__file__).with_name(
        "tflite_golden").joinpath(f"{name}.tflite").read_bytes() == getattr(make_tflite_golden, name)(), name)
suite.note("QUANTIZE: documented as rounding halves away from zero; XNNPACK and the builtin kernels round them to even.")
suite.note("Requantization: documented as one rounded product; XNNPACK computes in float, the reference and builtin kernels round twice.")
suite.finish()
