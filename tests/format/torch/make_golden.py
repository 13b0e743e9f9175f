# SPDX-License-Identifier: MIT
"""Records what PyTorch and torchao compute for small matrices: tests/format/torch/golden.txt.

usage: python tests/format/torch/make_golden.py           writes the file
       python tests/format/torch/make_golden.py --check   compares with it

A line is a matrix: the rule, rows, columns, and in hexadecimal, little-endian, its floats, scales and zero points (floats), codes
(a byte each) and real numbers. nvfp4_two_levels has the tensor's scale in the place of zero points.
"""
import pathlib
import sys

import numpy
import torch
import torchao
from torch.ao.quantization import observer
from torchao.prototype.mx_formats import mx_tensor, nvfp4_tensor
from torchao.quantization import quant_primitives as primitives

F = numpy.float32


def values(random):
    x = random.normal(size=(4, 32)).astype(F)
    x[1] = (random.integers(-60, 61, 32) * 0.5).astype(F)
    x[2] = numpy.abs(x[2]) + 1
    x[3] *= F(1e-8)
    return x


def line(rule, x, scale, zero, codes, reals):
    data = [x, scale.reshape(-1).to(torch.float32).numpy(), zero.reshape(-1).to(torch.float32).numpy(),
            codes.reshape(-1).view(torch.uint8).numpy(), reals.to(torch.float32).numpy()]
    return " ".join([rule, *map(str, x.shape), *(d.tobytes().hex() for d in data)])


def text():
    random = numpy.random.default_rng(3)
    lines = [f"# torch {torch.__version__.partition('+')[0]}, torchao {torchao.__version__.partition('+')[0]}, by make_golden.py"]
    per_rows = {"affine": torch.per_channel_affine, "symmetric": torch.per_channel_symmetric,
                "float": torch.per_channel_affine_float_qparams}
    for rule, dtype, options in (("qint8_affine", torch.qint8, {}), ("quint8_affine", torch.quint8, {}),
                                 ("qint8_symmetric", torch.qint8, {}), ("quint8_symmetric", torch.quint8, {}),
                                 ("qint8_reduced_affine", torch.qint8, {"reduce_range": True}), ("quint8_float", torch.quint8, {})):
        x = values(random)
        watch = observer.PerChannelMinMaxObserver(0, dtype=dtype, qscheme=per_rows[rule.split("_")[-1]], **options)
        watch(torch.from_numpy(x))
        scale, zero = watch.calculate_qparams()
        scale = scale.to(torch.float32)
        zero = zero.to(torch.float32) if rule.endswith("float") else zero
        q = torch.quantize_per_channel(torch.from_numpy(x), scale, zero, 0, dtype)
        lines.append(line(rule, x, scale, zero, q.int_repr(), q.dequantize()))
    for mapping, low in (("ASYMMETRIC", 0), ("SYMMETRIC", -8), ("SYMMETRIC_NO_CLIPPING_ERR", -8), ("tinygemm", 0)):
        x = values(random)
        t, dtype, levels = torch.from_numpy(x), torch.int8 if low else torch.uint8, (low, low + 15)
        if mapping == "tinygemm":
            scale, zero = primitives._choose_qparams_affine_tinygemm(t, primitives.MappingType.ASYMMETRIC, [1, 16], dtype, *levels)
            codes = primitives._quantize_affine_tinygemm(t, [1, 16], scale, zero, dtype, *levels)
            reals = primitives._dequantize_affine_tinygemm(codes, [1, 16], scale, zero, dtype, *levels)
        else:
            scale, zero = primitives.choose_qparams_affine(t, primitives.MappingType[mapping], [1, 16], dtype, *levels)
            codes = primitives.quantize_affine(t, [1, 16], scale, zero, dtype, *levels)
            reals = primitives.dequantize_affine(codes, [1, 16], scale, zero, dtype, *levels)
        lines.append(line(f"int4_{mapping}", x, scale, zero, codes, reals))
    for mode in ("FLOOR", "CEIL", "EVEN", "RCEIL"):
        x = values(random)
        scale, data = mx_tensor.to_mx(torch.from_numpy(x), torch.float8_e4m3fn, 32, mx_tensor.ScaleCalculationMode[mode])
        reals = mx_tensor.to_dtype(data, scale, torch.float8_e4m3fn, 32, torch.float32)
        lines.append(line(f"mxfp8_{mode}", x, scale.to(torch.float32), torch.zeros(scale.numel()), data, reals))
    x = values(random)
    scale, data = nvfp4_tensor.nvfp4_quantize(torch.from_numpy(x), 16)
    codes = torch.stack([data & 15, data >> 4], 2).reshape(4, 32)
    levels = torch.tensor([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6])
    reals = levels[codes.to(torch.int64)] * scale.to(torch.float32).repeat_interleave(16, 1).reshape(4, 32)
    lines.append(line("nvfp4_blocks", x, scale, torch.zeros(scale.numel()), codes, reals))
    x = values(random)
    top = nvfp4_tensor.per_tensor_amax_to_scale(torch.from_numpy(x).abs().max())
    q = nvfp4_tensor.NVFP4Tensor.to_nvfp4(torch.from_numpy(x), per_tensor_scale=top)
    data = q.qdata.view(torch.uint8)
    lines.append(line("nvfp4_two_levels", x, q.scale, top.reshape(1), torch.stack([data & 15, data >> 4], 2).reshape(4, 32),
                      q.dequantize(torch.float32)))
    for dtype, name in ((torch.bfloat16, "bf16"), (torch.float16, "fp16")):
        for mapping, low in (("ASYMMETRIC", 0), ("SYMMETRIC", -8), ("SYMMETRIC_NO_CLIPPING_ERR", -8)):
            t = torch.from_numpy(values(random)).to(dtype)
            levels = torch.int8 if low else torch.uint8, low, low + 15
            scale, zero = primitives.choose_qparams_affine(t, primitives.MappingType[mapping], [1, 16], *levels)
            codes = primitives.quantize_affine(t, [1, 16], scale, zero, *levels)
            reals = primitives.dequantize_affine(codes, [1, 16], scale, zero, *levels)
            lines.append(line(f"{name}_{mapping}", t.float().numpy(), scale, zero, codes, reals))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("golden.txt")
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if path.read_text() == text() else "golden.txt is not what the packages compute")
    path.write_text(text())
