# SPDX-License-Identifier: MIT
"""Whole folders of checkpoints: read layer by layer, written again as one file, and compared tensor by tensor."""
import json
import pathlib
import shutil

import numpy
import safetensors.torch
import torch


def text(value):
    return numpy.frombuffer(str(value).encode(), numpy.uint8).copy()


def tensors_of(folder):
    """All tensors of a folder, of whichever files."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("*.safetensors")):
        found.update(safetensors.torch.load_file(path))
    return found


def write(folder, state, config, name="config.json", shard="4KB"):
    """As save_pretrained does: shards, an index where there are several, and a configuration."""
    from huggingface_hub import save_torch_state_dict
    shutil.rmtree(folder, ignore_errors=True)
    pathlib.Path(folder).mkdir(parents=True)
    save_torch_state_dict({key: value.contiguous() for key, value in state.items()}, folder, max_shard_size=shard)
    (pathlib.Path(folder) / name).write_text(json.dumps(config, default=str))
    return pathlib.Path(folder)


def bits_of(tensor):
    return (str(tensor.dtype), tuple(tensor.shape), tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())


def rounded(array, like):
    """Floats as a tensor's type has them."""
    return torch.from_numpy(array).to(like.dtype).to(torch.float32).numpy()


def check(suite, rule, folder, reals, case):
    """reals: the package's weights of each layer by name, tensors. Gives the folder that Halftone wrote."""
    shards = len(list(pathlib.Path(folder).glob("*.safetensors")))
    for layer, expected in reals.items():
        ours = suite.run("folder", [text(folder), text(layer), numpy.full(tuple(expected.shape), numpy.nan, numpy.float32)])[2]
        suite.equal(f"{rule}: real numbers", rounded(ours, expected) + numpy.float32(0),  # zeros lose their signs
                    expected.detach().to(torch.float32).numpy() + numpy.float32(0), f"{case}, {layer}, {shards} files")
    again = pathlib.Path(f"{folder}_again")
    shutil.rmtree(again, ignore_errors=True)
    again.mkdir()
    for path in pathlib.Path(folder).glob("*.json"):
        if not path.name.endswith(".index.json"):
            shutil.copy(path, again)
    count = suite.run("rewrite folder", [text(folder), text(again / "model.safetensors"), numpy.zeros(1, numpy.int32)])[2]
    suite.equal(f"{rule}: layers found", count, numpy.array([len(reals)], numpy.int32), case)
    first, second = tensors_of(folder), tensors_of(again)
    suite.equal(f"{rule}: names written", numpy.array(sorted(second)), numpy.array(sorted(first)), case)
    for name in first:
        same = name in second and bits_of(first[name]) == bits_of(second[name])
        suite.equal(f"{rule}: tensors written", numpy.array(same), numpy.array(True), f"{case}, {name}")
    return again
