# SPDX-License-Identifier: MIT
"""ModelOpt, which makes TensorRT's weights: scales, codes, real numbers and bytes. (TensorRT's engine needs a GPU.)"""
import ast
import importlib.util
import logging
import os
import pathlib
import struct
import sys
import tempfile

# The folder of this file holds files named as packages are.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import warnings  # noqa: E402

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
os.environ["HF_HUB_OFFLINE"] = "1"
import numpy  # noqa: E402
import torch  # noqa: E402
import modelopt  # noqa: E402
import modelopt.torch.quantization as mtq  # noqa: E402
from modelopt.torch.export import quant_utils as export  # noqa: E402
from modelopt.torch.quantization import qtensor  # noqa: E402

sys.path[:0] = [here, str(pathlib.Path(here).parent / "format/tensorrt")]
import make_golden  # noqa: E402
from suite import Suite  # noqa: E402

# The folder of ModelOpt for ONNX asks for onnx where it is imported; the file with the arithmetic does not.
found = importlib.util.spec_from_file_location("onnx_utils", pathlib.Path(modelopt.__file__).parent / "onnx/quantization/quant_utils.py")
onnx_utils = importlib.util.module_from_spec(found)
found.loader.exec_module(onnx_utils)


def imported_scales(text):
    """What ModelOpt's import_scales_from_calib_cache, taken out of its file, reads of a cache, in order."""
    path = pathlib.Path(found.origin).with_name("calib_utils.py")
    names = {"struct": struct, "logger": logging.getLogger()}
    exec(next(ast.unparse(node) for node in ast.parse(path.read_text()).body
              if getattr(node, "name", "") == "import_scales_from_calib_cache"), names)
    with tempfile.NamedTemporaryFile() as file:
        pathlib.Path(file.name).write_bytes(text)
        return list(names["import_scales_from_calib_cache"](file.name).values())


F, U8 = numpy.float32, numpy.uint8
suite = Suite("tensorrt", f"ModelOpt {modelopt.__version__}")
random = numpy.random.default_rng(1)


def weights(rows, cols, zeros=True):
    """Kinds of weights, by name. A group of zeros, by which ModelOpt divides, only where its result is defined."""
    normal = random.normal(size=(rows, cols)).astype(F)
    mixed = normal.copy()
    mixed[0] = 0 if zeros else 0.5
    mixed[1 % rows] = 3.25
    mixed[2 % rows] = -1e-30
    mixed[3 % rows] = numpy.abs(mixed[3 % rows])
    mixed[4 % rows] = -numpy.abs(mixed[4 % rows]) - 5
    mixed[5 % rows, 1:] = 0
    if not zeros:
        mixed[mixed == 0] = -0.01
    small = normal * F(1e-38)
    ties = (random.integers(-255, 256, (rows, cols)) * 0.5).astype(F)
    ties[:, 0] = 127
    fours = (random.integers(-15, 16, (rows, cols)) * 0.5).astype(F)
    fours[:, ::8] = 7
    quarters = (random.integers(-24, 25, (rows, cols)) * 0.25).astype(F)
    quarters[:, ::8] = 6
    return {"normal": normal, "mixed": mixed, "tiny": small, "small": normal * F(3e-7), "huge": normal * F(1e37),
            "positive": numpy.abs(normal) + F(0.5), "ties": ties, "ties of int4": fours, "ties of fp4": quarters,
            "largest": numpy.sign(normal + F(1e-9)).astype(F) * F(3.4028235e38)}


SHAPES = ((1, 16), (3, 48), (8, 64), (4, 176))


def ours_of(name, x, groups, shape):
    return suite.run(name, [x, numpy.empty(groups, F), numpy.empty(x.shape, U8), numpy.empty(x.shape, F)], shape)


def bytes_of(t):
    return t.contiguous().view(torch.uint8).numpy()


# int8 and fp8: of the tensor, of an axis, of blocks, of tiles.
for element, tensor, least in (("int8", qtensor.INT8QTensor, 1e-36), ("fp8", qtensor.FP8QTensor, 1e-35)):
    for granularity, options in (("tensor", {"axis": None}), ("rows", {"axis": 0}), ("columns", {"axis": 1}),
                                 ("blocks", {"block_sizes": {-1: 16}}), ("tiles", {"block_sizes": {-1: 8, -2: 4}})):
        for shape in SHAPES + ((7, 16), (5, 40)):
            if (granularity == "blocks" and shape[1] % 16) or (granularity == "tiles" and shape[0] % 4):
                continue
            for kind, x in weights(*shape, zeros=False).items():
                if kind == "tiny":  # subnormal scales divide to more than the largest code, which ModelOpt's fp8 does not bound
                    x = numpy.where(numpy.abs(x) < least, F(1), x)
                if granularity == "columns":
                    x[0, (x == 0).all(axis=0)] = 1
                q, scale = tensor.quantize(torch.from_numpy(x), **options)
                ours = ours_of(f"range {element} {granularity}", x, scale.numel(), shape)
                rule, case = f"{element}, {granularity}", f"{kind} {list(shape)}"
                suite.equal(f"{rule}: scales", ours[1], scale.reshape(-1).numpy(), case)
                suite.equal(f"{rule}: codes", ours[2], bytes_of(q._quantized_data), case)
                reals = q.dequantize(torch.float32, scale=scale, block_sizes=options.get("block_sizes"))
                suite.equal(f"{rule}: real numbers", ours[3], reals.numpy(), case)

# Scales that a model brings: codes saturate.
for element, tensor, top in (("int8", qtensor.INT8QTensor, 1000), ("fp8", qtensor.FP8QTensor, 464)):
    for scale in (1.0, 0.1, 0.00214854861, 1 / 3, 1e-30, 1.1754944e-38, 1e-40, 1e30, 1e35):
        x = numpy.concatenate([(random.integers(-2 * top, 2 * top + 1, 400) * 0.5) * F(scale), random.normal(size=400) * 60 * F(scale),
                               [0.0, -0.0, 0.273939937, -0.273939937][:4 if 1e-3 < scale < 1 else 2]])
        x = numpy.resize(x, (4, 200)).astype(F)
        if element == "fp8":  # beyond 464 ModelOpt's codes are NaN
            x = numpy.where(numpy.abs(x.astype(numpy.float64)) > 463 * F(scale).astype(numpy.float64), F(0), x)
        s = numpy.array([scale], F)
        q, _ = tensor.quantize(torch.from_numpy(x), torch.from_numpy(s).reshape(1, 1).expand(4, 200).contiguous())
        ours = suite.run(f"given {element} tensor", [x, s, numpy.empty(x.shape, U8), numpy.empty(x.shape, F)], x.shape)
        suite.equal(f"{element}, given scales: codes", ours[2], bytes_of(q._quantized_data), f"scale {scale}")

# int4: checkpoints (AWQ and weight-only), ONNX models, compressed weights.
for block in (16, 128):
    for shape in ((2, block), (4, 3 * block), (6, 2 * block)):
        for kind, x in weights(*shape, zeros=False).items():
            case = f"{kind} {list(shape)}"
            t = torch.from_numpy(x)
            amax = t.abs().reshape(shape[0], -1, block).amax(-1)
            scale = amax.float() / 7
            ours = ours_of(f"range int4 {block}", x, scale.numel(), shape)
            theirs = export.to_quantized_weight(t, scale, "int4_awq", block_size=block)
            packed = suite.run(f"row pairs {block}", [x, scale.numpy(), numpy.empty(x.size // 2, U8), numpy.zeros(1, U8)], shape)
            suite.equal(f"int4 AWQ, blocks of {block}: scales", ours[1], scale.reshape(-1).numpy(), case)
            suite.equal(f"int4 AWQ, blocks of {block}: bytes", packed[2], bytes_of(theirs).reshape(-1), case)
            suite.true(f"int4 AWQ, blocks of {block}: bytes come back", packed[3][0] == 1, case)
            for w, name in ((x, case), (numpy.where(numpy.abs(x) < 1, F(0), x), case + " and zeros")):
                codes, scales, _ = onnx_utils.quant_tensor(w, block, quantize_axis=1)
                ours = ours_of(f"range int4 onnx {block}", w, scales.size, shape)
                suite.equal(f"int4 for ONNX, blocks of {block}: scales", ours[1], scales.reshape(-1).astype(F), name)
                suite.equal(f"int4 for ONNX, blocks of {block}: codes", ours[2], codes.view(U8), name)
                suite.equal(f"int4 for ONNX, blocks of {block}: real numbers", ours[3],
                            onnx_utils.dq_tensor(codes, scales, block, 1).astype(F), name)
                transposed = onnx_utils.quant_tensor(numpy.ascontiguousarray(w.T), block, quantize_axis=0)
                suite.equal(f"int4 for ONNX, blocks of {block}: codes of [k, n]", ours[2],
                            numpy.ascontiguousarray(transposed[0].T).view(U8), name)
for suffix, block, shapes in (("16", 16, SHAPES), ("128", 128, ((1, 128), (4, 384))), ("flat", 16, ((4, 10), (4, 18), (1, 2), (16, 24)))):
    for shape in shapes:
        for kind, x in weights(*shape, zeros=False).items():
            if kind == "tiny" or (kind == "mixed" and suffix == "flat"):  # infinite reciprocals; a flat block may lie in two rows
                x = numpy.where(numpy.abs(x) < 1e-37, F(1), x)
            q, stored = qtensor.INT4QTensor.quantize(torch.from_numpy(x), block)
            rule, case = f"int4, stored reciprocals, {suffix}", f"{kind} {list(shape)}"
            ours = ours_of(f"range int4 reciprocal {suffix}", x, stored.numel(), shape)
            suite.equal(f"{rule}: scales", ours[1], stored.reshape(-1).numpy(), case)
            suite.equal(f"{rule}: real numbers", ours[3], q.dequantize(torch.float32, scale=stored, block_sizes={-1: block}).numpy(), case)
            theirs = bytes_of(q._quantized_data).reshape(-1)
            packed = suite.run(f"high first {suffix}", [x, ours[1], numpy.empty(theirs.size, U8), numpy.zeros(1, U8)], shape)
            suite.equal(f"{rule}: bytes", packed[2], theirs, case)
            suite.true(f"{rule}: bytes come back", packed[3][0] == 1, case)

# Microscaling. First every float near a power of two, where the logarithm may round.
bits = numpy.array([exponent * 2**23 + j for exponent in range(1, 255) for j in range(-70, 71)] +
                   [2**22 + j for j in range(-70, 71)], numpy.uint32)
bits = bits[(bits > 0) & (bits < 0x7f800000)]
x = bits.view(F)
powers = torch.exp2(torch.clamp(torch.ceil(torch.log2(torch.from_numpy(x.copy()))), -127, 127)).numpy()
suite.equal("microscaling: powers of two beside every power of two", suite.run("power", [x, numpy.empty_like(x)])[1], powers)
bits = random.integers(1, 0x7f800000, 1000000).astype(numpy.uint32)
x = bits.view(F)
powers = torch.exp2(torch.clamp(torch.ceil(torch.log2(torch.from_numpy(x.copy()))), -127, 127)).numpy()
suite.equal("microscaling: powers of two of a million floats", suite.run("power", [x, numpy.empty_like(x)])[1], powers)


def near_powers(shape, largest):
    """Groups whose largest magnitude is next to a power of two times the largest code."""
    x = random.normal(size=shape).astype(F)
    x = x / numpy.abs(x).reshape(shape[0], -1, 16).max(-1).repeat(16, 1).reshape(shape)
    tops = (F(largest) * (2.0 ** random.integers(-110, 110, (shape[0], 1)))).astype(F)
    steps = random.integers(-1, 24, (shape[0], 1)).astype(numpy.int32)
    return x * (tops.view(numpy.int32) + steps).view(F)


for shape in ((1, 32), (6, 64), (8, 160)):
    for kind, x in {**weights(*shape), "zeros": numpy.zeros(shape, F), "powers": near_powers(shape, 448),
                    "powers of fp4": near_powers(shape, 6), "subnormal": (random.normal(size=shape) * 1e-41).astype(F)}.items():
        case = f"{kind} {list(shape)}"
        for name, tensor in (("mxfp8", qtensor.MXFP8QTensor), ("mxfp4", qtensor.MXFP4QTensor)):
            q, scale = tensor.quantize(torch.from_numpy(x.copy()), *((32,) if name == "mxfp4" else ()))
            data = bytes_of(q._quantized_data)
            planes = suite.run(f"planes {name}", [x, numpy.empty(x.size // 32, U8), numpy.empty(data.size, U8)], shape)
            suite.equal(f"{name}: scales", planes[1], scale.reshape(-1).numpy(), case)
            suite.equal(f"{name}: bytes", planes[2], data.reshape(-1), case)
            reals = q.dequantize(torch.float32, scale=scale, block_sizes={-1: 32}).numpy()
            suite.equal(f"{name}: real numbers", ours_of(f"range {name}", x, x.size // 32, shape)[3], reals, case)
for shape in ((2, 16), (4, 40)):
    for kind, x in weights(*shape).items():
        q, scale = qtensor.MXFP4QTensor.quantize(torch.from_numpy(x.copy()), 32)
        ours = ours_of("range mxfp4 flat", x, scale.numel(), shape)
        data = bytes_of(q._quantized_data)
        codes = numpy.stack([data & 15, data >> 4], 2).reshape(shape)
        suite.equal("mxfp4, blocks across rows: codes", ours[2], codes, f"{kind} {list(shape)}")
for shape in ((2, 33), (3, 70), (1, 5)):  # MXFP8QTensor pads rows
    for kind, x in weights(*shape).items():
        q, scale = qtensor.MXFP8QTensor.quantize(torch.from_numpy(x.copy()))
        ours = ours_of("range mxfp8", x, scale.numel(), shape)
        suite.equal("mxfp8, padded rows: codes", ours[2], bytes_of(q._quantized_data), f"{kind} {list(shape)}")

# NVFP4 in two levels.
for shape in ((1, 16), (6, 64), (8, 160), (5, 48)):
    for kind, x in {**weights(*shape), "outlier": numpy.where(random.random(shape) < 0.01, F(1e4), random.normal(size=shape).astype(F)),
                    "minus zeros": numpy.where(random.random(shape) < 0.3, F(-0.0), random.normal(size=shape).astype(F))}.items():
        case = f"{kind} {list(shape)}"
        q, blocks, tensor = qtensor.NVFP4QTensor.quantize(torch.from_numpy(x.copy()), 16)
        data = bytes_of(q._quantized_data)
        planes = suite.run("planes nvfp4", [x, numpy.empty(1, F), numpy.empty(x.size // 16, U8), numpy.empty(data.size, U8)], shape)
        suite.equal("nvfp4: scale of the tensor", planes[1], tensor.reshape(1).numpy(), case)
        suite.equal("nvfp4: scales of blocks", planes[2], bytes_of(blocks).reshape(-1), case)
        suite.equal("nvfp4: bytes", planes[3], data.reshape(-1), case)
        reals = q.dequantize(torch.float32, scale=blocks, double_scale=tensor, block_sizes={-1: 16}).numpy()
        suite.equal("nvfp4: real numbers", ours_of("range nvfp4", x, x.size // 16, shape)[3], reals, case)

# A layer through the whole of ModelOpt: calibration, then what a checkpoint takes.
for name, config, operation, rows in (("INT8_WEIGHT_ONLY_CFG", "INT8_WEIGHT_ONLY_CFG", "int8 rows", True),
                                      ("FP8_DEFAULT_CFG", "FP8_DEFAULT_CFG", "fp8 tensor", False)):
    layer = torch.nn.Sequential(torch.nn.Linear(128, 32, bias=False))
    x = (random.normal(size=(32, 128)) * 0.05).astype(F)
    with torch.no_grad():
        layer[0].weight.copy_(torch.from_numpy(x))
    try:
        made = mtq.quantize(layer, getattr(mtq, config), None)
    except Exception as error:  # noqa: BLE001  kernels may need a GPU
        suite.skip(f"a calibrated layer, {name}", f"ModelOpt: {error}")
        continue
    scale = export.get_weight_scaling_factor(made[0])
    theirs = export.to_quantized_weight(made[0].weight, scale, export.get_quantization_format(made[0]))
    ours = ours_of(f"range {operation}", x, scale.numel(), x.shape)
    suite.equal(f"a calibrated layer, {name}: scales", ours[1], scale.detach().reshape(-1).numpy())
    suite.equal(f"a calibrated layer, {name}: codes", ours[2], bytes_of(theirs.detach()))

# Calibration caches. ModelOpt reads scales of eight digits alone, which those above 2^-95 have.
for count in (0, 1, 5, 1000):
    scales = (2.0 ** random.uniform(-94, 127, count)).astype(F)
    names = [f"{kind} {i}" for i, kind in zip(range(count), ["input", "(Unnamed Layer* 64) [Shuffle]_output", "a:b/c.d", "\u00e9"] * 250)]
    text = "TRT-8601-EntropyCalibration2\n" + "".join(f"{n}: {struct.pack('!f', s).hex()}\n" for n, s in zip(names, scales))
    text = text.encode()
    ours = suite.run("cache", [numpy.frombuffer(text, U8).copy(), numpy.zeros(len(text), U8), numpy.zeros(count, F)])
    suite.equal("calibration caches: scales", ours[2], numpy.array(imported_scales(text), F), f"{count} tensors")
    suite.equal("calibration caches: written again", ours[1], ours[0], f"{count} tensors")

suite.true("tests/format/tensorrt/golden.txt is what the package computes",
           pathlib.Path(make_golden.__file__).with_name("golden.txt").read_text() == make_golden.text())
suite.finish()
