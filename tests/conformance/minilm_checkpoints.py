# SPDX-License-Identifier: MIT
"""A real model in checkpoint formats: Halftone quantizes the linear layers of all-MiniLM-L6-v2 into one safetensors file, the real
loaders read it, and their layers and Halftone's give the same outputs on the activations of real sentences."""
import os
import pathlib
import sys
import tempfile

os.environ["TORCHDYNAMO_DISABLE"] = "1"  # plain PyTorch; compiling takes minutes

# The folder of this file holds a bitsandbytes.py and others: not the packages.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import safetensors.torch  # noqa: E402
import torch  # noqa: E402
import bitsandbytes  # noqa: E402
import compressed_tensors  # noqa: E402
from compressed_tensors.compressors.pack_quantized.base import PackedQuantizationCompressor  # noqa: E402
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme  # noqa: E402

sys.path.append(here)
import alone  # noqa: E402
import minilm_model  # noqa: E402
from suite import Suite  # noqa: E402

F = numpy.float32
SENTENCES = minilm_model.SENTENCES
suite = Suite("minilm_checkpoints", f"bitsandbytes {bitsandbytes.__version__}, compressed-tensors {compressed_tensors.__version__}, "
              f"auto-gptq {alone.version('auto_gptq')}")
model = minilm_model.Encoder()
made = tempfile.TemporaryDirectory()
folder = pathlib.Path(made.name)
expected = model.embed(SENTENCES, model.float_linear)


def letters(text):
    return numpy.frombuffer(str(text).encode(), numpy.uint8).copy()


def compare(what, operation, layer_of, least, rounding=0.0):
    """layer_of(tensors of the file, name of a weight) gives a function of x, without bias, and the weights' real numbers.
    rounding: of the loader's real numbers, relative."""
    path = folder / "model.safetensors"
    names = [name + ".weight" for name in minilm_model.LINEAR]
    suite.run(f"convert {operation}", [letters(model.file), letters(path), letters("\n".join(names))])
    tensors = safetensors.torch.load_file(path)

    def linear(name, x):
        run, reals = layer_of(tensors, name + ".weight")
        bias = model.bias(name).copy()
        theirs = run(x) + bias
        x = numpy.ascontiguousarray(x, F)
        ours = suite.run(f"multiply {operation}", [letters(path), letters(name + ".weight"), x, bias, numpy.empty_like(theirs)],
                         [len(x), *reals.shape])[4]
        # Both add k products and a bias in float, in orders of their own: each is within k + 2 roundings of the sum of magnitudes.
        magnitudes = numpy.abs(x.astype(numpy.float64)) @ numpy.abs(reals.astype(numpy.float64)).T + numpy.abs(bias)
        suite.close(f"{what}: layers that the real loader reads", ours, theirs, (2 * (x.shape[1] + 2) * 2.0 ** -24 + rounding) * magnitudes,
                    name)
        return theirs

    cosines = (model.embed(SENTENCES, linear) * expected).sum(axis=1)
    suite.true("embeddings point where those of float32 do", (cosines > least).all(), f"{what}: cosines {cosines.round(4)}")
    print(f"{what}: cosine to float32 at least {cosines.min():.4f}")


def bitsandbytes_layer(kind, nested):
    def layer_of(tensors, name):
        parts = {key[len(name) + 1:]: value for key, value in tensors.items() if key.startswith(name + ".")}
        weight = bitsandbytes.nn.Params4bit.from_prequantized(tensors[name], parts, device="cpu")
        w = torch.from_numpy(model.weight(name.removesuffix(".weight")).copy())
        packed, state = bitsandbytes.functional.quantize_4bit(w, blocksize=64, quant_type=kind, compress_statistics=nested)
        suite.equal(f"bitsandbytes, {kind}{' nested' if nested else ''}: codes are the package's own", weight.data.numpy().reshape(-1),
                    packed.numpy().reshape(-1), name)
        layer = bitsandbytes.nn.Linear4bit(w.shape[1], w.shape[0], bias=False, quant_type=kind, compute_dtype=torch.float32)
        layer.weight = weight
        reals = bitsandbytes.functional.dequantize_4bit(weight.data, weight.quant_state).to(torch.float32).numpy()
        return lambda x: layer(torch.from_numpy(numpy.ascontiguousarray(x, F))).detach().numpy(), reals
    return layer_of


def packed_layer(bits, strategy, group_size):
    args = QuantizationArgs(num_bits=bits, type="int", symmetric=True, strategy=strategy, group_size=group_size)

    def layer_of(tensors, name):
        layer = name.removesuffix("weight")
        state = {key: tensors[layer + key] for key in ("weight_packed", "weight_scale", "weight_shape")}
        reals = PackedQuantizationCompressor.decompress(state, QuantizationScheme(targets=["Linear"], weights=args))["weight"]
        return lambda x: torch.nn.functional.linear(torch.from_numpy(numpy.ascontiguousarray(x, F)), reals).numpy(), reals.numpy()
    return layer_of


def gptq_layer(tensors, name):
    prefix = name.removesuffix("weight")
    n, k = model.weight(name.removesuffix(".weight")).shape
    layer = alone.module("auto_gptq.nn_modules.qlinear.qlinear_cuda", AUTO).QuantLinear(4, 128, k, n, False)
    layer.load_state_dict({key: tensors[prefix + key] for key in ("qweight", "qzeros", "scales", "g_idx")})
    reals = layer(torch.eye(k, dtype=torch.float16)).t().contiguous().float()
    return lambda x: torch.nn.functional.linear(torch.from_numpy(numpy.ascontiguousarray(x, F)), reals).numpy(), reals.numpy()


AUTO = ("auto_gptq", "auto_gptq.nn_modules", "auto_gptq.nn_modules.qlinear", "auto_gptq.quantization")
with torch.inference_mode():
    compare("compressed-tensors, int4 in groups of 128", "packed 4", packed_layer(4, "group", 128), 0.85)
    compare("compressed-tensors, int8 rows", "packed 8", packed_layer(8, "channel", None), 0.99)
    # The loader's numbers are floats of 16 bits.
    compare("GPTQ's format, 4 bits in groups of 128", "gptq 4", gptq_layer, 0.85, 2.0 ** -11)
    for kind, nested, least in (("nf4", False, 0.9), ("nf4", True, 0.9), ("fp4", False, 0.85)):
        compare(f"bitsandbytes, {kind}{' nested' if nested else ''}", f"{'nested ' if nested else ''}{kind}",
                bitsandbytes_layer(kind, nested), least)

suite.finish()
