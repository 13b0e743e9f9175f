# SPDX-License-Identifier: MIT
"""Records what TVM computes for small matrices, and MLC's formula in NumPy's fp16: tests/format/tvm/golden.txt.

usage: python tests/format/tvm/make_golden.py           writes the file
       python tests/format/tvm/make_golden.py --check   compares with it

Lines, numbers in hexadecimal and little-endian:
  int8|uint8 rows cols x scale zero_point codes reals   relax.quantize and relax.dequantize, axis 0; zero points and codes int32
  multiply multiplier shift sums products               topi.fixed_point_multiply
  q4f16_1|q3f16_1 rows cols x words scales reals        MLC: words uint32, the other fields floats
"""
import pathlib
import sys

import numpy
import tvm
from tvm import relax, te, topi

F = numpy.float32
LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}
GROUPS = {"q4f16_1": (4, 32), "q3f16_1": (3, 40)}  # bits, weights of a group


def operator(call, shapes_and_types):
    """A function of NumPy arrays that runs one operator of relax."""
    builder = relax.BlockBuilder()
    names = [relax.Var(f"v{i}", relax.TensorType(shape, kind)) for i, (shape, kind) in enumerate(shapes_and_types)]
    with builder.function("main", names):
        builder.emit_func_output(builder.emit(call(*names)))
    machine = relax.VirtualMachine(tvm.compile(relax.transform.LegalizeOps()(builder.get()), target="llvm"), tvm.cpu())
    return lambda *values: machine["main"](*[tvm.runtime.tensor(v) for v in values]).numpy()


def quantizers(kind, shape, axis, count):
    """relax.quantize and relax.dequantize to and from a type, with `count` scales."""
    parameters = [((count,), "float32"), ((count,), kind)]
    return (operator(lambda x, s, z: relax.op.quantize(x, s, z, axis, kind), [(shape, "float32"), *parameters]),
            operator(lambda x, s, z: relax.op.dequantize(x, s, z, axis, "float32"), [(shape, kind), *parameters]))


def products(sums, multiplier, shift):
    """topi.fixed_point_multiply"""
    placeholder = te.placeholder(sums.shape, "int32", name="A")
    module = tvm.compile(te.create_prim_func([placeholder, topi.fixed_point_multiply(placeholder, multiplier, shift)]), target="llvm")
    result = tvm.runtime.tensor(numpy.zeros_like(sums))
    module(tvm.runtime.tensor(sums), result)
    return result.numpy()


def group_quantized(name, w):
    """MLC's formula: the words [n, words], scales [n, groups] and real numbers of fp16 weights."""
    bits, group = GROUPS[name]
    each, largest = 32 // bits, 2 ** (bits - 1) - 1
    padded = numpy.zeros((w.shape[0], -(-w.shape[1] // group) * group), numpy.float16)
    padded[:, :w.shape[1]] = w
    scale = numpy.abs(padded.reshape(w.shape[0], -1, group)).max(2) / numpy.float16(largest)
    spread = numpy.repeat(scale, group, 1)
    codes = numpy.clip(numpy.rint(padded / spread + numpy.float16(largest)), 0, 2 * largest).astype(numpy.uint32)
    codes[:, w.shape[1]:] = 0
    words = (codes.reshape(w.shape[0], -1, each) << (bits * numpy.arange(each, dtype=numpy.uint32))).sum(2).astype("<u4")
    reals = (codes.astype(F) - F(largest)) * spread.astype(F)
    return words, scale, reals[:, :w.shape[1]]


def fields(*arrays):
    return " ".join(numpy.ascontiguousarray(a).astype(numpy.asarray(a).dtype.newbyteorder("<")).tobytes().hex() for a in arrays)


def text():
    random = numpy.random.default_rng(5)
    lines = [f"# apache-tvm {tvm.__version__}, by make_golden.py"]
    for kind in ("int8", "uint8"):
        low, high = LIMITS[kind]
        shape = (3, 24)
        s = numpy.array([0.1, 1.0, 0.00214854861], F)
        z = numpy.array([low, (low + high) // 2, high - 9])
        x = ((random.integers(low - 20, high + 20, shape) + 0.5) * s[:, None]).astype(F)
        x[:, ::3] = (random.normal(size=(3, 8)) * 60 * s[:, None]).astype(F)
        x[2, 0] = F(0.273939937)
        quantize, dequantize = quantizers(kind, shape, 0, 3)
        codes = quantize(x, s, z.astype(kind))
        lines.append(f"{kind} 3 24 " + fields(x, s, z.astype(numpy.int32), codes.astype(numpy.int32),
                                              dequantize(codes, s, z.astype(kind))))
    for multiplier, shift in ((1288490189, -1), (1999999999, -7), (1500000000, 2), ((1 << 30) + 1, 1)):
        sums = numpy.concatenate([numpy.arange(-20, 21), random.integers(-2 ** 28, 2 ** 28, 20)]).astype(numpy.int32)
        lines.append(f"multiply {multiplier} {shift} " + fields(sums, products(sums, multiplier, shift)))
    for name in GROUPS:
        w = (random.normal(size=(3, 83))).astype(numpy.float16)
        w[1] = random.integers(-6, 7, 83) * 0.5
        lines.append(f"{name} 3 83 " + fields(w.astype(F), *(a if a.dtype == "<u4" else a.astype(F) for a in group_quantized(name, w))))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("golden.txt")
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if path.read_text() == text() else "golden.txt is not what the package computes")
    path.write_text(text())
