# SPDX-License-Identifier: MIT
"""QUANTIZE from codes to codes, and layers of float activations and integer weights."""
import numpy

import tflite_models
from tflite_models import BITS, LIMITS, RELU, Model, flat

F = numpy.float32


def check(suite, random, codes, one_operator, shapes):
    # Codes of 8 bits: XNNPACK keeps 8 bits of the factor, and leaves factors outside of 1/256 .. 128, and changes of type, to the builtin.
    for kind in ("int8", "uint8"):
        low, high = LIMITS[kind]
        x = numpy.arange(low, high + 1).astype(kind)
        for i in range(80):
            so = 10 ** random.uniform(-3, 1)
            si = so * 2.0 ** (i - 8 if i < 16 else random.uniform(-8, 7))
            zi, zo = (int(v) for v in random.integers(low, high + 1, 2))
            factor = float(F(si) / F(so))
            if not 2.0 ** -8 <= factor <= 2.0 ** 7:
                continue
            theirs = one_operator("QUANTIZE", x, kind, kind, so, zo, "XNNPACK", (si, zi))
            ours = suite.run(f"requantize {kind}", [x, numpy.empty_like(x)], [factor, zi, zo])[1]
            suite.equal(f"XNNPACK: QUANTIZE {kind} to {kind}, a factor of 8 bits", ours, theirs, f"{si} to {so}, {zi} to {zo}")
        for si, so in ((0.0038, 1.0), (1e-3, 7.0), (129.0, 1.0), (1e3, 0.5)):
            theirs = one_operator("QUANTIZE", x, kind, kind, so, 0, "XNNPACK", (si, 0))
            ours = suite.run("multiply upward", [x.astype(numpy.int32), numpy.empty(x.size, numpy.int32)], [float(F(si)) / float(F(so))])[1]
            suite.equal(f"XNNPACK: QUANTIZE {kind} to {kind}, other factors", numpy.clip(ours, low, high).astype(kind), theirs, f"{si} to {so}")
    for source, into in (("int8", "uint8"), ("uint8", "int8")):
        x = numpy.arange(LIMITS[source][0], LIMITS[source][1] + 1).astype(source)
        for si, so in ((0.5, 1.0), (0.25, 1.0), (0.003, 0.0117), (1.0, 0.3), (0.37, 0.41), (1e-3, 7.0), (1.0, 1.0)):
            theirs = one_operator("QUANTIZE", x, source, into, so, 0, "XNNPACK", (si, 0))
            ours = suite.run("multiply upward", [x.astype(numpy.int32), numpy.empty(x.size, numpy.int32)], [float(F(si)) / float(F(so))])[1]
            suite.equal(f"XNNPACK: QUANTIZE {source} to {into}, rounding upward", numpy.clip(ours, *LIMITS[into]).astype(into), theirs,
                        f"{si} to {so}")

    # Activations in floats, weights in integers (dynamic range).
    for kernels, kinds in (("reference", ("int8", "int4")), ("builtin", ("int8",))):
        for kind in kinds:
            for rows in (False, True):
                for m, n, k in shapes + [(4, 16, 32), (5, 9, 30)]:
                    for what in ("random", "extreme", "zeros", "halves"):
                        w = numpy.clip(codes(kind, (n, k), what == "extreme"), 1 - 2 ** (BITS[kind] - 1), None).astype(numpy.int8)
                        x = (random.normal(size=(m, k)) * 10 ** random.uniform(-3, 3, (m, 1))).astype(F)
                        if what == "zeros":
                            x[0] = 0
                        if what == "halves":
                            x = (random.integers(-126, 127, (m, k)) + F(0.5)).astype(F)
                            x[:, 0] = 127
                        sw = random.uniform(0.0005, 0.02, n if rows else 1).astype(F)
                        bias = None if what == "extreme" else random.normal(size=n).astype(F)
                        activation = random.choice(["none", "relu", "relu6", "relu_n1_to_1"])
                        model = Model()
                        tensors = [model.tensor([m, k], "float32"), model.tensor([n, k], kind, sw, None, 0, flat(w, BITS[kind])),
                                   None if bias is None else model.tensor([n], "float32", data=bias), model.tensor([m, n], "float32")]
                        model.fully_connected(*tensors, RELU[activation], 9 if rows else 3)
                        theirs = tflite_models.run(model.bytes([tensors[0]], [tensors[3]]), [x], kernels)[0]
                        packed = numpy.ascontiguousarray(flat(w, BITS[kind])).reshape(-1).view(numpy.uint8)
                        ours = suite.run(f"hybrid {kind} {'rows' if rows else 'one'}",
                                         [x, packed, sw, numpy.empty(0, F) if bias is None else bias, numpy.empty((m, n), F)],
                                         [m, n, k, RELU[activation]])[4]
                        suite.equal(f"{kernels}: float x {kind}, {'a scale a row' if rows else 'one scale'}", ours, theirs,
                                    f"[{m}, {n}, {k}] {what} {activation}")
