# SPDX-License-Identifier: MIT
"""What is compared with what: kernels of problem.hpp by name, shapes (m rows of activations, n channels, depth k), peers.

Peers: "ort ..." and "torch ..." are other libraries (see onnx_models.py and peers.py), "halftone NAME" another kernel of
Halftone on as many threads, "halftone, one thread" the same kernel on one; None compares with roofs only.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Case:
    kernel: str
    m: int
    n: int
    k: int
    peer: str | None = None
    threads: int = 1
    copies: int = 1  # different matrices, one after the other


SQUARE = (4096, 4096)
MANY_ROWS = [(128, *SQUARE), (16, *SQUARE), (4, *SQUARE), (1024, 1024, 1024), (384, 384, 1536)]
TWO = "halftone, one thread"


def many_rows():
    for shape in MANY_ROWS:
        yield Case("int8_per_channel.codes", *shape, "ort MatMulInteger s8s8")
        yield Case("int8_per_channel.codes", *shape, "ort MatMulInteger u8s8")
        yield Case("int8_per_channel", *shape, "ort DynamicQuantizeMatMul")
    yield Case("int8_per_channel", *MANY_ROWS[0], "torch int8 dynamic linear")
    for shape in MANY_ROWS:
        yield Case("int4_g32", *shape, "ort MatMulNBits b32")
        yield Case("int4_g128", *shape, "ort MatMulNBits b128")
    for shape in (MANY_ROWS[0], MANY_ROWS[3]):
        yield Case("int4_g32.floats", *shape, "ort MatMul f32")
    for m in (128, 16):
        for kernel in ("int2_g64", "int3_g64"):
            yield Case(kernel, m, *SQUARE, "halftone int4_g128")
        for kernel in ("uint4_g32", "offset4_g32"):
            yield Case(kernel, m, *SQUARE, "halftone int4_g32")
    yield Case("custom5_g24", 128, *SQUARE, "halftone int4_g32")
    for m in (128, 16):
        for kernel in ("mxfp4", "iq4_nl", "q4_k"):
            yield Case(kernel, m, *SQUARE, "halftone int4_g32")
        for kernel in ("nvfp4", "q6_k"):
            yield Case(kernel, m, *SQUARE, "halftone int4_g16")


def one_row():
    for n in (4096, 32768):  # in the cache, and beyond it
        yield Case("int8_per_channel", 1, n, 4096, "ort DynamicQuantizeMatMul")
        yield Case("int4_g32", 1, n, 4096, "ort MatMulNBits b32")
    for n in (4096, 65536):
        yield Case("int2_g64", 1, n, 4096)
    for n in (576, 1536):
        yield Case("int4_g32", 1, n, 576, "ort MatMulNBits b32", copies=8)
    for kernel in ("uint4_g32", "offset4_g32", "custom5_g24", "mxfp4", "iq4_nl", "q4_k"):
        yield Case(kernel, 1, *SQUARE, "halftone int4_g32")
    for kernel in ("nvfp4", "q6_k"):
        yield Case(kernel, 1, *SQUARE, "halftone int4_g16")


def two_threads():
    for m in (128, 16, 1):
        for kernel, peer in (("int8_per_channel", "ort DynamicQuantizeMatMul"), ("int4_g32", "ort MatMulNBits b32")):
            yield Case(kernel, m, *SQUARE, TWO, threads=2)
            yield Case(kernel, m, *SQUARE, peer, threads=2)
    yield Case("int8_per_channel.codes", 128, *SQUARE, "ort MatMulInteger s8s8", threads=2)


def conversions():
    for side in (4096, 256):  # 64 MiB and 256 KiB of floats
        yield Case("quantize.int8_static", side, 1, side, "ort QuantizeLinear int8_per_tensor")
        yield Case("quantize.int8_static", side, 1, side, "torch quantize_per_tensor")
        for scheme in ("int8_per_tensor", "int8_per_channel", "int8_g32", "int4_per_tensor", "int4_per_channel", "int4_g32"):
            yield Case("quantize." + scheme, side, 1, side, "ort QuantizeLinear " + scheme)
            yield Case("dequantize." + scheme, side, 1, side, "ort DequantizeLinear " + scheme)


def formats():
    for name in ("q4_0", "q4_1", "q5_0", "q5_1", "q8_0", "q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "q8_k", "iq4_nl", "iq4_xs",
                 "mxfp4", "nvfp4", "tq2_0", "q1_0", "q2_0"):
        yield Case("decode." + name, 4096, 1, 4096)


CASES = [*many_rows(), *one_row(), *two_threads(), *conversions(), *formats()]
