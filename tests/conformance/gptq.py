# SPDX-License-Identifier: MIT
"""GPTQ: parameters and codes of the tools' Quantizer, files and folders of both versions with and without activation order."""
import ast
import dataclasses
import json
import os
import pathlib
import sys
import tempfile
import typing

os.environ["TORCHDYNAMO_DISABLE"] = "1"  # plain PyTorch; compiling takes minutes

# The folder of this file holds a torch.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import safetensors.torch  # noqa: E402
import torch  # noqa: E402
from transformers import GPTQConfig  # noqa: E402

sys.path.append(here)
import alone  # noqa: E402
import folders  # noqa: E402
from suite import Suite  # noqa: E402

F = numpy.float32
suite = Suite("gptq", f"auto-gptq {alone.version('auto_gptq')}, gptqmodel {alone.version('gptqmodel')}")
random = numpy.random.default_rng(1)
folder = pathlib.Path(tempfile.mkdtemp())
BITS, GROUPS = (2, 3, 4, 8), (-1, 32, 64, 128)
AUTO = ("auto_gptq", "auto_gptq.nn_modules", "auto_gptq.nn_modules.qlinear", "auto_gptq.quantization")
quantizer = alone.module("auto_gptq.quantization.quantizer", AUTO)
auto_linear = alone.module("auto_gptq.nn_modules.qlinear.qlinear_cuda", AUTO).QuantLinear
try:
    model_linear = alone.module("gptqmodel.nn_modules.qlinear.torch", ("gptqmodel", "gptqmodel.nn_modules", "gptqmodel.models"),
                                DEBUG_ON=False).TorchLinear
except Exception as error:  # it needs much else
    model_linear = None
    suite.skip("version 2", f"gptqmodel cannot be imported: {error!r}")


def text(value):
    return numpy.frombuffer(str(value).encode(), numpy.uint8).copy()


def parameters(x, bits, group, symmetric):
    """Scales, zero points and real numbers of the Quantizer, group by group: [N, groups] and [N, K]."""
    size = x.shape[1] if group == -1 else group
    scales, zeros, reals = [], [], []
    for first in range(0, x.shape[1], size):
        q = quantizer.Quantizer()
        q.configure(bits, perchannel=True, sym=symmetric)
        part = torch.from_numpy(x[:, first:first + size].copy())
        q.find_params(part, weight=True)
        scales.append(q.scale)
        zeros.append(q.zero)
        reals.append(torch.clamp(torch.round(part / q.scale) + q.zero, 0, 2 ** bits - 1))
    return torch.cat(scales, 1), torch.cat(zeros, 1), torch.cat(reals, 1)


def inputs(shape):
    yield "normal", random.normal(size=shape).astype(F)
    yield "halves", (random.integers(-40, 41, shape) / 2).astype(F)
    x = numpy.abs(random.normal(size=shape)).astype(F)
    x[::2] *= -1
    yield "rows of one sign", x
    x = random.normal(size=shape).astype(F)
    x[0] = 0
    x[-1] = 0.25
    yield "zeros and constants", x
    yield "small", (random.normal(size=shape) * 1e-30).astype(F)
    yield "large", (random.normal(size=shape) * 1e30).astype(F)


for bits in BITS:
    for group in GROUPS:
        for symmetric in (False, True):
            kind = "symmetric" if symmetric else "asymmetric"
            for shape in ((1, 1), (3, 130), (8, 256)):
                for name, x in inputs(shape):
                    scales, zeros, codes = parameters(x, bits, group, symmetric)
                    ours = suite.run(f"quantize {bits} {group} {kind}", [x, numpy.empty(shape, numpy.uint8), numpy.empty(scales.shape, F),
                                                                        numpy.empty(scales.shape, numpy.int32)], shape)
                    case, rule = f"groups of {group}, {name} {list(shape)}", f"Quantizer, {bits} bits, {kind}"
                    suite.equal(rule + ": scales", ours[2], scales.numpy(), case)
                    suite.equal(rule + ": zero points", ours[3], zeros.numpy().astype(numpy.int32), case)
                    suite.equal(rule + ": codes", ours[1], codes.numpy().astype(numpy.uint8), case)


kept = {}  # (bits, group, ordered, version): states and real numbers of layers, for folders


def file_case(rule, bits, group, version, state, reals, case):
    first, second = folder / "theirs.safetensors", folder / "ours.safetensors"
    safetensors.torch.save_file({"layer." + key: value.contiguous() for key, value in state.items()}, first)
    ours = suite.run(f"file {bits} {group}", [text(first), text(second), text("layer"), numpy.empty(reals.shape, F)], [version])[3]
    # The package multiplies in fp16; products of an fp16 number and 8 bits are floats.
    with numpy.errstate(over="ignore"):
        suite.equal(rule + ": real numbers", ours.astype(numpy.float16), reals, case)
    again = safetensors.torch.load_file(second)
    for key, value in state.items():
        suite.equal(rule + ": bytes", again["layer." + key].view(torch.uint8).numpy(), value.contiguous().view(torch.uint8).numpy(),
                    f"{case}, {key}")


for bits in BITS:
    for group in GROUPS:
        for symmetric in (False, True):
            for ordered in (False, True):
                if ordered and group == -1:
                    continue
                for shape in ((32, 128), (64, 256), (32, 160)):
                    x = random.normal(size=shape).astype(F)
                    order = random.permutation(shape[1]) if ordered else numpy.arange(shape[1])
                    size = shape[1] if group == -1 else group
                    scales, zeros, codes = parameters(x[:, order], bits, group, symmetric)
                    zeros = torch.clamp(zeros, min=1)  # 0 does not fit version 1, whose writer then destroys its neighbours
                    index = torch.zeros(shape[1], dtype=torch.int32)
                    index[torch.from_numpy(order.copy())] = torch.arange(shape[1], dtype=torch.int32) // size
                    spread = index.long()
                    exact = torch.clamp(torch.round(torch.from_numpy(x) / scales[:, spread]) + zeros[:, spread], 0, 2 ** bits - 1)
                    linear = torch.nn.Linear(shape[1], shape[0], bias=False)
                    linear.weight.data = ((exact - zeros[:, spread]) * scales[:, spread]).half()
                    case = f"groups of {group}, {'symmetric' if symmetric else 'asymmetric'} {list(shape)}"
                    suffix = ", activation order" if ordered else ""
                    layer = auto_linear(bits, group, shape[1], shape[0], False)
                    layer.pack(linear, scales.clone(), zeros.clone(), index)
                    state = {key: getattr(layer, key) for key in ("qweight", "qzeros", "scales", "g_idx")}
                    state["g_idx"] = state["g_idx"].to(torch.int32)
                    reals = layer(torch.eye(shape[1], dtype=torch.float16)).detach().t().contiguous().numpy()
                    kept.setdefault((bits, group, ordered, 1), []).append((state, reals))
                    file_case(f"version 1, {bits} bits{suffix}", bits, group, 1, state, reals, case)
                    if model_linear is not None:
                        layer = model_linear(bits=bits, group_size=group, sym=symmetric, desc_act=ordered, in_features=shape[1],
                                             out_features=shape[0], bias=False, pack_dtype=torch.int32, register_buffers=True)
                        zeros[0, 0] = 0  # version 2 holds it
                        linear.weight.data = ((exact - zeros[:, spread]) * scales[:, spread]).half()
                        layer.pack_original(linear, scales.clone(), zeros.clone(), index)
                        state = {key: getattr(layer, key) for key in ("qweight", "qzeros", "scales", "g_idx")}
                        layer.post_init()
                        reals = layer.dequantize_weight().detach().t().contiguous().to(torch.float16).numpy()
                        kept.setdefault((bits, group, ordered, 2), []).append((state, reals))
                        file_case(f"version 2, {bits} bits{suffix}", bits, group, 2, state, reals, case)

# Whole folders, with the configurations that the tools and transformers write.
base = ast.parse((alone.FOLDER / "auto_gptq/modeling/_base.py").read_text())
own = next(n for n in base.body if isinstance(n, ast.ClassDef) and n.name == "BaseQuantizeConfig")
names = {"dataclass": dataclasses.dataclass, "field": dataclasses.field, "fields": dataclasses.fields, "PushToHubMixin": object,
         "Optional": typing.Optional, "join": os.path.join, "json": json}
exec(compile(ast.Module([own], []), "_base.py", "exec"), names)
for bits, group, ordered in ((2, 64, False), (3, 32, True), (4, 128, False), (4, 128, True), (8, -1, False)):
    for version in (1, 2):
        layers = kept.get((bits, group, ordered, version), [])
        state = {"model.norm.weight": torch.arange(64, dtype=torch.float16)}
        for i, (tensors, _) in enumerate(layers):
            state.update({f"model.layers.{i}.mlp.up_proj.{key}": value for key, value in tensors.items()})
        reals = {f"model.layers.{i}.mlp.up_proj": torch.from_numpy(values) for i, (_, values) in enumerate(layers)}
        if not reals:
            continue
        config = GPTQConfig(bits=bits, group_size=group, desc_act=ordered, sym=True, format="gptq" if version == 1 else "gptq_v2",
                            act_group_aware=False).to_dict()
        case = f"{bits} bits, groups of {group}{', activation order' if ordered else ''}, version {version}"
        for shard in ("40KB", "1GB"):
            target = folders.write(folder / f"folder_{bits}_{group}_{ordered}_{version}_{shard}", state,
                                   {"model_type": "llama", "quantization_config": config}, shard=shard)
            folders.check(suite, f"folders, config.json of transformers, version {version}", target, reals, case)
        if version == 1:
            target = folders.write(folder / f"own_{bits}_{group}_{ordered}", state, {"model_type": "llama"}, shard="40KB")
            names["BaseQuantizeConfig"](bits=bits, group_size=group, desc_act=ordered).save_pretrained(target)
            folders.check(suite, "folders, quantize_config.json of auto-gptq", target, reals, case)
suite.finish()
