# SPDX-License-Identifier: MIT
"""Writes the seeds of the .onnx fuzz target: small models, one for each thing that the reader knows.

usage: make_onnx_corpus.py <folder>
"""
import struct

import corpus

FLOAT, UINT8, INT8, INT32, INT64, FLOAT16, UINT4, INT4, UINT2 = 1, 2, 3, 6, 7, 10, 21, 22, 25


def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def field(number, value):
    """An integer is a varint, a float four bytes, all else bytes with a length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def tensor(name, kind, dims, raw=None, **numbers):
    """numbers: field5=[...] packed, of int32_data and its like; field4 of floats."""
    out = field(1, b"".join(map(varint, dims))) + field(2, kind) + field(8, name)
    for key, values in numbers.items():
        number = int(key[5:])
        out += field(number, struct.pack(f"<{len(values)}f", *values) if number == 4 else b"".join(map(varint, values)))
    return out if raw is None else out + field(9, bytes(raw))


def floats(name, dims, *values):
    return tensor(name, FLOAT, dims, struct.pack(f"<{len(values)}f", *values))


def node(operation, inputs, output, domain="", **attributes):
    out = b"".join(field(1, name) for name in inputs) + field(2, output) + field(3, operation) + field(4, operation)
    for name, value in attributes.items():
        number, kind = (2, 1) if isinstance(value, float) else (3, 2)
        out += field(5, field(1, name) + field(number, value) + field(20, kind))
    return out + field(7, domain) if domain else out


def model(nodes, tensors):
    graph = b"".join(field(1, each) for each in nodes) + field(2, "g") + b"".join(field(5, each) for each in tensors)
    graph += field(11, field(1, "x")) + field(12, field(1, "y"))
    return field(1, 10) + field(2, "p") + field(7, graph) + field(8, field(2, 21)) + field(8, field(1, "com.microsoft") + field(2, 1))


MICROSOFT = "com.microsoft"
quantized = node("DequantizeLinear", ["w", "s", "z"], "real", axis=1)
external = tensor("w", INT8, [2, 2]) + field(13, field(1, "location") + field(2, "data")) + field(13, field(1, "offset") + field(2, "4")) + field(14, 1)
nbits = dict(K=18, N=1, block_size=16)
seeds = {
    "smallest": field(1, 1) + field(7, b"") + field(8, b""),
    "dequantized": model([quantized, node("MatMul", ["x", "real"], "y")],
                         [tensor("w", INT8, [3, 2], range(6)), floats("s", [2], 0.5, 0.25), tensor("z", INT8, [2], [1, 2])]),
    "gemm": model([node("DequantizeLinear", ["w", "s"], "real"), node("DequantizeLinear", ["b", "bs"], "bias"),
                   node("Gemm", ["x", "real", "bias"], "y", transB=1, alpha=1.0)],
                  [tensor("w", UINT8, [2, 3], field5=range(6)), floats("s", [], 0.5), tensor("b", INT32, [2], field5=[1, -1]), floats("bs", [], 0.5)]),
    "blocks": model([node("DequantizeLinear", ["w", "s"], "real", axis=0, block_size=2), node("MatMul", ["x", "real"], "y")],
                    [tensor("w", UINT8, [3, 2], range(6)), floats("s", [2, 2], 1, 2, 4, 8)]),
    "nibbles": model([node("DequantizeLinear", ["w", "s"], "real", axis=1, block_size=2), node("MatMul", ["x", "real"], "y")],
                     [tensor("w", INT4, [3, 3], field5=[0x21, 0x43, 0x65, 0x87, 0x09]), tensor("s", FLOAT, [3, 2], field4=[1, 2, 3, 4, 5, 6])]),
    "two_bits": model([node("DequantizeLinear", ["w", "s"], "real"), node("MatMul", ["x", "real"], "y")],
                      [tensor("w", UINT2, [3, 3], [0x1b, 0xe4, 2]), floats("s", [], 0.5)]),
    "integers": model([node("MatMulInteger", ["x", "w", "xz", "z"], "sums"), node("Cast", ["sums"], "f", to=1), node("Mul", ["xs", "s"], "factor"),
                       node("Mul", ["f", "factor"], "y")],
                      [tensor("w", INT8, [2, 2], range(4)), tensor("z", INT8, [], [0]), floats("s", [], 0.5)]),
    "qlinear": model([node("QLinearMatMul", ["x", "xs", "xz", "w", "s", "z", "ys", "yz"], "y")],
                     [floats("xs", [], 1), tensor("xz", UINT8, [], [1]), tensor("w", INT8, [2, 2], range(4)), floats("s", [2], 1, 2),
                      tensor("z", INT8, [2], [0, 0]), floats("ys", [], 1), tensor("yz", UINT8, [], [1])]),
    "qgemm": model([node("QGemm", ["x", "xs", "xz", "w", "s", "z", "c", "ys", "yz"], "y", MICROSOFT, transB=1)],
                   [floats("xs", [], 1), tensor("w", INT8, [2, 2], range(4)), floats("s", [], 1), tensor("z", INT8, [], [0]),
                    tensor("c", INT32, [2], bytes(8))]),
    "dynamic": model([node("DynamicQuantizeMatMul", ["x", "w", "s", "z"], "y", MICROSOFT)],
                     [tensor("w", INT8, [2, 2], range(4)), floats("s", [], 1), tensor("z", INT8, [], [0])]),
    "nbits": model([node("MatMulNBits", ["x", "b", "s"], "y", MICROSOFT, bits=4, **nbits)],
                   [tensor("b", UINT8, [1, 2, 8], range(16)), floats("s", [2], 1, -2)]),
    "nbits_two": model([node("MatMulNBits", ["x", "b", "s", "z"], "y", MICROSOFT, bits=2, **nbits)],
                       [tensor("b", UINT8, [1, 2, 4], range(8)), floats("s", [2], 1, 2), tensor("z", UINT8, [1], [0x1b])]),
    "nbits_floats": model([node("MatMulNBits", ["x", "b", "s", "z"], "y", MICROSOFT, **nbits)],
                          [tensor("b", UINT8, [1, 2, 8], range(16)), floats("s", [2], 1, 2), floats("z", [2], 7.5, 8)]),
    "bnb4": model([node("MatMulBnb4", ["x", "b", "s"], "y", MICROSOFT, K=3, N=6, block_size=16, quant_type=1)],
                  [tensor("b", UINT8, [9], range(9)), floats("s", [2], 1, 2)]),
    "floats": model([node("MatMul", ["x", "w"], "y")], [floats("w", [1, 2], 1, 2), tensor("h", FLOAT16, [1], field5=[15360]), tensor("i", INT64, [1], field7=[-1])]),
    "constant": model([node("Constant", [], "w") + field(5, field(1, "value") + field(5, tensor("", INT8, [1, 1], [5])) + field(20, 4)),
                       node("MatMulInteger", ["x", "w"], "y")], []),
    "external": model([node("MatMulInteger", ["x", "w"], "y")], [external]),
    "cut": model([node("MatMul", ["x", "w"], "y")], [floats("w", [1, 2], 1, 2)])[:-5],
}
corpus.write(seeds)
