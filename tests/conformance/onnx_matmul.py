# SPDX-License-Identifier: MIT
"""MatMulNBits and the block quantizers of onnxruntime."""
import numpy
import onnxruntime.quantization.matmul_nbits_quantizer as quantizer
from onnx import helper
from onnxruntime.capi import _pybind_state as kernels

from onnx_models import MICROSOFT, has_vnni, model, run, tensor

F = numpy.float32
BLOCKS = {2: (16, 32, 128), 4: (16, 32, 64, 128, 256), 8: (16, 32, 128)}
INT8 = ((2, 32), (4, 32), (4, 128), (8, 32))
FLOAT_ZERO_POINTS = ((2, 32), (4, 16), (4, 128))
UNIT = 2.0 ** -24  # of a float's rounding


def unpacked(packed, bits):
    """Codes of the last axis, the first lowest."""
    each = 8 // bits
    codes = numpy.stack([packed >> (bits * i) & ((1 << bits) - 1) for i in range(each)], -1)
    return codes.reshape(*packed.shape[:-1], packed.shape[-1] * each)


def packed(codes, bits):
    each = 8 // bits
    padded = numpy.pad(codes, [(0, 0)] * (codes.ndim - 1) + [(0, -codes.shape[-1] % each)])
    parts = padded.reshape(*padded.shape[:-1], -1, each)
    return sum(parts[..., i].astype(numpy.uint8) << (bits * i) for i in range(each)).astype(numpy.uint8)


def nbits_of_package(w, bits, block, symmetric):
    """B, scales and zero points of weights [k, n]."""
    k, n = w.shape
    blocks = -(-k // block)
    b = numpy.zeros((n, blocks, block * bits // 8), numpy.uint8)
    scales, zeros = numpy.zeros((n, blocks), w.dtype), numpy.zeros((n, -(-blocks * bits // 8)), numpy.uint8)
    padded = numpy.pad(w, ((0, blocks * block - k), (0, 0)))
    call = {2: kernels.quantize_matmul_2bits, 4: kernels.quantize_matmul_4bits, 8: kernels.quantize_matmul_8bits}[bits]
    call(b, padded, scales, zeros, block, n, k, symmetric)
    return b, scales, zeros


def weights(random, k, n, dtype=F):
    normal = (random.normal(size=(k, n)) * 10.0 ** random.uniform(-4, 3)).astype(dtype)
    mixed = normal.copy()
    mixed[:, 0] = 0
    mixed[:, 1 % n] = normal[0, 0]
    mixed[:16, 2 % n] = 0
    mixed[:, 3 % n] = numpy.abs(mixed[:, 3 % n])
    mixed[:, 4 % n] = -numpy.abs(mixed[:, 4 % n])
    mixed += dtype(0)  # the sign of a scale of zeros is that of the zeros: see docs/onnx.md
    return {"normal": normal, "mixed": mixed, "ties": (random.integers(-16, 17, (k, n)) * 0.5).astype(dtype),
            "tied ends": random.choice([-4, -2, -1, -0.5, 0.5, 1, 2, 4], (k, n)).astype(dtype),
            "large": (random.normal(size=(k, n)) * (1e36 if dtype == F else 1e4)).astype(dtype),
            "small": (random.normal(size=(k, n)) * (1e-34 if dtype == F else 1e-2)).astype(dtype)}


def check_quantizers(suite, random, bits, block):
    for symmetric in (True, False):
        for dtype in (F, numpy.float16):
            name = f"{bits} bits, blocks of {block}" + ("" if symmetric else ", zero points")
            operation = f"nbits {name}" + (", fp16" if dtype != F else "")
            for k, n in ((block, 1), (3 * block, 5), (2 * block + 7, 6), (5, 3)):
                for kind, w in weights(random, k, n, dtype).items():
                    b, scales, zeros = nbits_of_package(w, bits, block, symmetric)
                    case = f"{kind} {[k, n]}"
                    ours = [numpy.ascontiguousarray(w.T.astype(F)), numpy.zeros_like(b), numpy.zeros(scales.shape, F), numpy.zeros_like(zeros)]
                    suite.run(operation, ours, [n, k])
                    rule = f"quantize_matmul_{bits}bits, blocks of {block}, {numpy.dtype(dtype).name}, {'symmetric' if symmetric else 'asymmetric'}"
                    # What lies beyond k is whatever the package's memory held, for 2 bits.
                    codes = [unpacked(x.reshape(n, -1), bits)[:, :k] for x in (ours[1], b)]
                    suite.equal(f"{rule}: codes", *codes, case)
                    suite.equal(f"{rule}: scales", ours[2].astype(dtype), scales, case)
                    if not symmetric:
                        suite.equal(f"{rule}: zero points", ours[3], zeros, case)


def check_tensors(suite, random, block):
    """The quantizers that make plain int4 and uint4 tensors."""
    for symmetric in (True, False):
        tail = f"4 bits, blocks of {block}" + ("" if symmetric else ", zero points")
        rule = f"blocks of {block}, {'symmetric' if symmetric else 'asymmetric'}"
        for k, n in ((block, 2), (3 * block, 5), (2 * block + 6, 6), (2 * block + 7, 6), (5, 3)):
            for kind, w in weights(random, k, n).items():
                blocks, case = -(-k // block), f"{kind} {[k, n]}"
                codes, zeros = numpy.zeros((k * n + 1) // 2, numpy.uint8), numpy.zeros((n * blocks + 1) // 2, numpy.uint8)
                scales = numpy.zeros((blocks, n), F)
                kernels.quantize_qdq_matmul_4bits(codes, w, scales, zeros, block, n, k, symmetric)
                ours = [numpy.ascontiguousarray(w.T), numpy.zeros_like(codes), numpy.zeros_like(scales), numpy.zeros_like(zeros)]
                suite.run(f"qdq {tail}", ours, [n, k, 1])
                suite.equal(f"quantize_qdq_matmul_4bits, {rule}: codes", ours[1], codes, case)
                suite.equal(f"quantize_qdq_matmul_4bits, {rule}: scales", ours[2], scales, case)
                if not symmetric:
                    suite.equal(f"quantize_qdq_matmul_4bits, {rule}: zero points", ours[3], zeros, case)
                table = numpy.ascontiguousarray(w.T)
                with numpy.errstate(all="ignore"):
                    codes, scales, zeros = quantizer.DefaultWeightOnlyQuantizer.quantize_ndarray(table, 1, block, symmetric)
                ours = [table, numpy.zeros_like(codes), numpy.zeros(scales.shape, F), numpy.zeros((scales.size + 1) // 2, numpy.uint8)]
                suite.run(f"gather {tail}", ours, [n, k, 0])
                suite.equal(f"quantize_ndarray, {rule}: codes", ours[1], codes, case)
                suite.equal(f"quantize_ndarray, {rule}: scales", ours[2], scales, case)
                if not symmetric:
                    suite.equal(f"quantize_ndarray, {rule}: zero points", ours[3], zeros, case)


def operator(b, scales, zeros, k, n, bits, block, level):
    initializers = [tensor("B", "UINT8", b.shape, b.tobytes()), tensor("S", "FLOAT", scales.shape, scales.tobytes())]
    if zeros is not None:
        initializers.append(tensor("Z", "UINT8" if zeros.dtype == numpy.uint8 else "FLOAT", zeros.shape, zeros.tobytes()))
    node = helper.make_node("MatMulNBits", ["A", "B", "S"] + ["Z"] * (zeros is not None), ["Y"], domain=MICROSOFT, K=k, N=n, bits=bits,
                            block_size=block, accuracy_level=level)
    return model([node], [("A", "FLOAT")], [("Y", "FLOAT")], initializers, opset=21, microsoft=True)


def check_products(suite, random, bits, block, zero_kind, int8=False):
    """Random codes and parameters through the operator and through gemm.

    Bound for floats: each side rounds weights (2 roundings of what code * scale and zero point * scale are made of), products and sums,
    in any order: (k + 3) units of the sum of all magnitudes, twice. For int8 activations both sides have the same codes and exact
    sums of blocks, so only blocks' factors and sums are rounded: (blocks + 4) units, twice, of the magnitudes of blocks' sums.
    """
    tail = {"none": "", "packed": ", zero points", "float": ", float zero points"}[zero_kind]
    for k, n, m in ((block, 16, 1), (2 * block + 5, 3, 2), (3 * block, 33, 5), (7, 5, 3), (300, 17, 20)):
        blocks, middle = -(-k // block), 1 << (bits - 1)
        codes = random.integers(0, 1 << bits, (n, blocks * block))
        scales = ((random.random((n, blocks)) + 0.1) * random.choice([-1, 1], (n, blocks)) * 10.0 ** random.uniform(-3, 3)).astype(F)
        zeros = {"none": None, "packed": random.integers(0, 1 << bits, (n, blocks)),
                 "float": (random.random((n, blocks)) * (1 << bits)).astype(F)}[zero_kind]
        stored = zeros if zeros is None or zero_kind == "float" else packed(zeros, bits)
        b = packed(codes, bits).reshape(n, blocks, -1)
        x = random.normal(size=(m, k)).astype(F)
        level = 4 if int8 else 1
        theirs = run(operator(b, scales, stored, k, n, bits, block, level), {"A": x})[0]
        y = numpy.empty((m, n), F)
        nothing = numpy.zeros(1, numpy.uint8)
        suite.run(f"{'int8 gemm' if int8 else 'gemm'} {bits} bits, blocks of {block}{tail}",
                  [x, b, scales, nothing if stored is None else stored, y], [m, n, k])
        zero = numpy.repeat(numpy.full((n, blocks), middle) if zeros is None else zeros, block, 1).astype(numpy.float64)
        wide = numpy.repeat(numpy.abs(scales.astype(numpy.float64)), block, 1)
        magnitudes = ((codes + zero) * wide)[:, :k]
        bound = 2 * (k + 3) * UNIT * (numpy.abs(x.astype(numpy.float64)) @ magnitudes.T)
        rule = f"MatMulNBits, {bits} bits, blocks of {block}{tail or ', no zero points'}" + (", int8 activations" if int8 else "")
        suite.close(rule, y, theirs, bound, f"{[m, n, k]}")


def check(suite, random):
    for bits, blocks in BLOCKS.items():
        for block in blocks:
            check_quantizers(suite, random, bits, block)
            for zero_kind in ("none", "packed"):
                check_products(suite, random, bits, block, zero_kind)
    for block in BLOCKS[4]:
        check_tensors(suite, random, block)
    for bits, block in FLOAT_ZERO_POINTS:
        check_products(suite, random, bits, block, "float")
    for bits, block in INT8:
        for zero_kind in ("none", "packed"):
            if bits == 8 and not has_vnni():
                suite.skip("MatMulNBits, 8 bits, int8 activations", "this machine has no VNNI")
            else:
                check_products(suite, random, bits, block, zero_kind, int8=True)
