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


def gptq():
    sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "conformance"))
    import alone

    packages = ("auto_gptq", "auto_gptq.nn_modules", "auto_gptq.nn_modules.qlinear", "auto_gptq.quantization")
    linear_of = alone.module("auto_gptq.nn_modules.qlinear.qlinear_cuda", packages).QuantLinear
    quantizer = alone.module("auto_gptq.quantization.quantizer", packages)
    tensors = {}
    for name, bits, group, ordered in (("natural2", 2, 32, False), ("ordered3", 3, 32, True), ("row4", 4, -1, False), ("ordered4", 4, 64, True),
                                       ("natural8", 8, 64, False)):
        rows, cols, size = 32, 96, 96 if group == -1 else group
        x = random.normal(size=(rows, cols)).astype(numpy.float16).astype(F)
        order = random.permutation(cols) if ordered else numpy.arange(cols)
        index = torch.zeros(cols, dtype=torch.int32)
        index[torch.from_numpy(order.copy())] = torch.arange(cols, dtype=torch.int32) // size
        found = []
        for first in range(0, cols, size):
            q = quantizer.Quantizer()
            q.configure(bits, perchannel=True, sym=False)
            q.find_params(torch.from_numpy(x[:, order][:, first:first + size].copy()), weight=True)
            found.append((q.scale, q.zero))
        scales, zeros = torch.cat([s for s, _ in found], 1), torch.clamp(torch.cat([z for _, z in found], 1), min=1)
        s, z = scales[:, index.long()], zeros[:, index.long()]
        plain = torch.nn.Linear(cols, rows, bias=False)
        plain.weight.data = ((torch.clamp(torch.round(torch.from_numpy(x) / s) + z, 0, 2 ** bits - 1) - z) * s).half()
        layer = linear_of(bits, group, cols, rows, False)
        layer.pack(plain, scales.clone(), zeros.clone(), index)
        tensors.update({f"{name}.{key}": getattr(layer, key).contiguous() for key in ("qweight", "qzeros", "scales", "g_idx")})
        tensors[f"{name}.real"] = layer(torch.eye(cols, dtype=torch.float16)).detach().t().contiguous()
        if not ordered:
            tensors[f"{name}.x"] = torch.from_numpy(x).half()
    return tensors, {"auto-gptq": alone.version("auto_gptq"), "torch": torch.__version__.partition("+")[0]}


def awq():
    sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "conformance"))
    import alone

    packages = ("awq", "awq.utils", "awq.modules", "awq.modules.linear")
    packing = alone.module("awq.utils.packing_utils", packages)
    linear_of = alone.module("awq.modules.linear.gemm", packages).WQLinear_GEMM
    tensors = {}
    for name, group in (("groups", 32), ("rows", -1)):
        rows, cols, size = 32, 64, 64 if group == -1 else group
        x = (random.normal(size=(rows, cols)) + numpy.arange(rows)[:, None] / 8).astype(numpy.float16).astype(F)
        parts = torch.from_numpy(x).reshape(-1, size)
        scales = ((parts.amax(1) - parts.amin(1)).clamp(min=1e-5) / 15).reshape(rows, -1)
        zeros = (-torch.round(parts.amin(1).reshape(rows, -1) / scales)).clamp_(0, 15)
        s, z = scales.repeat_interleave(size, 1), zeros.repeat_interleave(size, 1)
        plain = torch.nn.Linear(cols, rows, bias=False)
        plain.weight.data = (torch.clamp(torch.round(torch.from_numpy(x) / s) + z, 0, 15) - z) * s
        layer = linear_of.from_linear(plain, 4, size, False, scales.t().contiguous(), zeros.t().contiguous())
        tensors.update({f"{name}.{key}": getattr(layer, key).contiguous() for key in ("qweight", "qzeros", "scales")})
        tensors[f"{name}.real"] = packing.dequantize_gemm(layer.qweight, layer.qzeros, layer.scales, 4, size).t().contiguous()
        tensors[f"{name}.x"] = torch.from_numpy(x).half()
    return tensors, {"autoawq": alone.version("autoawq"), "torch": torch.__version__.partition("+")[0]}


def compressed_tensors():
    import compressed_tensors as package
    from compressed_tensors.compressors.naive_quantized.base import FloatQuantizationCompressor, IntQuantizationCompressor
    from compressed_tensors.compressors.nvfp4.base import NVFP4PackedCompressor
    from compressed_tensors.compressors.pack_quantized.base import PackedQuantizationCompressor
    from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
    from compressed_tensors.quantization.utils import calculate_qparams, generate_gparam

    tensors = {}
    for name, compressor, options in (
            ("packed4", PackedQuantizationCompressor, dict(num_bits=4, type="int", symmetric=False, strategy="group", group_size=32)),
            ("packed8", PackedQuantizationCompressor, dict(num_bits=8, type="int", symmetric=True, strategy="channel")),
            ("packed3", PackedQuantizationCompressor, dict(num_bits=3, type="int", symmetric=False, strategy="channel")),
            ("int", IntQuantizationCompressor, dict(num_bits=8, type="int", symmetric=False, strategy="channel")),
            ("float", FloatQuantizationCompressor, dict(num_bits=8, type="float", symmetric=True, strategy="tensor")),
            ("nvfp4", NVFP4PackedCompressor, dict(num_bits=4, type="float", symmetric=True, strategy="tensor_group", group_size=16,
                                                  scale_dtype=torch.float8_e4m3fn))):
        args = QuantizationArgs(**options)
        x = torch.from_numpy(random.normal(size=(12, 64)).astype(F))
        x[1, :32] = 0
        more = {"weight_global_scale": generate_gparam(x.min(), x.max())} if name == "nvfp4" else {}
        parts = {"group": x.reshape(12, 2, 32), "tensor_group": x.reshape(12, 4, 16), "channel": x.reshape(12, 1, 64),
                 "tensor": x.reshape(1, -1)}[options["strategy"]]
        scales, zeros = calculate_qparams(parts.amin(-1), parts.amax(-1), args, global_scale=more.get("weight_global_scale"))
        scheme = QuantizationScheme(targets=["Linear"], weights=args)
        state = compressor.compress({"weight": x.clone(), "weight_scale": scales, "weight_zero_point": zeros, **more}, scheme)
        tensors.update({f"{name}.{key}": value.contiguous() for key, value in state.items()})
        tensors.update({f"{name}.real": compressor.decompress(dict(state), scheme)["weight"].contiguous(), f"{name}.x": x})
    return tensors, {"compressed-tensors": package.__version__, "torch": torch.__version__.partition("+")[0]}


SYSTEMS = {"bitsandbytes": bitsandbytes, "gptq": gptq, "awq": awq, "compressed_tensors": compressed_tensors}

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
