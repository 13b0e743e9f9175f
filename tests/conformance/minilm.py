# SPDX-License-Identifier: MIT
"""A real model end to end: the linear layers of all-MiniLM-L6-v2 are quantized by Halftone and exported, run by the real
interpreters on the activations of real sentences, and compared with Halftone's own results; and the other way round."""
import importlib.metadata
import pathlib
import tempfile

import numpy

import minilm_model
import tflite_models
from suite import Suite

F = numpy.float32
CALIBRATION = ["The ship left the harbour before the storm reached the coast.", "How do I reset the password of my account?",
               "Photosynthesis turns light, water and carbon dioxide into sugar.", "He plays the violin every evening after work.",
               "Prices rose by three percent in the second quarter.", "no", "Two cups of flour, one egg and a pinch of salt!"]
SENTENCES = minilm_model.SENTENCES

versions = {name: importlib.metadata.version(name) for name in ("ai-edge-litert", "ai-edge-quantizer")}
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
