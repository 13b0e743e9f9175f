# SPDX-License-Identifier: MIT
"""compressed-tensors: parameters and codes, files and folders of all its formats."""
import os
import pathlib
import sys
import tempfile

os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
os.environ["TQDM_DISABLE"] = "1"
# The folder of this file holds a torch.py and a compressed_tensors.py: not the packages.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import safetensors.torch  # noqa: E402
import torch  # noqa: E402
import compressed_tensors  # noqa: E402
from compressed_tensors.compressors.naive_quantized.base import FloatQuantizationCompressor, IntQuantizationCompressor  # noqa: E402
from compressed_tensors.compressors.nvfp4.base import NVFP4PackedCompressor  # noqa: E402
from compressed_tensors.compressors import ModelCompressor  # noqa: E402
from compressed_tensors.compressors.mxfp4.base import MXFP4PackedCompressor  # noqa: E402
from compressed_tensors.compressors.pack_quantized.base import PackedQuantizationCompressor  # noqa: E402
from compressed_tensors.quantization import (QuantizationArgs, QuantizationConfig, QuantizationScheme,  # noqa: E402
                                             apply_quantization_config, preset_name_to_scheme)
from compressed_tensors.quantization.lifecycle.forward import quantize  # noqa: E402
from compressed_tensors.quantization.utils import calculate_qparams, generate_gparam  # noqa: E402
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM  # noqa: E402

sys.path.append(here)
import folders  # noqa: E402
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
# fp8 in blocks of rows and columns: weights are padded with zeros, which change no maximum.
args = QuantizationArgs(num_bits=8, type="float", symmetric=True, strategy="block", block_structure=[128, 128])
for shape in ((1, 1), (128, 256), (130, 200)):
    for name, x in inputs(shape):
        t = torch.from_numpy(x.copy())
        padded = torch.nn.functional.pad(t, (0, -shape[1] % 128, 0, -shape[0] % 128))
        blocks = padded.reshape(padded.shape[0] // 128, 128, padded.shape[1] // 128, 128)
        scales, zeros = calculate_qparams(blocks.amin((1, 3)), blocks.amax((1, 3)), args)
        state = FloatQuantizationCompressor.compress({"weight": t.clone(), "weight_scale": scales, "weight_zero_point": zeros},
                                                     QuantizationScheme(targets=["Linear"], weights=args))
        ours = suite.run("quantize float block symmetric", [x, numpy.empty(shape, numpy.uint8), numpy.empty(tuple(scales.shape), F),
                                                            numpy.empty(tuple(scales.shape), numpy.int32)], shape)
        rule, case = "quantize, fp8, block", f"{name} {list(shape)}"
        suite.equal(rule + ": scales", ours[2], scales.numpy(), case)
        theirs = state["weight"].view(torch.uint8).numpy()
        suite.equal(rule + ": codes", numpy.where(ours[1] == 128, 0, ours[1]).astype(numpy.uint8), numpy.where(theirs == 128, 0, theirs)
                    .astype(numpy.uint8), case)
    reals = FloatQuantizationCompressor.decompress(dict(state), QuantizationScheme(targets=["Linear"], weights=args))["weight"]
    file_case("float-quantized, block", "file float block float32 symmetric", state, reals, reals.dtype, f"float32 {list(shape)}")

for compressor, name, size in ((NVFP4PackedCompressor, "nvfp4", 16), (MXFP4PackedCompressor, "mxfp4", 32)):
    is_nvfp4 = size == 16
    args = QuantizationArgs(num_bits=4, type="float", symmetric=True, strategy="tensor_group" if is_nvfp4 else "group", group_size=size,
                            scale_dtype=torch.float8_e4m3fn if is_nvfp4 else torch.uint8)
    scheme = QuantizationScheme(targets=["Linear"], weights=args)
    for shape in ((1, 32), (3, 96), (16, 256)):
        for kind, x in inputs(shape):
            x.reshape(-1)[1] = -0.0
            t = torch.from_numpy(x.copy())
            more = {"weight_global_scale": generate_gparam(t.min(), t.max())} if is_nvfp4 else {}
            scales, zeros = parameters(t, args, more.get("weight_global_scale"))
            state = compressor.compress({"weight": t.clone(), "weight_scale": scales, "weight_zero_point": zeros, **more}, scheme)
            ours = suite.run(f"quantize {name}", [x, numpy.empty((shape[0], shape[1] // 2), numpy.uint8),
                                                  numpy.empty((shape[0], shape[1] // size), numpy.uint8), numpy.empty(4, numpy.uint8)],
                             shape)
            rule, case = f"quantize, {name}", f"{kind} {list(shape)}"
            suite.equal(rule + ": codes", ours[1], state["weight_packed"].numpy(), case)
            suite.equal(rule + ": scales", ours[2], state["weight_scale"].view(torch.uint8).numpy(), case)
            if is_nvfp4:
                suite.equal(rule + ": global scale", ours[3].view(F), state["weight_global_scale"].numpy(), case)
            elif kind != "large":  # whose numbers are bfloat16, which overflows later than the product in float
                reals = compressor.decompress(dict(state), scheme)["weight"]
                file_case("mxfp4-pack-quantized", "file mxfp4", state, reals, reals.dtype, case)

# Whole folders as the packages write them, and as transformers loads them with the package.
torch.manual_seed(1)
WEIGHTS = {"asymmetric": QuantizationArgs(num_bits=4, symmetric=False, strategy="group", group_size=128)}


def model_folder(groups, dtype, shard, name, ignore=("lm_head",)):
    """Compresses a small model by the schemes of its groups and saves it. Gives the folder and the package's weights by layer."""
    config = LlamaConfig(hidden_size=128, intermediate_size=256, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2, vocab_size=64)
    model = LlamaForCausalLM(config).to(dtype)
    apply_quantization_config(model, QuantizationConfig(config_groups=groups, ignore=list(ignore)))
    layers = []
    for layer, module in model.named_modules():
        scheme = getattr(module, "quantization_scheme", None)
        if scheme is None or scheme.weights is None:
            continue
        layers.append(layer)
        x, args = module.weight.data, scheme.weights
        divisor = None
        if hasattr(module, "weight_global_scale"):
            divisor = generate_gparam(x.min(), x.max())
            module.weight_global_scale.data = divisor
        if args.strategy == "block":
            blocks = torch.nn.functional.pad(x, (0, -x.shape[1] % 128, 0, -x.shape[0] % 128))
            blocks = blocks.reshape(blocks.shape[0] // 128, 128, blocks.shape[1] // 128, 128)
            scales, zeros = calculate_qparams(blocks.amin((1, 3)), blocks.amax((1, 3)), args)
        else:
            scales, zeros = parameters(x, args, divisor)
        module.weight_scale.data = scales.to(module.weight_scale.dtype)
        if hasattr(module, "weight_zero_point"):
            module.weight_zero_point.data = zeros.to(module.weight_zero_point.dtype)
        for extra in ("input_scale", "input_global_scale"):
            if hasattr(module, extra):
                getattr(module, extra).data.fill_(0.5)
    compressor = ModelCompressor.from_pretrained_model(model)
    compressor.compress_model(model)
    target = folder / name
    model.save_pretrained(target, max_shard_size=shard)
    compressor.update_config(target)
    compressor.decompress_model(model)
    return target, {layer: model.get_submodule(layer).weight for layer in layers}


def preset(name, targets=("Linear",)):
    return preset_name_to_scheme(name, list(targets))


input_ids = torch.arange(8)[None]
for name, groups, dtype in (
        ("W4A16", {"group_0": preset("W4A16")}, torch.float32), ("W4A16 bfloat16", {"group_0": preset("W4A16")}, torch.bfloat16),
        ("W4A16 asymmetric", {"group_0": QuantizationScheme(targets=["Linear"], weights=WEIGHTS["asymmetric"])}, torch.bfloat16),
        ("W8A8", {"group_0": preset("W8A8")}, torch.bfloat16), ("FP8", {"group_0": preset("FP8")}, torch.bfloat16),
        ("FP8_DYNAMIC", {"group_0": preset("FP8_DYNAMIC")}, torch.bfloat16), ("FP8_BLOCK", {"group_0": preset("FP8_BLOCK")}, torch.float32),
        ("FP8_BLOCK bfloat16", {"group_0": preset("FP8_BLOCK")}, torch.bfloat16), ("NVFP4A16", {"group_0": preset("NVFP4A16")}, torch.bfloat16),
        ("NVFP4", {"group_0": preset("NVFP4")}, torch.bfloat16), ("MXFP4A16", {"group_0": preset("MXFP4A16")}, torch.bfloat16),
        ("mixed", {"group_0": preset("FP8_DYNAMIC", ["re:.*self_attn.*"]),
                   "group_1": preset("W4A16", [r"re:.*mlp\.(gate|up)_proj$", "model.layers.0.mlp.down_proj"])}, torch.bfloat16)):
    for shard in ("60KB", "1GB"):
        target, reals = model_folder(groups, dtype, shard, name.replace(" ", "_") + shard)
        again = folders.check(suite, f"folders, {name.split()[0]}", target, reals, name)
        if shard == "60KB":
            rule = "folders: transformers loads what is written and computes the same"
            try:
                first = AutoModelForCausalLM.from_pretrained(target)
            except RuntimeError as error:
                suite.skip(rule, f"{name}: transformers does not load what it wrote: {str(error).splitlines()[0]}")
                continue
            second = AutoModelForCausalLM.from_pretrained(again)
            suite.equal(rule, *(each(input_ids).logits.float().detach().numpy() for each in (second, first)), name)
suite.finish()
