# SPDX-License-Identifier: MIT
"""AWQ: parameters and codes of the tool, files and folders of its gemm version."""
import ast
import pathlib
import sys
import tempfile
import types

# The folder of this file holds a torch.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import safetensors.torch  # noqa: E402
import torch  # noqa: E402
from transformers import AwqConfig  # noqa: E402

sys.path.append(here)
import alone  # noqa: E402
import folders  # noqa: E402
from suite import Suite  # noqa: E402

F = numpy.float32
PACKAGES = ("awq", "awq.utils", "awq.modules", "awq.modules.linear", "awq.quantize")
suite = Suite("awq", f"autoawq {alone.version('autoawq')}")
random = numpy.random.default_rng(1)
folder = pathlib.Path(tempfile.mkdtemp())
packing = alone.module("awq.utils.packing_utils", PACKAGES)
linear_of = alone.module("awq.modules.linear.gemm", PACKAGES).WQLinear_GEMM
# One method of the quantizer, whose module imports everything that calibration needs.
tree = ast.parse((alone.FOLDER / "awq/quantize/quantizer.py").read_text())
method = next(n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == "pseudo_quantize_tensor")
names = {"torch": torch, "Optional": None, "nn": torch.nn}
exec(compile(ast.Module([method], []), "quantizer.py", "exec"), names)


def parameters(x, group):
    """Scales and zero points [N, groups], codes [N, K]."""
    size = x.shape[1] if group == -1 else group
    settings = types.SimpleNamespace(group_size=group, zero_point=True, w_bit=4)
    _, scales, zeros = names["pseudo_quantize_tensor"](settings, torch.from_numpy(x.copy()))
    s, z = (t.repeat_interleave(size, 1) for t in (scales, zeros))
    return scales, zeros, torch.clamp(torch.round(torch.from_numpy(x) / s) + z, 0, 15)


def inputs(shape):
    yield "normal", random.normal(size=shape).astype(F)
    yield "halves", (random.integers(-40, 41, shape) / 2).astype(F)
    yield "far from zero", (random.normal(size=shape) + 5).astype(F)
    yield "below zero", (-numpy.abs(random.normal(size=shape)) - 1).astype(F)
    x = random.normal(size=shape).astype(F)
    x[0] = 0
    x[-1] = 0.25
    yield "zeros and constants", x
    yield "small", (random.normal(size=shape) * 1e-6).astype(F)
    yield "large", (random.normal(size=shape) * 1e30).astype(F)


def text(value):
    return numpy.frombuffer(str(value).encode(), numpy.uint8).copy()


kept = {}  # group: states and real numbers of layers, for folders
for group in (-1, 32, 64, 128):
    for shape in ((32, 128), (64, 256), (40, 384), (96, 384)):
        for name, x in inputs(shape):
            case = f"{name} {list(shape)}"
            scales, zeros, codes = parameters(x, group)
            ours = suite.run(f"quantize {group}", [x, numpy.empty(shape, numpy.uint8), numpy.empty(scales.shape, F),
                                                   numpy.empty(scales.shape, numpy.int32)], shape)
            rule = f"pseudo_quantize_tensor, groups of {group}"
            suite.equal(rule + ": scales", ours[2], scales.numpy(), case)
            suite.equal(rule + ": zero points", ours[3], zeros.numpy().astype(numpy.int32), case)
            suite.equal(rule + ": codes", ours[1], codes.numpy().astype(numpy.uint8), case)
        for name, x in (("normal", random.normal(size=shape).astype(F)), ("far from zero", (random.normal(size=shape) + 2).astype(F)),
                        ("halves", (random.integers(-40, 41, shape) / 2).astype(F))):
            if shape[0] % 32:
                continue  # its module packs whole words for 32 columns
            scales, zeros, codes = parameters(x, group)
            size = shape[1] if group == -1 else group
            s, z = (t.repeat_interleave(size, 1) for t in (scales, zeros))
            linear = torch.nn.Linear(shape[1], shape[0], bias=False)
            linear.weight.data = (codes - z) * s
            layer = linear_of.from_linear(linear, 4, size, False, scales.t().contiguous(), zeros.t().contiguous())
            state = {f"layer.{key}": getattr(layer, key).contiguous() for key in ("qweight", "qzeros", "scales")}
            first, second = folder / "theirs.safetensors", folder / "ours.safetensors"
            safetensors.torch.save_file(state, first)
            reals = packing.dequantize_gemm(layer.qweight, layer.qzeros, layer.scales, 4, size).t().contiguous().numpy()
            kept.setdefault(group, []).append((state, reals))
            ours = suite.run(f"file {group}", [text(first), text(second), text("layer"), numpy.empty(shape, F)])[3]
            rule, case = f"files, groups of {group}", f"{name} {list(shape)}"
            # The package multiplies in fp16; products of an fp16 number and 4 bits are floats.
            suite.equal(rule + ": real numbers", ours.astype(numpy.float16), reals, case)
            again = safetensors.torch.load_file(second)
            for key, value in state.items():
                suite.equal(rule + ": bytes", again[key].view(torch.uint8).numpy(), value.view(torch.uint8).numpy(), f"{case}, {key}")

# Whole folders, with the configurations that the tool and transformers write.
own = alone.module("awq.models._config", (*PACKAGES, "awq.models")).AwqConfig
for group in (-1, 32, 128):
    state, reals = {"model.norm.weight": torch.arange(64, dtype=torch.float16)}, {}
    for i, (tensors, values) in enumerate(kept[group]):
        state.update({f"model.layers.{i}.mlp.up_proj.{key[len('layer.'):]}": value for key, value in tensors.items()})
        reals[f"model.layers.{i}.mlp.up_proj"] = torch.from_numpy(values)
    config = own(q_group_size=group, version="GEMM")
    for name, written in (("of autoawq", config.to_transformers_dict()), ("of transformers", AwqConfig(bits=4, group_size=group).to_dict())):
        for shard in ("40KB", "1GB"):
            target = folders.write(folder / f"folder_{group}_{shard}", state, {"model_type": "llama", "quantization_config": written}, shard=shard)
            folders.check(suite, f"folders, config.json {name}", target, reals, f"groups of {group}")
    target = folders.write(folder / f"own_{group}", state, config.to_dict(), "quant_config.json")
    folders.check(suite, "folders, quant_config.json of autoawq", target, reals, f"groups of {group}")
suite.finish()
