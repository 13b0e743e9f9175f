# SPDX-License-Identifier: MIT
"""Models of one operator, for ONNX Runtime's CPU provider and for ONNX's reference evaluator."""
import pathlib
import warnings

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

F = numpy.float32
onnxruntime.set_default_logger_severity(4)
warnings.filterwarnings("ignore", category=RuntimeWarning)  # casts of numbers that no integer holds
MICROSOFT = "com.microsoft"


def has_vnni():
    """Without it onnxruntime's products of u8 and s8 saturate in pairs."""
    info = pathlib.Path("/proc/cpuinfo")
    return info.exists() and bool({"avx512_vnni", "avx_vnni"} & set(info.read_text().split()))


def type_of(name):
    return getattr(TensorProto, name)


def bits_of(name):
    return {"2": 2, "4": 4, "8": 8, "6": 16}[name[-1]] if "FLOAT" not in name else 4 if name.startswith("FLOAT4") else 8


def tensor(name, kind, shape, content):
    """A tensor of any type; content is its bytes."""
    return helper.make_tensor(name, type_of(kind), shape, content, raw=True)


def levels_of(kind, shape, content):
    """The numbers that the package reads from bytes, as floats."""
    return onnx.numpy_helper.to_array(tensor("codes", kind, shape, content)).astype(F)


def bytes_of(array):
    """The bytes that the package makes of an array of any type."""
    return numpy.frombuffer(onnx.numpy_helper.from_array(array).raw_data, numpy.uint8)


def zero_tensor(name, kind, shape, numbers):
    """Zero points of any type, packed by the package."""
    array = numpy.asarray(numbers).reshape(shape).astype(helper.tensor_dtype_to_np_dtype(type_of(kind)))
    made = onnx.numpy_helper.from_array(array)
    made.name = name
    return made


def model(nodes, inputs, outputs, initializers=(), opset=25, microsoft=False):
    """inputs, outputs: (name, type) each; their shapes are not told."""
    values = [[helper.make_tensor_value_info(name, type_of(kind), None) for name, kind in side] for side in (inputs, outputs)]
    graph = helper.make_graph(nodes, "graph", values[0], values[1], list(initializers))
    sets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(MICROSOFT, 1)] if microsoft else [])
    made = helper.make_model(graph, opset_imports=sets)
    made.ir_version = 13 if opset > 21 else 10
    return made


def run(made, feed):
    """ONNX Runtime, nothing fused."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(made.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, feed)


def reference(made, feed):
    return ReferenceEvaluator(made).run(None, feed)
