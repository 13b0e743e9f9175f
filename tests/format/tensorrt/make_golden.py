# SPDX-License-Identifier: MIT
"""Records what ModelOpt computes for small matrices: tests/format/tensorrt/golden.txt.

usage: python tests/format/tensorrt/make_golden.py           writes the file
       python tests/format/tensorrt/make_golden.py --check   compares with it

A line is a matrix: the rule, rows, columns, and in hexadecimal, little-endian, its floats, scales (floats), bytes and real numbers.
"""
import pathlib
import sys

import numpy
import torch
import modelopt
from modelopt.torch.export import quant_utils as export
from modelopt.torch.quantization import qtensor

F = numpy.float32


def values(random):
    x = random.normal(size=(4, 32)).astype(F)
    x[1] = (random.integers(-28, 29, 32) * 0.25).astype(F)
    x[1, ::16] = 7
    x[2] = numpy.abs(x[2]) + 1
    x[3] *= F(1e-8)
    return x


def line(rule, x, scale, data, reals):
    arrays = [x, scale.reshape(-1).to(torch.float32).numpy(), data.contiguous().view(torch.uint8).numpy(), reals.numpy()]
    return " ".join([rule, *map(str, x.shape), *(a.tobytes().hex() for a in arrays)])


def text():
    random = numpy.random.default_rng(3)
    lines = [f"# ModelOpt {modelopt.__version__}, by make_golden.py"]
    for rule, tensor, options in (("int8_tensor", qtensor.INT8QTensor, {"axis": None}), ("int8_rows", qtensor.INT8QTensor, {"axis": 0}),
                                  ("int8_blocks", qtensor.INT8QTensor, {"block_sizes": {-1: 16}}),
                                  ("fp8_tensor", qtensor.FP8QTensor, {"axis": None}), ("fp8_rows", qtensor.FP8QTensor, {"axis": 0})):
        x = values(random)
        q, scale = tensor.quantize(torch.from_numpy(x), **options)
        reals = q.dequantize(torch.float32, scale=scale, block_sizes=options.get("block_sizes"))
        lines.append(line(rule, x, scale, q._quantized_data, reals))
    x = values(random)
    scale = torch.from_numpy(x).abs().reshape(4, 2, 16).amax(-1) / 7
    data = export.to_quantized_weight(torch.from_numpy(x), scale, "int4_awq", block_size=16)
    levels = torch.stack([data & 15, data >> 4], 1).reshape(4, 32).to(torch.int32)
    levels = torch.where(levels > 7, levels - 16, levels)
    lines.append(line("int4_row_pairs", x, scale, data, levels * scale.repeat_interleave(16, 1)))
    x = values(random)
    q, scale = qtensor.INT4QTensor.quantize(torch.from_numpy(x), 16)
    lines.append(line("int4_high_first", x, scale, q._quantized_data, q.dequantize(torch.float32, scale=scale, block_sizes={-1: 16})))
    for rule, tensor, options in (("mxfp8", qtensor.MXFP8QTensor, {}), ("mxfp4", qtensor.MXFP4QTensor, {"block_size": 32})):
        x = values(random)
        q, scale = tensor.quantize(torch.from_numpy(x.copy()), **options)
        reals = q.dequantize(torch.float32, scale=scale, block_sizes={-1: 32})
        lines.append(line(rule, x, torch.exp2(scale.to(torch.float32) - 127), q._quantized_data, reals))
    x = values(random)
    x[2, :16] = 0
    q, blocks, upper = qtensor.NVFP4QTensor.quantize(torch.from_numpy(x.copy()), 16)
    reals = q.dequantize(torch.float32, scale=blocks, double_scale=upper, block_sizes={-1: 16})
    lines.append(line("nvfp4", x, blocks.to(torch.float32) * upper, q._quantized_data, reals))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("golden.txt")
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if path.read_text() == text() else "golden.txt is not what the package computes")
    path.write_text(text())
