# SPDX-License-Identifier: MIT
"""Models that Halftone writes: onnxruntime runs them and finds the real numbers of Halftone's weights."""
import numpy
import onnx

from onnx_models import run

F = numpy.float32
KINDS = ("nbits 4", "nbits 4 zero points", "nbits 8 zero points", "nbits 2", "dq int8 rows", "dq uint8 tensor", "dq int4 groups",
         "dq uint4 groups", "dq int16 rows", "dq int2 rows", "dq fp8 tensor")


def check(suite, random):
    for kind in KINDS:
        for n, k in ((5, 96), (3, 37), (17, 64)):
            w = random.normal(size=(n, k)).astype(F)
            file, length, reals = numpy.zeros(200000, numpy.uint8), numpy.zeros(1, numpy.int64), numpy.empty((n, k), F)
            suite.run(f"file {kind}", [w, file, length, reals], [n, k])
            content = file[:length[0]].tobytes()
            made = onnx.load_from_string(content)
            onnx.checker.check_model(made)
            # Unit vectors give the weights themselves, whatever the order of sums.
            y = run(made, {"x": numpy.eye(k, dtype=F)})[0]
            suite.close(f"a written model, {kind}: weights", y.T, reals, 2.0 ** -22 * numpy.abs(w).max(), f"{[n, k]}")
            x = random.normal(size=(4, k)).astype(F)
            bound = 2 * (k + 3) * 2.0 ** -24 * (numpy.abs(x.astype(float)) @ (numpy.abs(reals.astype(float)) + 2 * numpy.abs(w).max()).T)
            suite.close(f"a written model, {kind}: outputs", run(made, {"x": x})[0], x.astype(float) @ reals.astype(float).T, bound,
                        f"{[n, k]}")
