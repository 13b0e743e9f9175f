# SPDX-License-Identifier: MIT
"""Files: what Halftone writes runs in the interpreter, what the package's quantizers write is read, run and made again."""
import contextlib
import io
import pathlib
import tempfile
import warnings

import ai_edge_quantizer.quantizer
import ai_edge_quantizer.recipe
import flatbuffers
import numpy
from ai_edge_litert import _pywrap_tensorflow_lite_calibration_wrapper as calibration
from ai_edge_litert import schema_py_generated as schema

import tflite_models
from tflite_models import BITS, KERNELS, LIMITS, RELU, Model, flat

F = numpy.float32


def quantized_by_package(x, weights, bias, activations, biases):
    """A float model through the package's own quantizer."""
    numbers = {"int8": 1, "int16": 3, "int32": 5, "int64": 7}  # of NumPy's types
    model = Model()
    inputs = model.tensor(x.shape, "float32")
    w = model.tensor(weights.shape, "float32", data=weights)
    b = model.tensor(bias.shape, "float32", data=bias)
    outputs = model.tensor([len(x), len(weights)], "float32")
    model.fully_connected(inputs, w, b, outputs, version=1)
    floats = model.bytes([inputs], [outputs])  # the quantizer keeps no copy
    quantizer = calibration.CalibrationWrapper(floats, [], [])
    quantizer.Prepare([list(x.shape)])
    quantizer.FeedTensor([x])
    kind = numbers[activations]
    content = quantizer.QuantizeModel(kind, kind, False, kind, numbers[biases], False, False)
    return schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))


def check(suite, random, codes):
    """codes(kind, shape) makes random ones."""
    # Files: what Halftone writes runs in the interpreter, and gives the codes that Halftone computes from the same file.
    folder = tempfile.TemporaryDirectory()
    path = str(pathlib.Path(folder.name) / "model.tflite")
    letters = numpy.frombuffer(path.encode(), numpy.uint8).copy()


    def compare_file(rule, x, columns, kernels, case="", taken=None):
        content = pathlib.Path(path).read_bytes()
        ours = suite.run(f"run file {x.dtype} {taken or kernels}", [letters, x, numpy.empty((len(x), columns), x.dtype)])[2]
        suite.equal(rule, ours, tflite_models.run(content, [x], kernels)[0], case)


    for activations, kind in (("int8", "int8"), ("int8", "int4"), ("int16", "int8")):
        for rows in ("one", "rows"):
            for m, k, n1, n2 in ((1, 8, 6, 2), (5, 64, 32, 10), (3, 100, 50, 7), (17, 6, 120, 33)):
                for activation in ("none", "relu", "relu6"):
                    w1, w2 = random.normal(size=(n1, k)).astype(F), random.normal(size=(n2, n1)).astype(F)
                    b1, b2 = random.normal(size=n1).astype(F), random.normal(size=n2).astype(F)
                    zeros = [0, 0, 0] if activations == "int16" else [int(v) for v in random.integers(-100, 100, 3)]
                    steps = 32767 if activations == "int16" else 127
                    scales = [3 / steps, 3 * k ** 0.5 / steps, 6 * (k * n1) ** 0.5 / steps]
                    suite.run(f"write file {activations} {kind} {rows}", [letters, w1, b1, w2, b2],
                              [m, k, n1, n2, *sum(([F(a), b] for a, b in zip(scales, zeros)), []), RELU[activation]])
                    x = codes(activations, (m, k))
                    for kernels in KERNELS:
                        compare_file(f"{kernels}: files that Halftone writes, {activations} x {kind}", x, n2, kernels,
                                     f"{rows}, [{m}, {k}, {n1}, {n2}], {activation}")

    for m, k, n in ((1, 1, 1), (3, 40, 9), (8, 129, 33)):
        x, w, bias = random.normal(size=(m, k)).astype(F), random.normal(size=(n, k)).astype(F), random.normal(size=n).astype(F)
        suite.run("write halves", [letters, w, bias], [m, k, n])
        ours = suite.run("run halves", [letters, x, numpy.empty((m, n), F)])[2]
        halves = w.astype(numpy.float16).astype(numpy.float64)
        # Both add k products and a bias in float, in orders of their own: each is within (k + 1) roundings of the sum of magnitudes.
        bound = 2 * (k + 2) * 2.0 ** -24 * (numpy.abs(x.astype(numpy.float64)) @ numpy.abs(halves).T + numpy.abs(bias))
        for kernels in KERNELS:
            theirs = tflite_models.run(pathlib.Path(path).read_bytes(), [x], kernels)[0]
            suite.close(f"{kernels}: files of 16-bit float weights that Halftone writes", ours, theirs, bound, f"[{m}, {n}, {k}]")

    # Files of the package's quantizer, read and run.
    for activations, biases in (("int8", "int32"), ("int16", "int64")):
        for _ in range(6):
            x, w, bias = random.normal(0.3, size=(6, 48)).astype(F), random.normal(size=(11, 48)).astype(F), random.normal(size=11).astype(F)
            builder = flatbuffers.Builder(1024)
            builder.Finish(quantized_by_package(x, w, bias, activations, biases).Pack(builder), b"TFL3")
            pathlib.Path(path).write_bytes(builder.Output())
            for kernels in KERNELS:
                compare_file(f"{kernels}: files of the package's quantizer, {activations}", codes(activations, (6, 48)), 11, kernels)

    # ai-edge-quantizer: its files read, its codes and scales made again.
    for name, kind in (("weight_only_wi8_afp32", "int8"), ("dynamic_wi8_afp32", "int8"), ("weight_only_wi4_afp32", "int4"),
                       ("dynamic_wi4_afp32", "int4"), ("dynamic_wi2c_afp32", "int2")):
        top = LIMITS[kind][1]
        for form in ("random", "ties", "zeros", "huge", "tiny"):
            n, k = 9, 65 if kind == "int8" else 67
            w = (random.normal(size=(n, k)) * 10 ** random.uniform(-3, 1)).astype(F)
            if form == "ties":
                step = F(10 ** random.uniform(-3, 1))
                w = (random.integers(-2 * top, 2 * top + 1, (n, k)) * F(0.5) * step).astype(F)
                w[:, 0] = F(top) * step
            w[2] = 0 if form == "zeros" else w[2]
            w = w * F({"huge": 1e36, "tiny": 1e-11}.get(form, 1))
            tensor, stored, scales = tflite_models.weights_of_package(w, name, path)
            results = suite.run(f"read and quantize {kind}", [letters, w, *(f() for _ in range(2) for f in (
                lambda: numpy.empty((n, k), numpy.int8), lambda: numpy.empty(n, F)))], [n, k, tensor])[2:]
            suite.equal(f"ai-edge-quantizer: weights of {kind}, read", flat(results[0], BITS[kind]).reshape(-1).view(numpy.uint8), stored,
                        f"{name}, {form}")
            suite.equal(f"ai-edge-quantizer: weights of {kind}, read", results[1], scales, form)
            suite.equal(f"ai-edge-quantizer: weights of {kind}, codes", results[2], results[0], f"{name}, {form}")
            suite.equal(f"ai-edge-quantizer: weights of {kind}, scales", results[3], results[1], f"{name}, {form}")

    for name, activations, biases in (("static_wi8_ai8", "int8", "int32"), ("static_wi8_ai16", "int16", "int64")):
        for _ in range(8):
            m, n, k = 4, 40, 16
            w, bias = random.normal(size=(n, k)).astype(F), (random.normal(size=n) * 10 ** random.uniform(-3, 2)).astype(F)
            model = Model()
            x = model.tensor([m, k], "float32", name="x")
            tensors = [model.tensor(w.shape, "float32", data=w), model.tensor(bias.shape, "float32", data=bias)]
            y = model.tensor([m, n], "float32", name="y")
            model.fully_connected(x, *tensors, y, version=1)
            pathlib.Path(path).write_bytes(model.bytes([x], [y], signature=True))
            quantizer = ai_edge_quantizer.quantizer.Quantizer(path)
            quantizer.load_quantization_recipe(getattr(ai_edge_quantizer.recipe, name)())
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
                ranges = quantizer.calibrate({"serving_default": [{"x": random.normal(0.3, size=(m, k)).astype(F)}]})
                content = bytes(quantizer.quantize(ranges).quantized_model)
            pathlib.Path(path).write_bytes(content)
            for kernels in KERNELS:
                compare_file(f"{kernels}: files of ai-edge-quantizer, {activations}", codes(activations, (m, k)), n, kernels)
            parsed = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
            parts = [parsed.subgraphs[0].tensors[t] for t in (x, *tensors)]
            theirs = numpy.frombuffer(bytes(parsed.buffers[parts[2].buffer].data), biases)
            ours = [suite.run(f"bias {biases} ai-edge", [bias[i:i + 1], numpy.empty(1, biases)], [parts[0].quantization.scale[0], scale])[1]
                    for i, scale in enumerate(parts[1].quantization.scale)]
            suite.equal(f"ai-edge-quantizer: biases of {biases} for {activations}", numpy.concatenate(ours), theirs)

    # Weights in blocks, whose scales ai-edge-quantizer puts into a tensor of their own.
    for recipe, element, size in (("dynamic_wi4b32_afp32", "int4", 32), ("dynamic_wi4b64_afp32", "int4", 64), ("dynamic_wi2b32_afp32", "int2", 32)):
        for n, k in ((24, 64), (40, 192), (64, 1024)):  # smaller ones stay floats
            w = (random.normal(size=(n, k)) * 10 ** random.uniform(-2, 2)).astype(F)
            tensor, stored, scales = tflite_models.blocks_of_package(w, recipe, path)
            bits = BITS[element]
            fields = (stored[:, None] >> (numpy.arange(8 // bits) * bits).astype(numpy.uint8) & (2 ** bits - 1)).reshape(-1).astype(numpy.int16)
            levels = numpy.where(fields >= 2 ** (bits - 1), fields - 2 ** bits, fields).astype(numpy.int8)
            ours = suite.run(f"blocks {element} {size}", [letters, numpy.empty(n * k, numpy.int8), numpy.empty(n * k // size, F)], [tensor])
            suite.equal(f"ai-edge-quantizer: {element} in blocks of {size}, codes", ours[1], levels, f"[{n}, {k}]")
            suite.equal(f"ai-edge-quantizer: {element} in blocks of {size}, scales", ours[2], scales.astype(F).reshape(-1), f"[{n}, {k}]")
