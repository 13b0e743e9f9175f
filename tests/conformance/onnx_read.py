# SPDX-License-Identifier: MIT
"""The way back: models that onnxruntime's tools quantize are read by Halftone, which makes the same codes and parameters from the
floats and computes the same layers. A small network, and the 36 linear layers of all-MiniLM-L6-v2 on the activations of sentences."""
import logging
import pathlib
import tempfile

import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

import minilm_model
from onnx_models import has_vnni

F = numpy.float32
UNIT = 2.0 ** -24
PRODUCTS = ("MatMul", "Gemm", "MatMulInteger", "QLinearMatMul", "QGemm", "MatMulNBits")
BLOCKS = {"nbits 2": 32, "nbits 4": 32, "nbits 4 zero points": 32, "nbits 8 zero points": 128, "blocks": 32, "blocks zero points": 16,
          "rtn sym": 32, "rtn asym": 32, "k_quant asym": 32}
logging.getLogger().setLevel(logging.ERROR)


class Reader(CalibrationDataReader):
    def __init__(self, feeds):
        self._feeds = iter(feeds)

    def get_next(self):
        return next(self._feeds, None)


class Network:
    """A model of floats, its weights [n, k] by the names of the nodes, and what is fed."""

    def __init__(self, name, nodes, inputs, outputs, tensors, weights, feeds):
        self.name, self.weights, self.feeds = name, weights, feeds
        values = [[helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, ["rows", size]) for n, size in side] for side in (inputs, outputs)]
        graph = helper.make_graph(nodes, name, *values, [numpy_helper.from_array(t, n) for n, t in tensors.items()])
        self.model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)])
        self.model.ir_version = 10


def small_network(random):
    """MatMul, Add, Relu, Gemm with a bias and turned weights, Relu, MatMul."""
    w = {"first": random.normal(size=(40, 96)).astype(F), "second": random.normal(size=(24, 40)).astype(F),
         "third": random.normal(size=(10, 24)).astype(F)}
    w["first"][3] = 0
    tensors = {"w1": w["first"].T.copy(), "b1": random.normal(size=40).astype(F), "w2": w["second"], "b2": random.normal(size=24).astype(F),
               "w3": w["third"].T.copy()}
    nodes = [helper.make_node("MatMul", ["x", "w1"], ["h1"], name="first"), helper.make_node("Add", ["h1", "b1"], ["a1"], name="add"),
             helper.make_node("Relu", ["a1"], ["r1"], name="relu1"), helper.make_node("Gemm", ["r1", "w2", "b2"], ["h2"], name="second", transB=1),
             helper.make_node("Relu", ["h2"], ["r2"], name="relu2"), helper.make_node("MatMul", ["r2", "w3"], ["y"], name="third")]
    feeds = [{"x": random.normal(size=(9, 96)).astype(F)} for _ in range(3)]
    return Network("a network", nodes, [("x", 96)], [("y", 10)], tensors, w, feeds)


def minilm():
    """Each layer by itself, fed what sentences reach it with."""
    encoder = minilm_model.Encoder()
    feed = {}

    def linear(name, x):
        feed[f"{name}.x"] = numpy.ascontiguousarray(x, F)
        return encoder.float_linear(name, x)

    encoder.embed(minilm_model.SENTENCES[:3], linear)
    weights = {name: encoder.weight(name) for name in minilm_model.LINEAR}
    nodes = [helper.make_node("MatMul", [f"{name}.x", f"{name}.w"], [f"{name}.y"], name=name) for name in weights]
    tensors = {f"{name}.w": w.T.copy() for name, w in weights.items()}
    return Network("MiniLM", nodes, [(f"{name}.x", w.shape[1]) for name, w in weights.items()], [(f"{name}.y", len(w)) for name, w in weights.items()],
                   tensors, weights, [feed])


def letters(text):
    return numpy.frombuffer(str(text).encode(), numpy.uint8).copy()


def run_whole(path, feed):
    """Every value of a model, nothing fused."""
    model = onnx.load(path)
    made = [name for node in model.graph.node for name in node.output]
    del model.graph.output[:]
    model.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in made)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return {**feed, **dict(zip(made, session.run(made, feed)))}


def parts(model, node):
    """Codes [n, k] as int32, scales and zero points of a layer, as the package reads them."""
    tensors = {t.name: t for t in model.graph.initializer}
    array = lambda name: numpy_helper.to_array(tensors[name])
    if node.op_type == "MatMulNBits":
        about = {a.name: a.i for a in node.attribute}
        bits, n, k = about["bits"], about["N"], about["K"]
        blocks = -(-k // about["block_size"])
        open_up = lambda packed: numpy.stack([packed >> (bits * i) & ((1 << bits) - 1) for i in range(8 // bits)], -1)
        codes = open_up(array(node.input[1])).reshape(n, -1)[:, :k].astype(numpy.int32)
        scales = array(node.input[2]).reshape(-1)
        if len(node.input) > 3 and node.input[3]:
            return codes, scales, open_up(array(node.input[3]).reshape(n, -1)).reshape(n, -1)[:, :blocks].astype(numpy.int32).reshape(-1)
        return codes - (1 << (bits - 1)), scales, numpy.zeros(scales.size, numpy.int32)
    producers = {name: each for each in model.graph.node for name in each.output}
    at = {"QLinearMatMul": 3, "QGemm": 3}.get(node.op_type, 1)
    if node.op_type == "MatMulInteger":
        scales = next(array(name) for name in tensors if name == node.input[1].replace("_quantized", "_scale"))
        codes, zeros = array(node.input[1]), array(node.input[3])
    else:
        names = node.input[3:6] if at == 3 else producers[node.input[1]].input
        codes, scales = array(names[0]), array(names[1])
        zeros = array(names[2]) if len(names) > 2 and names[2] else numpy.zeros(scales.shape, numpy.int32)
    turned = any(a.name == "transB" and a.i for a in node.attribute)
    in_order = (lambda a: a) if turned else numpy.transpose
    levels = in_order(codes.astype(numpy.int32))
    return levels, in_order(scales).reshape(-1), in_order(zeros.astype(numpy.int32)).reshape(-1)


def check_weights(suite, rule, path, model, node, w, kind):
    levels, scales, zeros = (numpy.ascontiguousarray(part) for part in parts(model, node))
    outputs = lambda: [numpy.empty(w.shape, numpy.int32), numpy.empty(scales.shape, F), numpy.empty(zeros.shape, numpy.int32)]
    ours = suite.run(f"read {kind}", [letters(path), letters(node.name), w.copy(), *outputs(), *outputs()])
    for what, got in (("read", ours[3:6]), ("made again", ours[6:9])):
        for part, a, b in zip(("codes", "scales", "zero points"), got, (levels, scales.astype(F), zeros)):
            suite.equal(f"{rule}: {part}, {what}", a, b, node.name)
    # Magnitudes of what weights are made of: (|code| + |zero point|) * |scale|.
    block = BLOCKS.get(kind, w.shape[1])
    wide = lambda a: numpy.repeat(numpy.abs(a.astype(numpy.float64)).reshape(len(w) if a.size >= len(w) else 1, -1), block, 1)[:, :w.shape[1]]
    return (numpy.abs(levels) + wide(zeros)) * wide(scales)


def check_model(suite, rule, network, path, kind, nodes=None):
    model, feed = onnx.load(path), network.feeds[0]
    values = run_whole(path, feed)
    tensors = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer if t.data_type in (1, 2, 3)}
    producers = {name: each for each in model.graph.node for name in each.output}
    seen = 0
    for node in model.graph.node:
        name = next((n for n in network.weights if node.name == n or node.name.startswith(n + "_")), None)
        if node.op_type not in PRODUCTS or name is None or (nodes and name not in nodes):
            continue
        seen += 1
        w = network.weights[name]
        reals = check_weights(suite, rule, path, model, node, w, kind)
        x, y = values[node.input[0]], values[node.output[0]]
        where = [letters(path), letters(node.name)]
        if node.op_type in ("QLinearMatMul", "QGemm"):
            ours = suite.run(f"read and qlinear {'INT8' if y.dtype == numpy.int8 else 'UINT8'} {kind}",
                             [*where, numpy.ascontiguousarray(x).view(numpy.uint8), numpy.empty_like(y)])[3]
            suite.equal(f"{rule}: codes of outputs", ours, y, node.name)
        elif node.op_type == "MatMulInteger":
            zero = values[node.input[2]].astype(numpy.int32).reshape(1)
            ours = suite.run(f"read and sum {kind}", [*where, numpy.ascontiguousarray(x), zero, numpy.empty(y.shape, numpy.int32)])[4]
            suite.equal(f"{rule}: sums", ours, y, node.name)
            # The package multiplies a sum by a product of scales, Halftone by one scale and then by the other: two roundings each.
            source = values[producers[node.input[0]].input[0]]
            real = values[next(n.output[0] for n in model.graph.node if n.op_type == "Mul" and n.input[0] == node.output[0] + "_cast_output")]
            ours = suite.run(f"read and multiply dynamic {kind}", [*where, numpy.ascontiguousarray(source, F), numpy.empty_like(real)])[3]
            suite.close(f"{rule}: outputs", ours, real, 5 * UNIT * numpy.abs(real.astype(numpy.float64)), node.name)
        else:
            bias = numpy.abs(values.get(node.input[2], tensors.get(node.input[2]))) if node.op_type == "Gemm" else 0
            ours = suite.run(f"read and multiply {kind}", [*where, numpy.ascontiguousarray(x, F), numpy.empty_like(y)])[3]
            # k products of weights that are products, and a bias, in float, in orders of their own.
            bound = 2 * (w.shape[1] + 4) * UNIT * (numpy.abs(x.astype(numpy.float64)) @ reals.T + bias)
            suite.close(f"{rule}: outputs", ours, y, bound, node.name)
    suite.true(f"{rule}: layers found", seen == len(nodes or network.weights), f"{seen}")


def check_static(suite, network, folder):
    path, source = folder / "static.onnx", folder / "floats.onnx"
    exact = has_vnni()  # else products of uint8 and int8 saturate in pairs, in the package
    for form in (QuantFormat.QDQ, QuantFormat.QOperator):
        cases = [("int8 rows", QuantType.QInt8, QuantType.QInt8, True, False), ("int8", QuantType.QInt8, QuantType.QInt8, False, False),
                 ("int8 rows reduced", QuantType.QUInt8, QuantType.QInt8, True, True), ("uint8", QuantType.QUInt8, QuantType.QUInt8, False, False)]
        if form == QuantFormat.QDQ:
            cases += [("int4 rows", QuantType.QUInt8, QuantType.QInt4, True, False), ("int16 rows", QuantType.QInt16, QuantType.QInt16, True, False)]
        for kind, activations, weights, rows, reduced in cases if network.name == "a network" else cases[:1]:
            if form == QuantFormat.QOperator and not exact and kind in ("int8 rows", "int8"):
                suite.skip(f"quantize_static, {form.name}, {kind}", "this machine has no VNNI")
                continue
            quantize_static(source, path, Reader(network.feeds), quant_format=form, per_channel=rows, reduce_range=reduced,
                            activation_type=activations, weight_type=weights)
            check_model(suite, f"{network.name} by quantize_static, {form.name}, {activations.name[1:]} x {kind}", network, path, kind)


def check_dynamic(suite, network, folder):
    path, source = folder / "dynamic.onnx", folder / "floats.onnx"
    for kind, weights, rows, reduced in (("int8 rows reduced", QuantType.QInt8, True, True), ("int8", QuantType.QInt8, False, False),
                                         ("int8 rows", QuantType.QInt8, True, False), ("uint8", QuantType.QUInt8, False, False)):
        if not has_vnni() and kind in ("int8", "int8 rows"):
            suite.skip(f"quantize_dynamic, {kind}", "this machine has no VNNI")
            continue
        quantize_dynamic(source, path, per_channel=rows, reduce_range=reduced, weight_type=weights)
        check_model(suite, f"{network.name} by quantize_dynamic, {kind}", network, path, kind)


def check_nbits(suite, network, folder):
    multiplied = [name for name in network.weights if name != "second"]  # Gemm is left as it is
    for kind, bits, symmetric, form in (("nbits 4", 4, True, QuantFormat.QOperator), ("nbits 4 zero points", 4, False, QuantFormat.QOperator),
                                        ("nbits 8 zero points", 8, False, QuantFormat.QOperator), ("nbits 2", 2, True, QuantFormat.QOperator),
                                        ("blocks", 4, True, QuantFormat.QDQ), ("blocks zero points", 4, False, QuantFormat.QDQ)):
        path = folder / "nbits.onnx"
        made = MatMulNBitsQuantizer(onnx.load(folder / "floats.onnx"), bits=bits, block_size=BLOCKS[kind], is_symmetric=symmetric, quant_format=form)
        made.process()
        onnx.save(made.model.model, path)
        check_model(suite, f"{network.name} by MatMulNBitsQuantizer, {form.name}, {kind}", network, path, kind, multiplied)


def check_external(suite, network, folder):
    """The same model with its constants in another file."""
    quantize_dynamic(folder / "floats.onnx", folder / "inside.onnx", per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
    onnx.save(onnx.load(folder / "inside.onnx"), folder / "outside.onnx", save_as_external_data=True, location="weights/all.bin", size_threshold=0)
    check_model(suite, f"{network.name} by quantize_dynamic, external data", network, folder / "outside.onnx", "int8 rows reduced")


def check(suite, random):
    for network in (small_network(random), minilm()):
        with tempfile.TemporaryDirectory() as made:
            folder = pathlib.Path(made)
            (folder / "weights").mkdir()
            onnx.save(network.model, folder / "floats.onnx")
            check_static(suite, network, folder)
            check_dynamic(suite, network, folder)
            check_nbits(suite, network, folder)
            if network.name == "a network":
                check_external(suite, network, folder)
