# SPDX-License-Identifier: MIT
"""GPTQ beside the package's own, on the same matrices and Hessians: the error of outputs is not larger, and time is shorter."""
import os
import pathlib
import sys
import time
import types

os.environ["TORCHDYNAMO_DISABLE"] = "1"

# The folder of this file holds a torch.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import torch  # noqa: E402

sys.path.append(here)
import alone  # noqa: E402
from suite import Suite  # noqa: E402

F = numpy.float32
suite = Suite("ptq", f"auto-gptq {alone.version('auto_gptq')}")
random = numpy.random.default_rng(1)
torch.set_num_threads(1)
torch.cuda.synchronize = lambda: None  # there is no GPU

# gptq.py wants transformers for the type of a layer alone.
conv1d = type("Conv1D", (), {})
transformers = types.ModuleType("transformers")
transformers.Conv1D = conv1d
transformers.pytorch_utils = types.SimpleNamespace(Conv1D=conv1d)
sys.modules["transformers"] = transformers
GPTQ = alone.module("auto_gptq.quantization.gptq", ("auto_gptq", "auto_gptq.quantization")).GPTQ


def inputs(tokens, columns):
    """Neighbouring columns correlate by 0.9; four channels are 30 times as large."""
    x = random.normal(size=(tokens, columns))
    for j in range(1, columns):
        x[:, j] = 0.9 * x[:, j - 1] + numpy.sqrt(0.19) * x[:, j]
    x[:, columns // 8::columns // 4] *= 30
    return x.astype(F)


def hessian(x):
    return x.astype(numpy.float64).T @ x.astype(numpy.float64) * (2 / len(x))


def ours(w, h, bits, group, order, static, clear=False):
    codes, real = numpy.empty(w.shape, numpy.uint8), numpy.empty(w.shape, F)
    begin = time.process_time()
    suite.run(f"gptq {bits} {group}", [w, h, codes, real], [*w.shape, 0.01, order, static, clear])
    return real, time.process_time() - begin


def theirs(w, h, bits, group, order, static):
    layer = torch.nn.Linear(w.shape[1], w.shape[0], bias=False)
    layer.weight.data = torch.from_numpy(w.copy())
    method = GPTQ(layer)
    method.quantizer.configure(bits, perchannel=True, sym=False, mse=False)
    method.H, method.nsamples = torch.from_numpy(h.astype(F)), 1
    begin = time.process_time()
    with torch.no_grad():
        method.fasterquant(percdamp=0.01, group_size=group, actorder=order, static_groups=static)
    return layer.weight.data.numpy(), time.process_time() - begin


def error(real, w, h):
    e = real.astype(numpy.float64) - w
    return float(numpy.einsum("ij,jk,ik->", e, h, e, optimize=True))


# Both add the same products in another order, so that single codes differ by chance, in both directions.
for bits, group in ((3, -1), (3, 128), (4, -1), (4, 128), (4, 32)):
    for order in (False, True):
        for tokens in (2000, 100) if group != 32 or order else ():
            w = random.normal(size=(64, 256)).astype(F) * F(0.02)
            h, held_out = hessian(inputs(tokens, 256)), hessian(inputs(1000, 256))
            static = order and group != -1
            mine, _ = ours(w, h, bits, group, order, static)
            other, _ = theirs(w, h, bits, group, order, static)
            case = f"{bits} bits, group {group}, activation order {order}, {tokens} tokens"
            errors = [error(mine, w, of) / error(other, w, of) for of in (h, held_out)]
            suite.true("GPTQ: the error of outputs is at most that of the package, within 0.5 %", errors[0] <= 1.005, f"{case}: {errors}")
            suite.true("GPTQ: the same on held-out inputs, within 2 %", errors[1] <= 1.02, f"{case}: {errors}")
            same = float((numpy.abs(mine - other) <= 1e-6 * numpy.abs(other).max()).mean())
            suite.true("GPTQ: nine of ten weights are the package's", same >= 0.9, f"{case}: {same}")
for tokens in (2000, 100):
    ratios = []
    for _ in range(24):
        w = random.normal(size=(64, 256)).astype(F) * F(0.02)
        h = hessian(inputs(tokens, 256))
        ratios.append(error(ours(w, h, 4, 32, False, False)[0], w, h) / error(theirs(w, h, 4, 32, False, False)[0], w, h))
    suite.true("GPTQ, groups of 32 in natural order: the error of outputs, mean of 24 matrices within 2 %", numpy.mean(ratios) <= 1.02,
               f"{tokens} tokens: {numpy.mean(ratios)}")
suite.note("In natural order, groups that are smaller than a block of 128 columns: the package chooses their parameters from weights that "
           "the errors of the same block have not reached yet, Halftone from weights that all errors before the group have. Errors of "
           "outputs then differ by a few percent in both directions; their mean is the same.")

w = random.normal(size=(64, 256)).astype(F) * F(0.02)
x = inputs(1000, 256)
x[:, [3, 77]] = 0
h = hessian(x)
mine, _ = ours(w, h, 4, 128, False, False, True)
other, _ = theirs(w, h, 4, 128, False, False)
suite.true("GPTQ: columns that nobody saw become zero", not mine[:, [3, 77]].any() and not other[:, [3, 77]].any())
suite.true("GPTQ: columns that nobody saw, the error of outputs", error(mine, w, h) <= 1.01 * error(other, w, h),
           f"{error(mine, w, h) / error(other, w, h)}")

w = random.normal(size=(1024, 1024)).astype(F) * F(0.02)
h = hessian(inputs(2000, 1024))
for order in (False, True):
    runs = [(ours(w, h, 4, 128, order, order), theirs(w, h, 4, 128, order, order)) for _ in range(3)]
    (mine, _), (other, _) = runs[0]
    mine_seconds, other_seconds = (min(run[side][1] for run in runs) for side in (0, 1))
    print(f"1024 x 1024, activation order {order}: {mine_seconds:.2f} s beside {other_seconds:.2f} s, "
          f"error {error(mine, w, h) / error(other, w, h):.4f} of the package's")
    suite.true("GPTQ of 1024 x 1024, one thread: not slower than the package", other_seconds >= mine_seconds,
               f"{mine_seconds} s beside {other_seconds} s")
suite.finish()
