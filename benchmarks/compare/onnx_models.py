# SPDX-License-Identifier: MIT
"""The problems of cases.py as ONNX models, for ONNX Runtime."""
import numpy
import onnx
from onnx import TensorProto, helper

random = numpy.random.default_rng(1)


def codes(*shape):
    return random.integers(-127, 128, shape, dtype=numpy.int8)


def floats(*shape):
    return random.random(shape, dtype=numpy.float32) - numpy.float32(0.5)


def tensor(name, values):
    return onnx.numpy_helper.from_array(values, name)


def four_bits(name, shape):
    count = (int(numpy.prod(shape)) + 1) // 2
    return helper.make_tensor(name, TensorProto.INT4, shape, random.bytes(count), raw=True)


def model(nodes, inputs, outputs, initializers):
    graph = helper.make_graph(nodes, "problem", inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=10).SerializeToString()


def multiplication(case, make_node, x, result=TensorProto.FLOAT):
    """One node a copy, each with weights of its own, all with the same x. Returns the model, its inputs and outputs."""
    nodes, initializers, outputs = [], [], []
    for copy in range(case.copies):
        node, weights = make_node(case, f"_{copy}")
        nodes.append(node)
        initializers += weights
        outputs.append(helper.make_tensor_value_info(node.output[0], result, [case.m, case.n]))
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    return model(nodes, [helper.make_tensor_value_info("x", kind, x.shape)], outputs, initializers), {"x": x}


def matmul_integer(case, tail):
    return (helper.make_node("MatMulInteger", ["x", "w" + tail], ["y" + tail]), [tensor("w" + tail, codes(case.k, case.n))])


def matmul_f32(case, tail):
    return helper.make_node("MatMul", ["x", "w" + tail], ["y" + tail]), [tensor("w" + tail, floats(case.k, case.n))]


def dynamic_quantize_matmul(case, tail):
    node = helper.make_node("DynamicQuantizeMatMul", ["x", "w" + tail, "s" + tail], ["y" + tail], domain="com.microsoft")
    return node, [tensor("w" + tail, codes(case.k, case.n)), tensor("s" + tail, numpy.abs(floats(case.n)))]


def matmul_nbits(block):
    def make(case, tail):
        node = helper.make_node("MatMulNBits", ["x", "w" + tail, "s" + tail], ["y" + tail], domain="com.microsoft",
                                K=case.k, N=case.n, bits=4, block_size=block, accuracy_level=4)
        blocks = case.k // block
        weights = random.integers(0, 256, (case.n, blocks, block // 2), dtype=numpy.uint8)
        return node, [tensor("w" + tail, weights), tensor("s" + tail, floats(case.n * blocks))]
    return make


def conversion(case, kind, scheme):
    """QuantizeLinear or DequantizeLinear of [m, k]; codes of 4 bits are constants, since NumPy has none to pass."""
    bits, granularity = scheme.split("_", 1)
    code = TensorProto.INT4 if bits == "int4" else TensorProto.INT8
    shape = {"per_tensor": [], "per_channel": [case.m], "g32": [case.m, case.k // 32]}[granularity]
    options = {"per_tensor": {}, "per_channel": {"axis": 0}, "g32": {"axis": 1, "block_size": 32}}[granularity]
    initializers = [tensor("s", numpy.full(shape, 1 / (14 if bits == "int4" else 254), numpy.float32))]
    size = [case.m, case.k]
    if kind == "QuantizeLinear":
        zeros = numpy.zeros(shape, numpy.int8)
        initializers.append(helper.make_tensor("z", code, shape, bytes((zeros.size + 1) // 2), raw=True)
                            if bits == "int4" else tensor("z", zeros))
        node = helper.make_node(kind, ["x", "s", "z"], ["y"], **options)
        inputs, result = {"x": floats(*size)}, code
    else:
        node = helper.make_node(kind, ["x", "s"], ["y"], **options)
        result = TensorProto.FLOAT
        inputs = {} if bits == "int4" else {"x": codes(*size)}
        initializers += [four_bits("x", size)] if bits == "int4" else []
    infos = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(v.dtype), size) for n, v in inputs.items()]
    return model([node], infos, [helper.make_tensor_value_info("y", result, size)], initializers), inputs


def build(case):
    """The model of a case whose peer is "ort ...", and its inputs."""
    kind, *what = case.peer.split()[1:]
    size = (case.m, case.k)
    if kind in ("QuantizeLinear", "DequantizeLinear"):
        return conversion(case, kind, *what)
    if kind == "MatMulInteger":
        x = codes(*size) if what == ["s8s8"] else random.integers(0, 256, size, dtype=numpy.uint8)
        return multiplication(case, matmul_integer, x, TensorProto.INT32)
    node = {"MatMul": matmul_f32, "DynamicQuantizeMatMul": dynamic_quantize_matmul}.get(kind)
    return multiplication(case, node or matmul_nbits(int(what[0][1:])), floats(*size))
