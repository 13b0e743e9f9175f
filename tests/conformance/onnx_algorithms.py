# SPDX-License-Identifier: MIT
"""The weight algorithms RTN and k_quant of MatMulNBitsQuantizer: its functions, and whole models that it makes."""
import contextlib
import io
import pathlib
import tempfile

import numpy
import onnx
from onnxruntime.quantization import matmul_nbits_quantizer as quantizer
from onnxruntime.quantization.neural_compressor import weight_only

import onnx_read
from onnx_matmul import weights

F = numpy.float32
SIZES = ((4, 16), (4, 32), (4, 256), (8, 32), (8, 128))


def more_weights(random, k, n):
    """Those of the block quantizers, and ranges away from zero, equal weights, few values."""
    cases = weights(random, k, n)
    cases["shifted"] = (random.normal(size=(k, n)) * 0.1 + random.normal(size=n) * 3).astype(F)
    cases["equal"] = numpy.full((k, n), random.choice([-7.5, -0.5, 0.0, 0.25, 2.5, 20.0]), F)
    cases["two values"] = random.choice([-1.5, 0.75], (k, n)).astype(F)
    cases["steps"] = (random.integers(0, 16, (k, n)) - random.integers(0, 16)).astype(F)
    return cases


def by_package(w, bits, block, algorithm):
    """Codes [n, k], scales and zero points of w [k, n]."""
    k, n = w.shape
    blocks = -(-k // block)
    padded = weight_only.pad_tensor(w, block, blocks)
    with numpy.errstate(all="ignore"):
        if algorithm == "k_quant asym":
            q, scale, zero = weight_only.quant_tensor_k_quant_cpu(padded.T, bits, block)
        else:
            q, scale, zero = weight_only.quant_tensor(padded.T, bits, block, algorithm[4:], "uint", 1)
    codes = q.astype(numpy.int32).reshape(n, -1)[:, :k]
    zero = zero.astype(numpy.int32).reshape(-1)
    if algorithm == "rtn sym":
        return codes - (1 << (bits - 1)), scale.astype(F).reshape(-1), numpy.zeros_like(zero)
    return codes, scale.astype(F).reshape(-1), zero


def check_functions(suite, random):
    for bits, block in SIZES:
        for algorithm in ("rtn sym", "rtn asym", "k_quant asym"):
            for k, n in ((block, 1), (block, 3), (2 * block, 5), (3 * block, 4), (2 * block + 7, 6), (5, 3), (512, 16)):
                for kind, w in more_weights(random, k, n).items():
                    if kind == "large" and algorithm != "rtn sym":
                        w = (w * F(1e-2)).astype(F)  # sums of squares stay infinite, ranges are finite
                    codes, scales, zeros = by_package(w, bits, block, algorithm)
                    ours = suite.run(f"{algorithm} {bits} {block}", [numpy.ascontiguousarray(w.T), numpy.empty((n, k), numpy.int32),
                                                                     numpy.empty(scales.shape, F), numpy.empty(zeros.shape, numpy.int32)], [n, k])[1:]
                    for part, a, b in zip(("codes", "scales", "zero points"), ours, (codes, scales, zeros)):
                        suite.equal(f"{algorithm}, {bits} bits, blocks of {block}: {part}", a, numpy.ascontiguousarray(b), f"{kind} {[k, n]}")


def check_models(suite):
    network = onnx_read.minilm()
    names = [f"encoder.layer.0.{part}" for part in ("attention.self.query", "attention.output.dense", "intermediate.dense", "output.dense")]
    with tempfile.TemporaryDirectory() as made:
        path = pathlib.Path(made) / "model.onnx"
        for kind, config in (("rtn sym", quantizer.RTNWeightOnlyQuantConfig()), ("rtn asym", quantizer.RTNWeightOnlyQuantConfig()),
                             ("k_quant asym", quantizer.KQuantWeightOnlyQuantConfig())):
            exclude = [node.name for node in network.model.graph.node if node.name not in names]
            source = onnx.ModelProto()
            source.CopyFrom(network.model)
            made_by = quantizer.MatMulNBitsQuantizer(source, block_size=32, is_symmetric=kind == "rtn sym", algo_config=config, nodes_to_exclude=exclude)
            with contextlib.redirect_stdout(io.StringIO()):
                made_by.process()
            onnx.save(made_by.model.model, path)
            found = [node for node in made_by.model.model.graph.node if node.op_type == "MatMulNBits"]
            rule = f"MiniLM by MatMulNBitsQuantizer, {kind}"
            for node in found:
                name = next(n for n in names if node.name.startswith(n + "_"))
                onnx_read.check_weights(suite, rule, path, onnx.load(path), node, network.weights[name], kind)
            suite.true(f"{rule}: layers found", len(found) == len(names), f"{len(found)}")


def check(suite, random):
    check_functions(suite, random)
    check_models(suite)
    suite.note("MatMulNBitsQuantizer with RTN or k_quant of 4 bits with zero points ends with a ValueError where a row has an odd number of "
               "blocks, and does not import the operators of com.microsoft that its models use. Halftone makes and reads both.")
