# SPDX-License-Identifier: MIT
"""PyTorch and torchao: parameters of observers, codes, real numbers, fake_quantize, microscaling."""
import os
import pathlib
import subprocess
import sys

# The folder of this file holds a torch.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import warnings  # noqa: E402

warnings.filterwarnings("ignore")
import numpy  # noqa: E402
import torch  # noqa: E402
import torchao  # noqa: E402
from torch.ao.quantization import observer  # noqa: E402
from torchao.prototype.mx_formats import kernels as mx_kernels  # noqa: E402
from torchao.prototype.mx_formats import mx_tensor, nvfp4_tensor, utils  # noqa: E402
from torchao.quantization import Int4Tensor  # noqa: E402
from torchao.quantization import quant_primitives as primitives  # noqa: E402
from torchao.quantization.quant_primitives import MappingType  # noqa: E402

sys.path.insert(0, here)
from suite import Suite  # noqa: E402

F = numpy.float32
suite = Suite("torch", f"{torch.__version__.partition('+')[0]}, torchao {torchao.__version__.partition('+')[0]}")
random = numpy.random.default_rng(1)


def weights(rows, cols):
    """Kinds of weights, by name; every row of some is another degenerate case."""
    normal = random.normal(size=(rows, cols)).astype(F)
    mixed = normal.copy()
    mixed[0] = 0
    mixed[1 % rows] = 3.25
    mixed[2 % rows] = -1e-30
    mixed[3 % rows] = numpy.abs(mixed[3 % rows])
    mixed[4 % rows] = -numpy.abs(mixed[4 % rows]) - 5
    mixed[5 % rows, 1:] = 0
    return {"normal": normal, "mixed": mixed, "zeros": numpy.zeros((rows, cols), F), "tiny": normal * F(1e-38),
            "small": normal * F(3e-7), "huge": normal * F(1e37), "positive": numpy.abs(normal) + F(0.5),
            "ties": (random.integers(-255, 256, (rows, cols)) * 0.5).astype(F)}


SHAPES = ((1, 1), (3, 7), (8, 64), (5, 33))


def empty(x, groups):
    return [numpy.empty(groups, F), numpy.empty(groups, F), numpy.empty(x.shape, numpy.int32), numpy.empty(x.shape, F)]


def torch_tensor(x, scale, zero, dtype, granularity):
    if granularity == "tensor":
        return torch.quantize_per_tensor(torch.from_numpy(x), float(scale[0]), int(zero[0]), dtype)
    return torch.quantize_per_channel(torch.from_numpy(x), torch.from_numpy(scale.astype(numpy.float64)),
                                      torch.from_numpy(zero.astype(numpy.int64)), 0, dtype)


# Observers: a smallest and a largest value to parameters, and the tensors made with them.
OBSERVED = {  # name: dtype, symmetric, arguments
    "qint8 affine": (torch.qint8, False, {}), "quint8 affine": (torch.quint8, False, {}),
    "qint8 symmetric": (torch.qint8, True, {}), "quint8 symmetric": (torch.quint8, True, {}),
    "qint8 reduced": (torch.qint8, False, {"reduce_range": True}), "quint8 reduced": (torch.quint8, False, {"reduce_range": True}),
    "qint8 symmetric reduced": (torch.qint8, True, {"reduce_range": True}),
    "quint8 custom": (torch.quint8, False, {"quant_min": 0, "quant_max": 200}),
    "qint8 custom": (torch.qint8, False, {"quant_min": -100, "quant_max": 90}),
    "quint8 symmetric custom": (torch.quint8, True, {"quant_min": 0, "quant_max": 100})}
for name, (dtype, symmetric, options) in OBSERVED.items():
    for granularity in ("tensor", "rows"):
        for shape in SHAPES:
            for kind, x in weights(*shape).items():
                scheme = {("tensor", False): torch.per_tensor_affine, ("tensor", True): torch.per_tensor_symmetric,
                          ("rows", False): torch.per_channel_affine, ("rows", True): torch.per_channel_symmetric}
                chosen = scheme[granularity, symmetric]
                watch = (observer.MinMaxObserver(dtype=dtype, qscheme=chosen, **options) if granularity == "tensor" else
                         observer.PerChannelMinMaxObserver(0, dtype=dtype, qscheme=chosen, **options))
                watch(torch.from_numpy(x))
                scale, zero = (p.reshape(-1).numpy().astype(F) for p in watch.calculate_qparams())
                ours = suite.run(f"range {name} {granularity}", [x, *empty(x, len(scale))], shape)
                case = f"{kind} {list(shape)}"
                suite.equal(f"observer, {name}, {granularity}: scales", ours[1], scale, case)
                suite.equal(f"observer, {name}, {granularity}: zero points", ours[2], zero, case)
                theirs = torch_tensor(x, scale, zero, dtype, granularity)
                suite.equal(f"quantize, {name}, {granularity}: codes", ours[3], theirs.int_repr().numpy().astype(numpy.int32), case)
                suite.equal(f"dequantize, {name}, {granularity}", ours[4], theirs.dequantize().numpy(), case)

# Codes under given parameters: ties, FBGEMM's example, saturation, scales of every size.
for dtype, name, low, high in ((torch.qint8, "qint8 affine", -128, 127), (torch.quint8, "quint8 affine", 0, 255)):
    for granularity in ("tensor", "rows"):
        for scale in (1.0, 0.1, 0.00214854861, 1 / 3, 1e-30, 1.1754944e-38, 1e30, 3e38, 0.7):
            for zero in (low, low + 77, high):
                x = numpy.concatenate([(random.integers(-300, 300, 400) + 0.5) * F(scale), random.normal(size=400) * 60 * F(scale),
                                       [0.273939937, -0.273939937, 0.0, -0.0, 3.4028235e38, -3.4028235e38, 1e-45, 1e9]])
                x = numpy.clip(numpy.nan_to_num(x), -3.4028235e38, 3.4028235e38).astype(F).reshape(8, -1)
                rows = 1 if granularity == "tensor" else 8
                s = (numpy.full(rows, scale) * (2.0 ** -numpy.arange(rows) if scale > 1e-20 else 1)).astype(F)
                z = numpy.full(rows, zero, F)
                if granularity == "tensor":  # whose sum with the zero point wraps around beyond
                    x[numpy.abs(x.astype(numpy.float64) / s.astype(numpy.float64)[:, None]) > 2.0 ** 30] = 0
                ours = suite.run(f"given {name} {granularity}", [x, s, z, numpy.empty(x.shape, numpy.int32), numpy.empty(x.shape, F)],
                                 x.shape)
                theirs = torch_tensor(x, s, z, dtype, granularity)
                case = f"scale {scale}, zero point {zero}"
                suite.equal(f"quantize, {name}, {granularity}, given parameters", ours[3],
                            theirs.int_repr().numpy().astype(numpy.int32), case)
                suite.equal(f"dequantize, {name}, {granularity}, given parameters", ours[4], theirs.dequantize().numpy(), case)

# What is refused here.
for granularity, highest in (("tensor", (127, 255)), ("channel", (0, 0))):
    codes = [torch_tensor(numpy.full((1, 40), numpy.nan, F), numpy.ones(1), numpy.full(1, 3), dtype, granularity).int_repr().numpy()
             for dtype in (torch.qint8, torch.quint8)]
    suite.true(f"quantize per {granularity}: NaN has the code that docs/torch.md says",
               all((c == v).all() for c, v in zip(codes, highest)))

beyond = numpy.array([[3e38] * 40, [-3e38] * 40], F)
codes = torch_tensor(beyond, numpy.ones(1), numpy.full(1, 200), torch.quint8, "tensor").int_repr().numpy()
suite.true("quantize per tensor: sums with the zero point wrap around, as docs/torch.md says", (codes[0] == 0).all())
codes = torch_tensor(beyond, numpy.ones(1), numpy.full(1, -5), torch.qint8, "tensor").int_repr().numpy()
suite.true("quantize per tensor: sums with the zero point wrap around, as docs/torch.md says", (codes[1] == 127).all())

# Float zero points.
for dtype, name, options in ((torch.quint8, "quint8", {}), (torch.quint4x2, "quint4x2", {"quant_min": 0, "quant_max": 15})):
    for shape in SHAPES:
        for kind, x in weights(*shape).items():
            watch = observer.PerChannelMinMaxObserver(0, dtype=dtype, qscheme=torch.per_channel_affine_float_qparams, **options)
            watch(torch.from_numpy(x))
            scale, zero = (p.to(torch.float32) for p in watch.calculate_qparams())
            ours = suite.run(f"range {name} float rows", [x, *empty(x, len(scale))], shape)
            case = f"{kind} {list(shape)}"
            suite.equal(f"observer, {name} with float zero points: scales", ours[1], scale.numpy(), case)
            suite.equal(f"observer, {name} with float zero points: zero points", ours[2], zero.numpy(), case)
            theirs = torch.quantize_per_channel(torch.from_numpy(x), scale, zero, 0, dtype)
            codes = theirs.int_repr().numpy().reshape(-1)
            if dtype == torch.quint4x2:
                codes = numpy.stack([codes & 15, codes >> 4], 1).reshape(-1)[:x.size]
            suite.equal(f"quantize, {name} with float zero points: codes", ours[3], codes.reshape(shape).astype(numpy.int32), case)
            suite.equal(f"dequantize, {name} with float zero points", ours[4], theirs.dequantize().numpy(), case)

# fake_quantize.
for low, high in ((-128, 127), (0, 255), (-8, 7), (0, 15), (-64, 63)):
    for scale in (1.0, 0.1, 0.00214854861, 1 / 3, 1e-30, 1e30):
        for zero in (low, (low + high) // 2, high):
            for rows in (1, 8):
                x = numpy.concatenate([(random.integers(-300, 300, 400) + 0.5) * F(scale), random.normal(size=400) * 60 * F(scale),
                                       [0.273939937, -0.273939937, 0.0, -0.0, 1e9, -1e9, 3e38, -3e38]]).astype(F).reshape(8, -1)
                if rows == 1:
                    x = numpy.concatenate([x, numpy.resize(numpy.array([numpy.nan, numpy.inf, -numpy.inf], F), (1, x.shape[1]))])
                s = (numpy.full(rows, scale) * (2.0 ** -numpy.arange(rows))).astype(F)
                z = numpy.full(rows, zero)
                if rows > 1:  # the cast to 64 bits comes before the clamp there
                    x[numpy.abs(x.astype(numpy.float64) / s.astype(numpy.float64)[:, None]) > 2.0 ** 62] = 0
                t = torch.from_numpy(x.copy()).requires_grad_()
                if rows == 1:
                    y = torch.fake_quantize_per_tensor_affine(t, torch.tensor(s[0]), torch.tensor(zero, dtype=torch.int32), low, high)
                else:
                    y = torch.fake_quantize_per_channel_affine(t, torch.from_numpy(s), torch.from_numpy(z).to(torch.int32), 0, low, high)
                y.sum().backward()
                ours = suite.run("fake quantize", [x, s, z.astype(F), numpy.empty(x.shape, F), numpy.empty(x.shape, numpy.uint8)],
                                 [*x.shape, low, high])
                rule = f"fake_quantize per {'tensor' if rows == 1 else 'channel'}, {low}..{high}"
                suite.equal(f"{rule}: values", ours[3], y.detach().numpy(), f"{scale} {zero}")
                suite.equal(f"{rule}: mask", ours[4], (t.grad.numpy() != 0).astype(numpy.uint8), f"{scale} {zero}")

beyond = torch.tensor([[numpy.nan, numpy.inf, -numpy.inf, 3e38, -3e38, 1e19]])
y = torch.fake_quantize_per_channel_affine(beyond, torch.ones(1), torch.tensor([3], dtype=torch.int32), 0, -128, 127)
suite.true("fake_quantize per channel: NaN and what lies beyond 2^63 steps become the lowest level, as docs/torch.md says",
           (y == -131).all())

# torchao: the affine primitives.
LEVELS = {"int8": (-128, 127), "uint8": (0, 255), "int4": (-8, 7), "uint4": (0, 15), "int2": (-2, 1), "uint2": (0, 3)}
for element, (low, high) in LEVELS.items():
    dtype = torch.uint8 if low == 0 else torch.int8
    mappings = ["ASYMMETRIC"] + (["SYMMETRIC", "SYMMETRIC_NO_CLIPPING_ERR"] if low < 0 else ["tinygemm"])
    for mapping in mappings:
        for granularity in ("tensor", "rows", "groups"):
            for shape in ((1, 32), (3, 64), (8, 96)):
                block = {"tensor": list(shape), "rows": [1, shape[1]], "groups": [1, 32]}[granularity]
                for kind, x in weights(*shape).items():
                    t = torch.from_numpy(x)
                    if mapping == "tinygemm":
                        scale, zero = primitives._choose_qparams_affine_tinygemm(t, MappingType.ASYMMETRIC, block, dtype, low, high)
                        codes = primitives._quantize_affine_tinygemm(t, block, scale, zero, dtype, low, high)
                        reals = primitives._dequantize_affine_tinygemm(codes, block, scale, zero, dtype, low, high)
                    else:
                        scale, zero = primitives.choose_qparams_affine(t, MappingType[mapping], block, dtype, low, high)
                        codes = primitives.quantize_affine(t, block, scale, zero, dtype, low, high)
                        reals = primitives.dequantize_affine(codes, block, scale, zero, dtype, low, high)
                    ours = suite.run(f"range {element} {mapping} {granularity}", [x, *empty(x, scale.numel())], shape)
                    rule, case = f"torchao {mapping}, {element}, {granularity}", f"{kind} {list(shape)}"
                    suite.equal(f"{rule}: scales", ours[1], scale.reshape(-1).numpy(), case)
                    suite.equal(f"{rule}: zero points", ours[2], zero.reshape(-1).to(torch.float32).numpy(), case)
                    suite.equal(f"{rule}: codes", ours[3], codes.numpy().astype(numpy.int32), case)
                    suite.equal(f"{rule}: real numbers", ours[4], reals.numpy(), case)

# The same of weights of 16 bits, whose arithmetic is in that type.
for kind_of_float, dtype_of_float in (("bf16", torch.bfloat16), ("fp16", torch.float16)):
    for element in ("int8", "uint8", "int4", "uint4"):
        low, high = LEVELS[element]
        dtype = torch.uint8 if low == 0 else torch.int8
        for mapping in ["ASYMMETRIC"] + (["SYMMETRIC", "SYMMETRIC_NO_CLIPPING_ERR"] if low < 0 else []):
            for shape in ((1, 32), (8, 96), (16, 256)):
                for kind, x in weights(*shape).items():
                    if kind == "huge":
                        x = x * F(1e-34) if kind_of_float == "fp16" else x * F(0.1)
                    t = torch.from_numpy(x).to(dtype_of_float)
                    scale, zero = primitives.choose_qparams_affine(t, MappingType[mapping], [1, 32], dtype, low, high)
                    codes = primitives.quantize_affine(t, [1, 32], scale, zero, dtype, low, high)
                    reals = primitives.dequantize_affine(codes, [1, 32], scale, zero, dtype, low, high)
                    ours = suite.run(f"range {kind_of_float} {element} {mapping}", [t.float().numpy(), *empty(x, scale.numel())], shape)
                    rule, case = f"torchao {mapping} of {kind_of_float} weights, {element}, groups", f"{kind} {list(shape)}"
                    suite.equal(f"{rule}: scales", ours[1], scale.reshape(-1).float().numpy(), case)
                    suite.equal(f"{rule}: zero points", ours[2], zero.reshape(-1).to(torch.float32).numpy(), case)
                    suite.equal(f"{rule}: codes", ours[3], codes.numpy().astype(numpy.int32), case)
                    suite.equal(f"{rule}: real numbers", ours[4], reals.numpy(), case)

# torchao: microscaling.
ELEMENTS = {"e4m3": torch.float8_e4m3fn, "e5m2": torch.float8_e5m2, "e3m2": mx_tensor.DTYPE_FP6_E3M2,
            "e2m3": mx_tensor.DTYPE_FP6_E2M3, "e2m1": torch.float4_e2m1fn_x2}


def unpacked(data, shape):
    data = data.view(torch.uint8).numpy().reshape(shape[0], -1)
    if data.shape[1] != shape[1]:
        data = numpy.stack([data & 15, data >> 4], 2).reshape(shape)
    return data.astype(numpy.int32)


for element, dtype in ELEMENTS.items():
    for mode in ("FLOOR", "CEIL", "EVEN", "RCEIL"):
        for shape in ((1, 32), (6, 64), (4, 160)):
            for kind, x in {**weights(*shape), "powers": (2.0 ** random.integers(-20, 20, shape)).astype(F),
                            "maxima": (random.normal(size=shape) * 2.0 ** random.integers(-8, 8, (shape[0], 1))).astype(F)}.items():
                if kind == "tiny":  # scales below 2^-126 stay there in Halftone
                    x = numpy.where(numpy.abs(x) < 1e-20, F(1), x)
                scale, data = mx_tensor.to_mx(torch.from_numpy(x), dtype, 32, mx_tensor.ScaleCalculationMode[mode])
                ours = suite.run(f"range {element} {mode}", [x, *empty(x, x.size // 32)], shape)
                rule, case = f"torchao MX {element}, {mode}", f"{kind} {list(shape)}"
                exponents = scale.view(torch.uint8).numpy().reshape(-1)
                suite.equal(f"{rule}: scales", ours[1], (2.0 ** (exponents.astype(numpy.float64) - 127)).astype(F), case)
                suite.equal(f"{rule}: codes", ours[3], unpacked(data, shape), case)
                reals = mx_tensor.to_dtype(data, scale, dtype, 32, torch.float32)
                suite.equal(f"{rule}: real numbers", ours[4], reals.numpy().reshape(shape), case)
for shape in ((1, 16), (6, 64), (4, 160)):
    for kind, x in weights(*shape).items():
        scale, data = nvfp4_tensor.nvfp4_quantize(torch.from_numpy(x), 16)
        ours = suite.run("range nvfp4", [x, *empty(x, x.size // 16)], shape)
        suite.equal("torchao NVFP4, blocks: scales", ours[1], scale.to(torch.float32).reshape(-1).numpy(), kind)
        suite.equal("torchao NVFP4, blocks: codes", ours[3], unpacked(data, shape), kind)
for shape in ((1, 16), (6, 64), (4, 160)):
    for kind, x in weights(*shape).items():
        for top in (nvfp4_tensor.per_tensor_amax_to_scale(torch.from_numpy(x).abs().max().clamp(min=1e-3)), torch.tensor(0.37),
                    torch.tensor(1e-30), torch.tensor(3e30)):
            t = torch.from_numpy(x)
            theirs = nvfp4_tensor.NVFP4Tensor.to_nvfp4(t, per_tensor_scale=top)
            data, scales = theirs.qdata.view(torch.uint8).numpy().copy(), theirs.scale.contiguous().view(torch.uint8).numpy().copy()
            case = f"{kind} {list(shape)}, scale of the tensor {top:g}"
            ours = suite.run("quantize nvfp4 two levels", [x, numpy.empty_like(data), numpy.empty_like(scales)], [*shape, top])
            suite.equal("torchao NVFP4, two levels: codes", ours[1], data, case)
            suite.equal("torchao NVFP4, two levels: scales", ours[2], scales, case)
            reals = suite.run("nvfp4 two levels", [data, scales, top.reshape(1).numpy(), numpy.empty(shape, F)], shape)[3]
            suite.equal("torchao NVFP4, two levels: real numbers", reals, theirs.dequantize(torch.float32).numpy(), case)
    largest = random.normal(size=1).astype(F)
    suite.equal("torchao NVFP4: the scale of a tensor", suite.run("nvfp4 tensor scale", [abs(largest), numpy.empty(1, F)])[1],
                nvfp4_tensor.per_tensor_amax_to_scale(torch.from_numpy(abs(largest))).numpy())

# The order of block scales for tensor cores.
for rows, cols in ((1, 1), (31, 3), (128, 4), (129, 5), (300, 17), (256, 8)):
    scales = random.integers(0, 256, (rows, cols)).astype(numpy.uint8)
    theirs = utils.to_blocked(torch.from_numpy(scales)).numpy()
    ours = suite.run("blocked scales", [scales, numpy.empty(theirs.size, numpy.uint8), numpy.empty_like(scales)], [rows, cols])
    suite.equal("torchao MX, swizzled scales: bytes", ours[1], theirs, f"{[rows, cols]}")
    suite.equal("torchao MX, swizzled scales: back", ours[2], utils.from_blocked(torch.from_numpy(theirs), rows, cols).numpy(),
                f"{[rows, cols]}")
# int4 weights for tensor cores. The operator needs a GPU: its shape is asked of PyTorch, its order is made of the published one.
for inner in (2, 4, 8):
    for n, k in ((8, 16 * inner), (16, 128), (24, 1024), (40, 256)):
        codes = random.integers(0, 16, (n, k)).astype(numpy.uint8)
        tiles = codes.reshape(n // 8, 8, k // (16 * inner), inner // 2, 2, 2, 4, 2)  # row, words, tile, eight, lane, odd
        parts = tiles.transpose(0, 2, 1, 6, 3, 7, 4, 5).reshape(n // 8, k // (16 * inner), 32, inner // 2, 8).astype(numpy.uint32)
        words = (parts << (4 * numpy.arange(8, dtype=numpy.uint32))).sum(axis=-1, dtype=numpy.uint32)
        shape = torch.ops.aten._convert_weight_to_int4pack(torch.empty(n, k // 2, dtype=torch.uint8, device="meta"), inner).shape
        ours = suite.run(f"int4 tiles {inner}", [codes, numpy.empty(codes.size // 2, numpy.uint8), numpy.empty_like(codes)], [n, k])
        rule = f"torchao int4, tiles of four dimensions, {inner} inner tiles"
        suite.equal(f"{rule}: PyTorch's shape", numpy.array(words.shape), numpy.array(shape), f"{[n, k]}")
        suite.equal(f"{rule}: the published order", ours[1], words.reshape(-1).view(numpy.uint8), f"{[n, k]}")
        suite.equal(f"{rule}: the published order", ours[2], codes, f"{[n, k]}, back")
suite.skip("torchao int4, tiles of four dimensions, by the operator", "_convert_weight_to_int4pack is there for GPUs only")

# Two codes a byte: bytes are canonical codes, a part of a plain tensor is that part of its bytes.
for n, k in ((1, 32), (7, 64), (16, 96), (33, 256)):
    codes = random.integers(0, 16, (n, k)).astype(numpy.uint8)
    theirs = mx_kernels.pack_uint4(torch.from_numpy(codes))
    ours = suite.run("int4 plain", [theirs.numpy().reshape(-1).copy(), numpy.empty_like(codes)], [n, k])[1]
    suite.equal("torchao, two codes of 4 bits a byte", ours, codes, f"{[n, k]}")
    scales = torch.ones(k // 32, n, dtype=torch.bfloat16)
    plain = Int4Tensor(theirs, scales, torch.zeros_like(scales), [1, 32], torch.Size([n, k]))
    part = plain[:, k - 32:]
    ours = suite.run("int4 plain", [part.qdata.contiguous().numpy().reshape(-1).copy(), numpy.empty((n, 32), numpy.uint8)], [n, 32])[1]
    suite.equal("torchao Int4Tensor: its last columns", ours, codes[:, k - 32:], f"{[n, k]}")
suite.skip("torchao Int4Tensor, from floats", "its package of kernels, mslk, is not on PyPI (a placeholder is)")
suite.skip("torchao HQQ", "its solver takes torch.pow and means, whose last bits depend on the machine")

# int4 weights for CPUs. What blocks PyTorch takes depends on the machine; a second process takes the narrow ones.
PACK = """import sys, torch
codes = torch.frombuffer(bytearray(sys.stdin.buffer.read()), dtype=torch.uint8).to(torch.int32).reshape(int(sys.argv[1]), -1)
sys.stdout.buffer.write(torch.ops.aten._convert_weight_to_int4pack_for_cpu(codes, 1).numpy().tobytes())"""
for capability, block in (("avx512", 64), ("avx2", 32)):
    rule = f"torchao int4 for CPUs, blocks of {block} rows"
    if capability == "avx512" and torch.backends.cpu.get_cpu_capability() != "AVX512":
        suite.skip(rule, "this machine has no AVX-512")
        continue
    for shape in ((16, 32), (32, 64), (64, 32), (96, 64), (80, 96), (128, 32), (176, 32)):
        codes = random.integers(0, 16, shape).astype(numpy.uint8)
        theirs = subprocess.run([sys.executable, "-c", PACK, str(shape[0])], input=codes.tobytes(), capture_output=True, check=True,
                                cwd="/", env={**os.environ, "ATEN_CPU_CAPABILITY": capability}).stdout
        ours = suite.run(f"int4pack {block}", [codes, numpy.empty(codes.size // 2, numpy.uint8), numpy.empty_like(codes)], shape)
        suite.equal(rule, ours[1], numpy.frombuffer(theirs, numpy.uint8), f"{list(shape)}")
        suite.equal(rule, ours[2], codes, f"{list(shape)}, back")

sys.path.append(str(pathlib.Path(here).parent / "format/torch"))
import make_golden  # noqa: E402

suite.true("tests/format/torch/golden.txt is what the packages compute",
           pathlib.Path(make_golden.__file__).with_name("golden.txt").read_text() == make_golden.text())
suite.note("quantize_per_tensor, quantize_per_channel and fake_quantize: documented as a division by the scale; the package multiplies "
           "by the scale's reciprocal, rounded first.")
suite.finish()
