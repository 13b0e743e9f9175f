# SPDX-License-Identifier: MIT
"""Whether ONNX Runtime runs what its target accepts, and refuses what it refuses; weights for TensorRT's importer in a model."""
import pathlib
import sys

here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

sys.path.append(here)
from suite import Suite  # noqa: E402

F, U8 = numpy.float32, numpy.uint8
suite = Suite("targets", f"onnxruntime {onnxruntime.__version__}")
random = numpy.random.default_rng(1)


def session(nodes, constants, inputs, outputs):
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs],
                              [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in outputs], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 25), helper.make_opsetid("com.microsoft", 1)], ir_version=12)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def runs(nodes, constants, inputs=(), shape=None):
    try:
        session(nodes, constants, inputs, [("z", shape)]).run(None, {n: numpy.ones(s, F) for n, s in inputs})
        return True
    except Exception:  # noqa: BLE001  whichever way it refuses
        return False


def accepted(name):
    return bool(suite.run(name, [numpy.zeros(1, U8)])[0][0])


SHAPE = (4, 32)
BITS = {"INT2": 2, "UINT2": 2, "INT4": 4, "UINT4": 4, "INT8": 8, "UINT8": 8, "INT16": 16, "UINT16": 16, "FLOAT8E4M3FN": 8,
        "FLOAT8E5M2": 8, "FLOAT8E4M3FNUZ": 8, "FLOAT8E5M2FNUZ": 8, "FLOAT4E2M1": 4}
GRANULARITIES = {"tensor": ((), {}), "rows": ((4,), {"axis": 0}), "columns": ((32,), {"axis": 1}),
                 "blocks of 16 along k": ((4, 2), {"axis": 1, "block_size": 16}),
                 "blocks of 2 along n": ((2, 32), {"axis": 0, "block_size": 2})}
for element, bits in BITS.items():
    weights = TensorProto(name="w", data_type=getattr(TensorProto, element), dims=SHAPE, raw_data=bytes(4 * 32 * bits // 8))
    for storage in ("FLOAT", "FLOAT16", "BFLOAT16"):
        for granularity, (scales, options) in GRANULARITIES.items():
            ones = helper.make_tensor("s", getattr(TensorProto, storage), scales, [1.0] * int(numpy.prod(scales)))
            nodes = [helper.make_node("DequantizeLinear", ["w", "s"], ["y"], **options),
                     helper.make_node("Cast", ["y"], ["z"], to=TensorProto.FLOAT)]
            suite.true(f"DequantizeLinear, scales of {storage}: accepted where it runs",
                       accepted(f"{element} {storage} {granularity}") == runs(nodes, [weights, ones], shape=SHAPE),
                       f"{element}, {granularity}")
for element in ("FLOAT", "FLOAT16", "BFLOAT16"):
    weights = helper.make_tensor("w", getattr(TensorProto, element), SHAPE, [1.0] * 128)
    nodes = [helper.make_node("Cast", ["w"], ["z"], to=TensorProto.FLOAT)]
    suite.true("floats: accepted where they run", accepted(element) == runs(nodes, [weights], shape=SHAPE), element)

N, K = 4, 256
for block in (16, 32, 64, 128):
    for bits in (2, 4):
        constants = [helper.make_tensor("b", TensorProto.UINT8, (N, K // block, block * bits // 8), bytes(N * K * bits // 8), raw=True),
                     helper.make_tensor("s", TensorProto.FLOAT, (N, K // block), [1.0] * (N * K // block)),
                     helper.make_tensor("zero", TensorProto.FLOAT, (N, K // block), [1.5] * (N * K // block))]
        nodes = [helper.make_node("MatMulNBits", ["x", "b", "s", "zero"], ["z"], domain="com.microsoft", K=K, N=N, bits=bits,
                                  block_size=block)]
        suite.true("MatMulNBits, float zero points: accepted where it runs",
                   accepted(f"float zero points {bits} {block}") == runs(nodes, constants, [("x", (1, K))], (1, N)), f"{bits} bits, {block}")
    for kind, name in ((0, "fp4"), (1, "nf4")):
        constants = [helper.make_tensor("b", TensorProto.UINT8, (N * K // 2,), bytes(N * K // 2), raw=True),
                     helper.make_tensor("s", TensorProto.FLOAT, (N * K // block,), [1.0] * (N * K // block))]
        nodes = [helper.make_node("MatMulBnb4", ["x", "b", "s"], ["z"], domain="com.microsoft", K=K, N=N, quant_type=kind,
                                  block_size=block)]
        suite.true("MatMulBnb4: accepted where it runs",
                   accepted(f"{name} {block}") == runs(nodes, constants, [("x", (1, K))], (1, N)), f"{name}, {block}")

# A layer as TensorRT's importer takes it: zero points 0, positive scales, an axis.
for rows, cols in ((8, 64), (5, 33), (1, 1)):
    for zeros in (False, True):
        w = random.normal(size=(rows, cols)).astype(F)
        w[0] *= 0 if zeros else 1
        codes, scales, reals = suite.run("weights for TensorRT", [w, numpy.empty(w.shape, U8), numpy.empty(rows, F), numpy.empty_like(w)],
                                         w.shape)[1:]
        constants = [helper.make_tensor("w", TensorProto.INT8, w.shape, codes.tobytes(), raw=True),
                     helper.make_tensor("s", TensorProto.FLOAT, (rows,), scales.tobytes(), raw=True),
                     helper.make_tensor("zero", TensorProto.INT8, (rows,), bytes(rows), raw=True)]
        nodes = [helper.make_node("DequantizeLinear", ["w", "s", "zero"], ["y"], axis=0),
                 helper.make_node("Gemm", ["x", "y"], ["z"], transB=1)]
        x = random.normal(size=(3, cols)).astype(F)
        y, z = session(nodes, constants, [("x", x.shape)], [("y", w.shape), ("z", (3, rows))]).run(None, {"x": x})
        case = f"[{rows}, {cols}]{', a row of zeros' if zeros else ''}"
        suite.equal("weights for TensorRT: real numbers in a model", reals, y, case)
        suite.true("weights for TensorRT: scales are positive", bool((scales > 0).all()), case)
        # Sums of cols products in any order: at most (cols + 1) 2^-24 of the sum of magnitudes.
        exact = x.astype(numpy.float64) @ reals.astype(numpy.float64).T
        bound = (cols + 1) * 2.0**-24 * (numpy.abs(x).astype(numpy.float64) @ numpy.abs(reals).astype(numpy.float64).T)
        suite.close("weights for TensorRT: outputs of a model", exact, z, bound, case)
suite.finish()
