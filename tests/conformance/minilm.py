# SPDX-License-Identifier: MIT
"""A real model end to end: the linear layers of all-MiniLM-L6-v2 are quantized by Halftone and exported, run by the real
interpreters on the activations of real sentences, and compared with Halftone's own results; and the other way round."""
import importlib.metadata
import pathlib
import tempfile

import numpy
import onnxruntime

import minilm_model
import tflite_models
from suite import Suite

F = numpy.float32
CALIBRATION = ["The ship left the harbour before the storm reached the coast.", "How do I reset the password of my account?",
               "Photosynthesis turns light, water and carbon dioxide into sugar.", "He plays the violin every evening after work.",
               "Prices rose by three percent in the second quarter.", "no", "Two cups of flour, one egg and a pinch of salt!"]
SENTENCES = minilm_model.SENTENCES

versions = {name: importlib.metadata.version(name) for name in ("ai-edge-litert", "ai-edge-quantizer", "onnxruntime")}
suite = Suite("minilm", ", ".join(f"{name} {version}" for name, version in versions.items()))
model = minilm_model.Encoder()
made = tempfile.TemporaryDirectory()
folder = pathlib.Path(made.name)


def letters(text):
    return numpy.frombuffer(str(text).encode(), numpy.uint8).copy()


# The package's file, read by Halftone.
for name in minilm_model.LINEAR:
    for part, theirs in ((".weight", model.weight(name)), (".bias", model.bias(name))):
        ours = suite.run("read tensor", [letters(model.file), letters(name + part), numpy.empty(theirs.shape, F)])[2]
        suite.equal("safetensors: tensors of the model", ours, theirs, name + part)

# Ranges of inputs and outputs that the calibration sentences reach; others are run.
ranges = {}


def observe(name, x):
    y = model.float_linear(name, x)
    ranges[name] = [(float(a.min()), float(a.max())) for a in (x, y)]
    return y


model.embed(CALIBRATION, observe)
expected = model.embed(SENTENCES, model.float_linear)
token_count = []
model.embed(SENTENCES, lambda name, x: token_count.append(len(x)) or model.float_linear(name, x))
rows = token_count[0]


def parameters(kind, bounds):
    scale, zero_point = suite.run(f"parameters {kind}", [numpy.empty(1, F), numpy.empty(1, numpy.int32)], bounds)
    return scale[0], int(zero_point[0])


def compare_embeddings(what, linear, least):
    cosines = (model.embed(SENTENCES, linear) * expected).sum(axis=1)
    suite.true("embeddings point where those of float32 do", (cosines > least).all(), f"{what}: cosines {cosines.round(4)}")
    print(f"{what}: cosine to float32 at least {cosines.min():.4f}")


def tflite(activations, weights, kernels):
    """A layer as a file that Halftone wrote, in the interpreter and in Halftone; the interpreter's codes go on."""
    rule = f"LiteRT, {kernels} kernels: layers of {activations} x {weights}"
    lowest, highest = tflite_models.LIMITS[activations]

    def linear(name, x):
        (scale, zero), (out_scale, out_zero) = (parameters(activations, bounds) for bounds in ranges[name])
        path = folder / f"{name}.{activations}.{weights}.tflite"
        w, b = model.weight(name).copy(), model.bias(name).copy()
        suite.run(f"write tflite {activations} {weights}", [letters(path), w, b], [len(x), *w.shape, scale, zero, out_scale, out_zero])
        codes = numpy.clip(numpy.round(x / scale) + zero, lowest, highest).astype(activations)
        theirs = tflite_models.run(path.read_bytes(), [codes], kernels)[0]
        ours = suite.run(f"run tflite {activations} {kernels}", [letters(path), codes, numpy.empty_like(theirs)])[2]
        suite.equal(rule, ours, theirs, name)
        return (theirs.astype(F) - F(out_zero)) * out_scale

    return linear


# Cosines are of this model, these sentences and ranges of seven others; a mistake in a layer costs far more than the distance
# to these bounds.
for activations, weights, kernels, least in (("int8", "int8", "XNNPACK", 0.92), ("int8", "int8", "reference", 0.92),
                                             ("int8", "int4", "XNNPACK", 0.75), ("int16", "int8", "reference", 0.99)):
    compare_embeddings(f"LiteRT, static {activations} x {weights}, {kernels} kernels", tflite(activations, weights, kernels), least)



def session(path):
    """As applications open it: whatever onnxruntime fuses is fused."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def onnx(kind, uses_codes):
    """A layer as a model that Halftone wrote, in ONNX Runtime and in Halftone; the runtime's outputs go on."""

    def linear(name, x):
        x = numpy.ascontiguousarray(x, F)
        w, b = model.weight(name).copy(), model.bias(name).copy()
        path = folder / "layer.onnx"
        numbers = list(w.shape)
        if uses_codes:
            scale, zero = parameters("uint8", ranges[name][0])
            numbers += [scale, zero]
        suite.run(f"write onnx {kind}", [letters(path), w, b], numbers)
        theirs = session(path).run(None, {"x": x})[0]
        ours, reals = suite.run(f"run onnx {kind}", [w, b, x, numpy.empty_like(theirs), numpy.empty_like(w)], numbers)[3:]
        # k products, scales and a bias in float, in orders of their own; codes of activations are below 2^8 steps.
        size = numpy.minimum(numpy.abs(x), 256 * scale) if uses_codes else numpy.abs(x)
        magnitudes = size.astype(numpy.float64) @ numpy.abs(reals.astype(numpy.float64)).T + numpy.abs(b)
        suite.close(f"ONNX Runtime: layers of {kind}", ours, theirs, 2 * (x.shape[1] + 6) * 2.0 ** -24 * magnitudes, name)
        return theirs

    return linear


for kind, uses_codes, least in (("MatMulNBits, 4 bits", False, 0.9), ("MatMulNBits, 4 bits with zero points", False, 0.9),
                                ("MatMulNBits, 8 bits with zero points", False, 0.99),
                                ("DequantizeLinear, int4 in blocks of 32", False, 0.9),
                                ("QuantizeLinear uint8, DequantizeLinear, int8 rows", True, 0.92)):
    compare_embeddings(f"ONNX Runtime, {kind}", onnx(kind, uses_codes), least)

# Every kind of layer that the writer has, in the file that the ordinary tests hold it to.
path, reals = folder / "layers.onnx", numpy.empty((10, 3, 40), F)
suite.run("write onnx of every kind", [letters(path), reals])
recorded = pathlib.Path(__file__).resolve().parent.parent / "io/onnx_golden/layers.onnx"
suite.true("ONNX Runtime: tests/io/onnx_golden/layers.onnx", path.read_bytes() == recorded.read_bytes(), "is not what Halftone writes")
opened = session(path)
x = (numpy.random.default_rng(1).integers(-40, 41, (5, 40)) / 16).astype(F)  # which 8-bit activations hold exactly
for output, w, y in zip(opened.get_outputs(), reals.astype(numpy.float64), opened.run(None, {"x": x})):
    bias = numpy.array([1, -2, 0.5]) * (output.name in ("int8_rows", "uint8_tensor", "uint4_groups", "nbits_4"))
    exact = x.astype(numpy.float64) @ w.T + bias
    suite.close("ONNX Runtime: tests/io/onnx_golden/layers.onnx", exact, y,
                (40 + 6) * 2.0 ** -24 * (numpy.abs(x) @ numpy.abs(w).T + numpy.abs(bias)), output.name)

# The way back: the package quantizes the layers, Halftone reads its files and makes the same codes and scales from the floats.
for recipe, kind in (("dynamic_wi8_afp32", "int8"), ("weight_only_wi4_afp32", "int4")):
    for name in minilm_model.LINEAR:
        w = model.weight(name).copy()
        path = folder / "package.tflite"
        tensor, codes, scales = tflite_models.weights_of_package(w, recipe, path)
        read = suite.run(f"read and quantize {kind}", [letters(path), w, *(numpy.empty(shape, t) for _ in range(2) for shape, t in (
            (w.shape, numpy.int8), (len(w), F)))], [*w.shape, tensor])[2:]
        packed = tflite_models.flat(read[0], tflite_models.BITS[kind]).reshape(-1).view(numpy.uint8)
        for what, ours, theirs in (("read", packed, codes), ("read", read[1], scales), ("made again", read[2], read[0]),
                                   ("made again", read[3], read[1])):
            suite.equal(f"ai-edge-quantizer: layers of {kind}, {what}", ours, theirs, name)

suite.finish()
