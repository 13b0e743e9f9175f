# SPDX-License-Identifier: MIT
"""compressed-tensors: parameters and codes, files of pack-quantized, int-quantized, float-quantized and nvfp4-pack-quantized."""
import pathlib
import sys
import tempfile

# The folder of this file holds a torch.py and a compressed_tensors.py: not the packages.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import safetensors.torch  # noqa: E402
import torch  # noqa: E402
import compressed_tensors  # noqa: E402
from compressed_tensors.compressors.naive_quantized.base import FloatQuantizationCompressor, IntQuantizationCompressor  # noqa: E402
from compressed_tensors.compressors.nvfp4.base import NVFP4PackedCompressor  # noqa: E402
from compressed_tensors.compressors.pack_quantized.base import PackedQuantizationCompressor  # noqa: E402
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme  # noqa: E402
from compressed_tensors.quantization.lifecycle.forward import quantize  # noqa: E402
from compressed_tensors.quantization.utils import calculate_qparams, generate_gparam  # noqa: E402

sys.path.append(here)
from suite import Suite  # noqa: E402

F = numpy.float32
suite = Suite("compressed_tensors", compressed_tensors.__version__)
random = numpy.random.default_rng(1)
folder = pathlib.Path(tempfile.mkdtemp())


def parameters(x, args, global_scale=None):
    """Scales and zero points in the type of x: [N, groups], [N, 1] or [1]."""
    if args.strategy == "tensor":
        low, high = x.min(), x.max()
    elif args.strategy == "channel":
        low, high = x.amin(1, keepdim=True), x.amax(1, keepdim=True)
    else:
        parts = x.reshape(len(x), -1, args.group_size)
        low, high = parts.amin(-1), parts.amax(-1)
    return calculate_qparams(low, high, args, global_scale=global_scale)


def inputs(shape):
    yield "normal", random.normal(size=shape).astype(F)
    yield "halves", (random.integers(-40, 41, shape) / 2).astype(F)
    yield "above zero", numpy.abs(random.normal(size=shape)).astype(F)
    x = random.normal(size=shape).astype(F)
    x[0] = 0
    x[-1] = 0.25
    yield "zeros and constants", x
    yield "small", (random.normal(size=shape) * 1e-30).astype(F)
    yield "large", (random.normal(size=shape) * 1e30).astype(F)


def text(value):
    return numpy.frombuffer(str(value).encode(), numpy.uint8).copy()


for bits in (3, 4, 8):
    for strategy in ("group", "channel"):
        for symmetric in (True, False):
            kind = "symmetric" if symmetric else "asymmetric"
            args = QuantizationArgs(num_bits=bits, type="int", symmetric=symmetric, strategy=strategy,
                                    group_size=32 if strategy == "group" else None)
            for shape in ((1, 32), (3, 96), (16, 256)):
                for name, x in inputs(shape):
                    t = torch.from_numpy(x.copy())
                    scales, zeros = parameters(t, args)
                    codes = quantize(t, scales, zeros, args, dtype=torch.int8)
                    ours = suite.run(f"quantize {bits} {strategy} {kind}", [x, numpy.empty(shape, numpy.uint8), numpy.empty(scales.shape, F),
                                                                           numpy.empty(scales.shape, numpy.int32)], shape)
                    rule, case = f"quantize, {bits} bits, {strategy}, {kind}", f"{name} {list(shape)}"
                    suite.equal(rule + ": scales", ours[2], scales.numpy(), case)
                    suite.equal(rule + ": zero points", ours[3], zeros.numpy().astype(numpy.int32), case)
                    suite.equal(rule + ": codes", ours[1].view(numpy.int8), codes.numpy(), case)
for strategy in ("channel", "tensor"):
    args = QuantizationArgs(num_bits=8, type="float", symmetric=True, strategy=strategy)
    for shape in ((1, 32), (3, 97), (16, 256)):
        for name, x in inputs(shape):
            t = torch.from_numpy(x.copy())
            scales, zeros = parameters(t, args)
            codes = quantize(t, scales, zeros, args, dtype=torch.float8_e4m3fn)
            ours = suite.run(f"quantize float {strategy} symmetric", [x, numpy.empty(shape, numpy.uint8), numpy.empty(scales.shape, F),
                                                                     numpy.empty(scales.shape, numpy.int32)], shape)
            rule, case = f"quantize, fp8, {strategy}", f"{name} {list(shape)}"
            suite.equal(rule + ": scales", ours[2], scales.numpy(), case)
            # A zero has a sign in fp8; the package adds zero points of +0 and loses it.
            theirs = codes.view(torch.uint8).numpy()
            suite.equal(rule + ": codes", numpy.where(ours[1] == 128, 0, ours[1]).astype(numpy.uint8), numpy.where(theirs == 128, 0, theirs)
                        .astype(numpy.uint8), case)


def file_case(rule, operation, state, reals, dtype, case):
    state = {"layer." + key: value.contiguous() for key, value in state.items()}
    first, second = folder / "theirs.safetensors", folder / "ours.safetensors"
    safetensors.torch.save_file(state, first)
    ours = suite.run(operation, [text(first), text(second), text("layer"), numpy.empty(tuple(reals.shape), F)])[3]
    # The package multiplies in the type of the scales.
    suite.equal(rule + ": real numbers", torch.from_numpy(ours).to(dtype).float().numpy() + F(0), reals.float().numpy() + F(0), case)
    again = safetensors.torch.load_file(second)
    suite.true(rule + ": names", sorted(again) == sorted(state), f"{case}: {sorted(again)} instead of {sorted(state)}")
    for key, value in state.items():
        suite.equal(rule + ": bytes", again[key].reshape(-1).view(torch.uint8).numpy(), value.reshape(-1).view(torch.uint8).numpy(),
                    f"{case}, {key}")


def compressed(compressor, x, args, case_rule, operation, case, **more):
    scheme = QuantizationScheme(targets=["Linear"], weights=args)
    scales, zeros = parameters(x, args, more.get("weight_global_scale"))
    state = compressor.compress({"weight": x.clone(), "weight_scale": scales, "weight_zero_point": zeros, **more}, scheme)
    reals = compressor.decompress(dict(state), scheme)["weight"]
    file_case(case_rule, operation, state, reals, reals.dtype, case)


TYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
for bits in (3, 4, 8):
    for strategy, name in (("group", "float32"), ("group", "bfloat16"), ("channel", "float32"), ("channel", "float16")):
        for symmetric in (True, False):
            kind = "symmetric" if symmetric else "asymmetric"
            args = QuantizationArgs(num_bits=bits, type="int", symmetric=symmetric, strategy=strategy,
                                    group_size=32 if strategy == "group" else None)
            for shape in ((16, 96), (40, 256), (33, 64)) + (((12, 77),) if strategy == "channel" else ()):
                x = torch.from_numpy(random.normal(size=shape).astype(F)).to(TYPES[name])
                compressed(PackedQuantizationCompressor, x, args, f"pack-quantized, {bits} bits, {strategy}, {kind}",
                           f"file packed {bits} {strategy} {name} {kind}", f"{name} {list(shape)}")
for compressor, kind, strategy, name, symmetric in (
        (IntQuantizationCompressor, "int", "channel", "bfloat16", True), (IntQuantizationCompressor, "int", "channel", "float32", False),
        (IntQuantizationCompressor, "int", "tensor", "float32", True), (FloatQuantizationCompressor, "float", "channel", "bfloat16", True),
        (FloatQuantizationCompressor, "float", "channel", "float32", True), (FloatQuantizationCompressor, "float", "tensor", "float32", True)):
    args = QuantizationArgs(num_bits=8, type=kind, symmetric=symmetric, strategy=strategy)
    for shape in ((1, 1), (5, 33), (16, 128)):
        x = torch.from_numpy(random.normal(size=shape).astype(F)).to(TYPES[name])
        compressed(compressor, x, args, f"{kind}-quantized, {strategy}", f"file {kind} {strategy} {name} "
                   f"{'symmetric' if symmetric else 'asymmetric'}", f"{name} {list(shape)}, {'symmetric' if symmetric else 'asymmetric'}")
args = QuantizationArgs(num_bits=4, type="float", symmetric=True, strategy="tensor_group", group_size=16, scale_dtype=torch.float8_e4m3fn)
for shape in ((1, 16), (3, 48), (16, 256)):
    for factor in (1.0, 1e-3, 1e4):
        x = torch.from_numpy((random.normal(size=shape) * factor).astype(F))
        divisor = generate_gparam(x.min(), x.max())
        compressed(NVFP4PackedCompressor, x, args, "nvfp4-pack-quantized", "file nvfp4", f"{list(shape)}, times {factor}",
                   weight_global_scale=divisor)
suite.finish()
