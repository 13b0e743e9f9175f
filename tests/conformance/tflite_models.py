# SPDX-License-Identifier: MIT
"""Small models of TensorFlow Lite, made field by field with the schema that ai-edge-litert ships, and run by its interpreter."""
import contextlib
import io
import pathlib

import ai_edge_quantizer.quantizer
import ai_edge_quantizer.recipe
import flatbuffers
import numpy
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

Type = schema.TensorType
RESOLVERS = {"XNNPACK": OpResolverType.AUTO, "reference": OpResolverType.BUILTIN_REF,
             "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES}
TYPES = {"int2": Type.INT2, "int4": Type.INT4, "int8": Type.INT8, "uint8": Type.UINT8, "int16": Type.INT16, "int32": Type.INT32,
         "int64": Type.INT64, "float16": Type.FLOAT16, "float32": Type.FLOAT32}

LIMITS = {"int2": (-2, 1), "int4": (-8, 7), "int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}
BITS = {"int2": 2, "int4": 4, "int8": 8, "uint8": 8}
RELU = {"none": 0, "relu": 1, "relu_n1_to_1": 2, "relu6": 3}
KERNELS = ("XNNPACK", "reference", "builtin")


class Model:
    def __init__(self):
        self.model = schema.ModelT()
        self.model.version, self.model.description = 3, b"test"
        self.model.buffers, self.model.operatorCodes = [schema.BufferT()], []
        self.graph = schema.SubGraphT()
        self.graph.name, self.graph.tensors, self.graph.operators = b"main", [], []

    def tensor(self, shape, kind, scale=None, zero_point=None, axis=0, data=None, name=None):
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = list(shape), TYPES[kind], 0
        tensor.name = (name or f"t{len(self.graph.tensors)}").encode()
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = numpy.atleast_1d(numpy.asarray(scale, numpy.float32))
            points = numpy.zeros(len(tensor.quantization.scale)) if zero_point is None else zero_point
            tensor.quantization.zeroPoint = numpy.atleast_1d(numpy.asarray(points, numpy.int64))
            tensor.quantization.quantizedDimension = axis
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = numpy.frombuffer(numpy.ascontiguousarray(data).tobytes(), numpy.uint8)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def entry(self, tensor):
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = self.graph.tensors[tensor].name, tensor
        return entry

    def operator(self, name, inputs, outputs, options=None, version=1):
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, name)
        code.deprecatedBuiltinCode, code.version = min(code.builtinCode, 127), version
        self.model.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = len(self.model.operatorCodes) - 1, inputs, outputs
        if options is not None:
            operator.builtinOptions = options
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
        self.graph.operators.append(operator)

    def fully_connected(self, x, weights, bias, y, activation=0, version=4):
        options = schema.FullyConnectedOptionsT()
        options.fusedActivationFunction = activation
        self.operator("FULLY_CONNECTED", [x, weights] + ([] if bias is None else [bias]), [y], options, version)

    def bytes(self, inputs, outputs, signature=False):
        """With a signature, whose names are those of the tensors, where a package wants one."""
        if signature:
            definition = schema.SignatureDefT()
            definition.signatureKey, definition.subgraphIndex = b"serving_default", 0
            definition.inputs, definition.outputs = ([self.entry(t) for t in tensors] for tensors in (inputs, outputs))
            self.model.signatureDefs = [definition]
        self.graph.inputs, self.graph.outputs, self.model.subgraphs = inputs, outputs, [self.graph]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())


def run(content, inputs, resolver):
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=RESOLVERS[resolver], num_threads=1)
    interpreter.allocate_tensors()
    for details, value in zip(interpreter.get_input_details(), inputs):
        interpreter.set_tensor(details["index"], value)
    interpreter.invoke()
    return [interpreter.get_tensor(details["index"]) for details in interpreter.get_output_details()]


def quantized_by_package(w, recipe, path):
    """A layer quantized by ai-edge-quantizer into a file: the number of its weights, the model, and what gives bytes of a buffer."""
    model = Model()
    x, y = model.tensor([4, w.shape[1]], "float32"), model.tensor([4, len(w)], "float32")
    tensor = model.tensor(w.shape, "float32", data=w)
    model.fully_connected(x, tensor, None, y, version=1)
    pathlib.Path(path).write_bytes(model.bytes([x], [y]))
    quantizer = ai_edge_quantizer.quantizer.Quantizer(str(path))
    quantizer.load_quantization_recipe(getattr(ai_edge_quantizer.recipe, recipe)())
    with contextlib.redirect_stdout(io.StringIO()):
        content = bytes(quantizer.quantize().quantized_model)
    pathlib.Path(path).write_bytes(content)
    parsed = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))

    def data_of(tensor, dtype):
        buffer = parsed.buffers[tensor.buffer]
        # The package puts large constants behind the FlatBuffer.
        data = bytes(buffer.data) if buffer.offset <= 1 else content[buffer.offset:buffer.offset + buffer.size]
        return numpy.frombuffer(data, dtype)

    return tensor, parsed.subgraphs[0].tensors, data_of


def weights_of_package(w, recipe, path):
    """The number of the tensor, its bytes and its scales."""
    tensor, tensors, data_of = quantized_by_package(w, recipe, path)
    return tensor, data_of(tensors[tensor], numpy.uint8), numpy.asarray(tensors[tensor].quantization.scale, numpy.float32)


def blocks_of_package(w, recipe, path):
    """The same of weights in blocks: their scales are a tensor."""
    tensor, tensors, data_of = quantized_by_package(w, recipe, path)
    details = tensors[tensor].quantization.details
    return tensor, data_of(tensors[tensor], numpy.uint8), data_of(tensors[details.scales], numpy.float16)


def flat(codes, bits):
    """Codes of 2 or 4 bits, row after row without a gap, the first lowest."""
    if bits >= 8:
        return codes
    each = 8 // bits
    fields = (codes.reshape(-1).astype(numpy.int64) & (2 ** bits - 1)).astype(numpy.uint8)
    fields = numpy.append(fields, numpy.zeros(-fields.size % each, numpy.uint8)).reshape(-1, each)
    return (fields << (bits * numpy.arange(each)).astype(numpy.uint8)).sum(axis=1).astype(numpy.uint8)
