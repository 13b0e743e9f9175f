# SPDX-License-Identifier: MIT
"""Records small layers as the real packages keep them: tests/io/checkpoint_golden/SYSTEM.safetensors.

usage: python tests/io/make_checkpoint_golden.py SYSTEM           writes the file
       python tests/io/make_checkpoint_golden.py SYSTEM --check   compares with it

Beside the tensors of a layer NAME there are NAME.x, the floats that were quantized, and NAME.real, the package's real numbers.
"""
import pathlib
import sys

import numpy
import safetensors.torch
import torch

random = numpy.random.default_rng(11)
F = numpy.float32


def bitsandbytes():
    sys.path[:] = [path for path in sys.path if not path.endswith("conformance")]
    import bitsandbytes as package
    from bitsandbytes import functional
    from bitsandbytes.backends.default import ops

    tensors = {}
    for kind in ("nf4", "fp4"):
        for size, shape, nested in ((32, (5, 33), False), (64, (4, 64), False), (32, (6, 40), True)):
            name = f"{kind}_{size}_{'nested' if nested else shape[1]}"
            x = random.normal(size=shape).astype(F)
            x[1] = 0
            layer = package.nn.Linear4bit(shape[1], shape[0], bias=False)
            layer.weight = package.nn.Params4bit(torch.from_numpy(x), requires_grad=False, blocksize=size, quant_type=kind,
                                                 compress_statistics=nested).to("cpu")
            tensors.update({f"{name}.{key}": value.contiguous() for key, value in layer.state_dict().items()})
            state = layer.weight.quant_state
            maxima = functional.dequantize_blockwise(state.absmax, state.state2) + state.offset if nested else state.absmax
            reals = ops._dequantize_4bit_compute(layer.weight.data.reshape(-1), maxima, state.code, size, shape, torch.float32)
            tensors.update({f"{name}.x": torch.from_numpy(x), f"{name}.real": reals.contiguous()})
    x = random.normal(size=(3, 9)).astype(numpy.float16)
    x[1] = 0
    codes, maxima, _ = functional.int8_vectorwise_quant(torch.from_numpy(x))
    tensors.update({"int8.weight": codes, "int8.SCB": maxima, "int8.weight_format": torch.tensor(0, dtype=torch.uint8),
                    "int8.x": torch.from_numpy(x.astype(F)), "int8.real": torch.ops.bitsandbytes.int8_vectorwise_dequant(codes, maxima)})
    return tensors, {"bitsandbytes": package.__version__, "torch": torch.__version__.partition("+")[0]}


SYSTEMS = {"bitsandbytes": bitsandbytes}

if __name__ == "__main__":
    system = sys.argv[1]
    path = pathlib.Path(__file__).resolve().parent / "checkpoint_golden" / f"{system}.safetensors"
    tensors, versions = SYSTEMS[system]()
    content = safetensors.torch.save(tensors, metadata={"made by": ", ".join(f"{k} {v}" for k, v in versions.items())})
    if "--check" not in sys.argv:
        path.write_bytes(content)
        print(f"{path}: {len(content)} bytes")
    elif path.read_bytes() != content:
        sys.exit(f"{path} is not what the package makes")
