# SPDX-License-Identifier: MIT
"""bitsandbytes on a CPU: 4 bits in blocks, nested maxima, int8 rows, the files of its linear layers, and folders of them."""
import os
import pathlib
import sys
import tempfile

os.environ["TORCHDYNAMO_DISABLE"] = "1"  # plain PyTorch; compiling takes minutes

# The folder of this file holds a bitsandbytes.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import safetensors.torch  # noqa: E402
import torch  # noqa: E402
import bitsandbytes  # noqa: E402
from bitsandbytes import functional  # noqa: E402
from bitsandbytes.backends.default import ops  # noqa: E402
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, LlamaConfig, LlamaForCausalLM  # noqa: E402

sys.path.insert(0, here)
import folders  # noqa: E402
from suite import Suite  # noqa: E402

F = numpy.float32
suite = Suite("bitsandbytes", bitsandbytes.__version__)
random = numpy.random.default_rng(1)
folder = pathlib.Path(tempfile.mkdtemp())
SIZES = (32, 64, 128, 256, 512, 1024, 2048, 4096)
TYPES = ("nf4", "fp4")
SHAPES = ((1, 1), (3, 7), (5, 33), (16, 64), (7, 130), (64, 260), (3, 4099), (2, 4096))


def table(kind):
    return functional.get_4bit_type(kind, device="cpu").numpy()


def inputs(kind, shape):
    """Name, values: random, every tie of the table, zeros, one value, extremes, subnormals."""
    yield "normal", random.normal(size=shape).astype(F)
    entries = numpy.sort(table(kind))
    middles = (entries[:-1] + entries[1:]) / F(2)
    ties = numpy.concatenate([middles, numpy.nextafter(middles, F(2)), numpy.nextafter(middles, F(-2)), entries])
    x = random.choice(ties, shape).astype(F)
    x.reshape(-1)[::16] = 1
    yield "ties", x
    yield "ties times 3e-5", (x * F(3e-5)).astype(F)
    yield "zeros", numpy.zeros(shape, F)
    yield "minus zeros and one small value", numpy.where(numpy.arange(x.size).reshape(shape) == x.size // 2, F(1e-30), F(-0.0))
    yield "one value", numpy.full(shape, 0.37, F)
    yield "largest", (random.choice([1, -1, 0.5, 1e-30], shape) * numpy.finfo(F).max).astype(F)
    yield "subnormal", (random.normal(size=shape) * 1e-39).astype(F)
    yield "around 1e-38", (random.normal(size=shape) * 1e-38).astype(F)
    rows = random.normal(size=shape) * 10.0 ** random.integers(-30, 30, (shape[0], 1))
    yield "rows of every size", rows.astype(F)


for kind in TYPES:
    for size in SIZES:
        for shape in SHAPES:
            for name, x in inputs(kind, shape):
                case = f"{name} {list(shape)}"
                blocks = -(-x.size // size)
                packed, state = functional.quantize_4bit(torch.from_numpy(x.copy()), blocksize=size, quant_type=kind)
                ours = suite.run(f"{kind} {size}", [x, numpy.empty(-(-x.size // 2), numpy.uint8), numpy.empty(blocks, F),
                                                    numpy.empty(shape, F)], shape)
                rule = f"quantize_4bit, {kind}, blocks of {size}"
                suite.equal(rule + ": codes", ours[1], packed.numpy().reshape(-1), case)
                suite.equal(rule + ": maxima", ours[2], state.absmax.numpy(), case)
                # The package's dequantization in plain float; its own kernels are compared below.
                codes = numpy.stack([ours[1] >> 4, ours[1] & 15], 1).reshape(-1)[:x.size]
                reals = table(kind)[codes] * numpy.repeat(ours[2], size)[:x.size]
                suite.equal(rule + ": real numbers", ours[3], reals.reshape(shape), case)

# Dequantization. The kernels of the CPU library are right only where blocks divide rows, so the oracle is the default backend, which
# the package takes for rows of odd length.
default = lambda packed, state: ops._dequantize_4bit_compute(packed.reshape(-1), state.absmax, functional.get_4bit_type(
    state.quant_type, device="cpu"), state.blocksize, state.shape, torch.float32).numpy()
for kind in TYPES:
    for size in SIZES:
        for shape in SHAPES:
            x = random.normal(size=shape).astype(F)
            packed, state = functional.quantize_4bit(torch.from_numpy(x), blocksize=size, quant_type=kind)
            ours = suite.run(f"{kind} {size}", [x, numpy.empty(-(-x.size // 2), numpy.uint8), numpy.empty(-(-x.size // size), F),
                                                numpy.empty(shape, F)], shape)[3]
            suite.equal(f"dequantize_4bit, {kind}, blocks of {size}", ours, default(packed, state).reshape(shape), f"{list(shape)}")
            if shape[1] % size == 0 and shape[1] % 2 == 0:  # fp4's second zero is -0 there
                theirs = functional.dequantize_4bit(packed, state).numpy() + F(0)
                suite.equal(f"dequantize_4bit, {kind}, the CPU library", ours + F(0), theirs, f"blocks of {size}, {list(shape)}")

# Nested maxima: as the package has them with its own mean, and the mean within float summation's bound.
for kind in TYPES:
    for size in SIZES[:6]:
        for shape in SHAPES + ((64, 1040),):
            for name, x in inputs(kind, shape):
                if name in ("largest", "rows of every size"):
                    continue  # the mean or a difference overflows, or hides all but one block
                case = f"{name} {list(shape)}"
                blocks, nested = -(-x.size // size), -(-x.size // size // 256)
                packed, state = functional.quantize_4bit(torch.from_numpy(x.copy()), blocksize=size, quant_type=kind,
                                                         compress_statistics=True)
                outputs = lambda offset: [x, numpy.empty(-(-x.size // 2), numpy.uint8), numpy.empty(blocks, numpy.uint8),
                                          numpy.empty(shape, F), numpy.empty(-(-blocks // 256), F), numpy.array([offset], F)]
                ours = suite.run(f"{kind} {size} nested", outputs(state.offset.item()), shape)
                rule = f"compress_statistics, {kind}, blocks of {size}"
                suite.equal(rule + ": codes", ours[1], packed.numpy().reshape(-1), case)
                suite.equal(rule + ": codes of maxima", ours[2], state.absmax.numpy(), case)
                suite.equal(rule + ": nested maxima", ours[4], state.state2.absmax.numpy(), case)
                maxima = functional.dequantize_blockwise(state.absmax, state.state2) + state.offset
                codes = numpy.stack([ours[1] >> 4, ours[1] & 15], 1).reshape(-1)[:x.size]
                reals = table(kind)[codes] * numpy.repeat(maxima.numpy(), size)[:x.size]
                suite.equal(rule + ": real numbers", ours[3], reals.reshape(shape), case)
                # A sum of n floats of one sign in any order errs by at most n / 2^24 of it; the quotient rounds once more.
                mean = suite.run(f"{kind} {size} nested", outputs(numpy.nan), shape)[5]
                suite.close("compress_statistics: the mean", mean, numpy.array([state.offset.item()], F),
                            (blocks + 1) * 2.0 ** -24 * abs(state.offset.item()) + 2.0 ** -149, case)

grid = numpy.concatenate([numpy.arange(-32768, 32769) / 32768, numpy.arange(0, 65536) / 32767.5 - 1, random.uniform(-1, 1, 300000),
                          random.normal(size=30000) * 1e-4, [0, -0.0]]).astype(F)
grid = numpy.concatenate([[F(1)], grid, numpy.nextafter(grid, F(0))]).astype(F)
theirs, _ = functional.quantize_blockwise(torch.from_numpy(grid), blocksize=1 << 22)
suite.equal("quantize_blockwise, the dynamic map: codes", suite.run("dynamic8 on grid", [grid, numpy.empty(grid.size, numpy.uint8)])[1],
            theirs.numpy())

# Rows of int8.
for shape in SHAPES:
    for name in ("normal", "ties", "zeros", "small", "large", "one value"):
        x = {"normal": random.normal(size=shape), "ties": random.integers(-254, 255, shape) / 2, "zeros": numpy.zeros(shape),
             "small": random.normal(size=shape) * 1e-7, "large": random.normal(size=shape) * 1.5e4,
             "one value": numpy.full(shape, -3.3)}[name].astype(numpy.float16)
        if name == "ties":
            x[:, 0] = 127
        if name == "large":
            x = numpy.clip(x, -65504, 65504).astype(numpy.float16)
        codes, maxima, _ = functional.int8_vectorwise_quant(torch.from_numpy(x))
        ours = suite.run("int8 rows", [x.astype(F), numpy.empty(shape, numpy.uint8), numpy.empty(shape[0], F), numpy.empty(shape, F)], shape)
        case = f"{name} {list(shape)}"
        suite.equal("int8_vectorwise_quant: codes", ours[1].view(numpy.int8), codes.numpy(), case)
        suite.equal("int8_vectorwise_quant: maxima", ours[2], maxima.numpy(), case)
        reals = torch.ops.bitsandbytes.int8_vectorwise_dequant(codes, maxima)
        suite.equal("int8_vectorwise_dequant", ours[3], reals.numpy(), case)


# Files: of the package, read and written again, byte for byte but for the order of the tensors in the file.
def text(value):
    return numpy.frombuffer(str(value).encode(), numpy.uint8).copy()


def file_case(rule, operation, name, state, reals, case):
    first, second = folder / "theirs.safetensors", folder / "ours.safetensors"
    safetensors.torch.save_file({key: value.contiguous() for key, value in state.items()}, first)
    ours = suite.run(operation, [text(first), text(second), text(name), numpy.empty(reals.shape, F)])[3]
    suite.equal(rule + ": real numbers", ours, reals, case)
    again = safetensors.torch.load_file(second)
    suite.true(rule + ": names", sorted(again) == sorted(state), f"{case}: {sorted(again)} instead of {sorted(state)}")
    for key, value in state.items():
        if key in again:
            suite.equal(rule + ": bytes", again[key].view(torch.uint8).numpy() if value.dim() else again[key].numpy(),
                        value.contiguous().view(torch.uint8).numpy() if value.dim() else value.numpy(), f"{case}, {key}")
    return again


for kind in TYPES:
    for size in SIZES:
        for nested in (False, True):
            for shape in ((8, 64), (5, 33), (3, 128), (33, 260)):
                for dtype in (torch.float32, torch.float16, torch.bfloat16):
                    layer = bitsandbytes.nn.Linear4bit(shape[1], shape[0], bias=False, quant_type=kind, compress_statistics=nested)
                    weight = torch.from_numpy(random.normal(size=shape).astype(F)).to(dtype)
                    layer.weight = bitsandbytes.nn.Params4bit(weight, requires_grad=False, blocksize=size, quant_type=kind,
                                                              compress_statistics=nested).to("cpu")
                    state = {"model.layer." + key: value for key, value in layer.state_dict().items()}
                    # In float, whatever the weights were before.
                    quant = layer.weight.quant_state
                    maxima = quant.absmax if not nested else functional.dequantize_blockwise(quant.absmax, quant.state2) + quant.offset
                    packed = layer.weight.data.numpy().reshape(-1)
                    codes = numpy.stack([packed >> 4, packed & 15], 1).reshape(-1)[:weight.numel()]
                    reals = (table(kind)[codes] * numpy.repeat(maxima.numpy(), size)[:weight.numel()]).reshape(shape)
                    suffix = " nested" if nested else ""
                    again = file_case(f"Linear4bit's file, {kind}{suffix}", f"file {kind} {size}{suffix}", "model.layer.weight", state,
                                      reals, f"blocks of {size}, {list(shape)}, {dtype}")
                    # The package loads what Halftone wrote.
                    parts = {key[len("model.layer.weight."):]: value for key, value in again.items() if key != "model.layer.weight"}
                    loaded = bitsandbytes.nn.Params4bit.from_prequantized(again["model.layer.weight"], parts, device="cpu")
                    suite.equal(f"Halftone's file in the package, {kind}{suffix}",
                                functional.dequantize_4bit(loaded.data, loaded.quant_state).to(torch.float32).numpy(),
                                functional.dequantize_4bit(layer.weight.data, quant).to(torch.float32).numpy(), f"blocks of {size}, {list(shape)}")
for shape in ((8, 64), (5, 33), (1, 1)):
    layer = bitsandbytes.nn.Linear8bitLt(shape[1], shape[0], bias=False, has_fp16_weights=False)
    layer.weight = bitsandbytes.nn.Int8Params(torch.from_numpy(random.normal(size=shape).astype(F)), requires_grad=False,
                                              has_fp16_weights=False).to("cpu")
    state = {"layer." + key: value for key, value in layer.state_dict().items()}
    if "layer.SCB" not in state:
        suite.skip("Linear8bitLt's file", "the layer has no SCB on a CPU")
        continue
    reals = torch.ops.bitsandbytes.int8_vectorwise_dequant(state["layer.weight"], state["layer.SCB"]).numpy()
    file_case("Linear8bitLt's file", "file int8", "layer", state, reals, f"{list(shape)}")

# Whole folders, quantized, saved and loaded by transformers with the package.
torch.manual_seed(1)
plain = folder / "plain"
LlamaForCausalLM(LlamaConfig(hidden_size=128, intermediate_size=256, num_hidden_layers=1, num_attention_heads=4, num_key_value_heads=2,
                             vocab_size=64)).save_pretrained(plain)
input_ids = torch.arange(8)[None]
for name, config in (("nf4", BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4")),
                     ("nf4 nested", BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True)),
                     ("fp4", BitsAndBytesConfig(load_in_4bit=True)), ("int8", BitsAndBytesConfig(load_in_8bit=True))):
    model = AutoModelForCausalLM.from_pretrained(plain, quantization_config=config, dtype=torch.float32)
    reals = {}
    for layer, module in model.named_modules():
        if isinstance(module, bitsandbytes.nn.Linear8bitLt):
            reals[layer] = torch.ops.bitsandbytes.int8_vectorwise_dequant(module.weight.data, module.weight.SCB)
        elif isinstance(module, bitsandbytes.nn.Linear4bit):
            reals[layer] = functional.dequantize_4bit(module.weight.data, module.weight.quant_state)
    for shard in ("60KB", "1GB"):
        target = folder / f"{name}_{shard}".replace(" ", "_")
        model.save_pretrained(target, max_shard_size=shard)
        again = folders.check(suite, f"folders, {name}", target, reals, name)
        first, second = (AutoModelForCausalLM.from_pretrained(each, dtype=torch.float32)(input_ids).logits for each in (target, again))
        suite.equal("folders: transformers loads what is written and computes the same", second.float().detach().numpy(),
                    first.float().detach().numpy(), f"{name}, shards of {shard}")
suite.finish()
