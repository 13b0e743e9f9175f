# SPDX-License-Identifier: MIT
"""A real model that torchao quantized: Halftone makes the codes and scales of every linear layer of all-MiniLM-L6-v2 again, and
gives the outputs of torchao's layers on the activations of real sentences."""
import pathlib
import sys
import warnings

# The folder of this file holds a torch.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
warnings.filterwarnings("ignore")
import numpy  # noqa: E402
import torch  # noqa: E402
import torchao  # noqa: E402
from torchao.quantization import (Int8DynamicActivationInt8WeightConfig, Int8WeightOnlyConfig, IntxWeightOnlyConfig,  # noqa: E402
                                  quantize_)
from torchao.quantization.granularity import PerGroup  # noqa: E402

sys.path.insert(0, here)
import minilm_model  # noqa: E402
from suite import Suite  # noqa: E402

F = numpy.float32
EPSILON = 2.0 ** -24
suite = Suite("minilm_torch", f"torchao {torchao.__version__.partition('+')[0]}, torch {torch.__version__.partition('+')[0]}")
model = minilm_model.Encoder()
expected = model.embed(minilm_model.SENTENCES, model.float_linear)


def compare(what, kind, operation, config, least):
    layers = {}
    for name in minilm_model.LINEAR:
        w = model.weight(name).copy()
        layer = torch.nn.Linear(w.shape[1], w.shape[0])
        layer.weight = torch.nn.Parameter(torch.from_numpy(w), requires_grad=False)
        layer.bias = torch.nn.Parameter(torch.from_numpy(model.bias(name).copy()), requires_grad=False)
        quantize_(layer, config)
        codes, scales = layer.weight.qdata.numpy(), layer.weight.scale.numpy()
        ours = suite.run(f"quantize {kind}", [w, numpy.empty_like(codes), numpy.empty_like(scales)], w.shape)
        suite.equal(f"{what}: codes", ours[1], codes, name)
        suite.equal(f"{what}: scales", ours[2], scales, name)
        layers[name] = layer, codes, scales

    def linear(name, x):
        layer, codes, scales = layers[name]
        x = numpy.ascontiguousarray(x, F)
        theirs = layer(torch.from_numpy(x)).numpy()
        bias = model.bias(name).copy()
        ours = suite.run(f"multiply {operation}", [codes.copy(), scales.copy(), x, bias, numpy.empty_like(theirs)],
                         [*codes.shape, len(x)])[4]
        if operation.endswith("dynamic"):
            # Integer sums are exact on both sides. Two scales and a bias: three roundings each.
            bound = 2 * 3 * EPSILON * (numpy.abs(theirs) + 2 * numpy.abs(bias))
        else:
            # k products, two scales and a bias in float, in orders of their own.
            reals = codes * numpy.repeat(scales, codes.shape[1] // scales.shape[1], axis=1).astype(numpy.float64)
            bound = 2 * (x.shape[1] + 4) * EPSILON * (numpy.abs(x.astype(numpy.float64)) @ numpy.abs(reals).T + numpy.abs(bias))
        suite.close(f"{what}: outputs", ours, theirs, bound, name)
        return theirs

    cosines = (model.embed(minilm_model.SENTENCES, linear) * expected).sum(axis=1)
    suite.true("embeddings point where those of float32 do", (cosines > least).all(), f"{what}: cosines {cosines.round(4)}")
    print(f"{what}: cosine to float32 at least {cosines.min():.4f}")


with torch.inference_mode():
    compare("Int8WeightOnlyConfig", "int8", "int8", Int8WeightOnlyConfig(), 0.99)
    compare("IntxWeightOnlyConfig, int4 in groups of 32", "int4", "int4",
            IntxWeightOnlyConfig(weight_dtype=torch.int4, granularity=PerGroup(32)), 0.9)
    compare("Int8DynamicActivationInt8WeightConfig", "int8", "int8 dynamic", Int8DynamicActivationInt8WeightConfig(), 0.99)

suite.finish()
