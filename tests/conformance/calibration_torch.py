# SPDX-License-Identifier: MIT
"""Observers of PyTorch and calibrators of ModelOpt."""
import logging
import os
import pathlib
import sys
import warnings

# The folder of this file holds files named as packages are.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
os.environ["HF_HUB_OFFLINE"] = "1"
import numpy  # noqa: E402
import torch  # noqa: E402
import modelopt  # noqa: E402
from modelopt.torch.quantization import calib  # noqa: E402
from torch.ao.quantization import observer  # noqa: E402

sys.path.append(here)
from calibration_streams import F, observe, streams  # noqa: E402
from suite import Suite  # noqa: E402

suite = Suite("calibration_torch", f"PyTorch {torch.__version__}, ModelOpt {modelopt.__version__}")
random = numpy.random.default_rng(1)


def positive(a):
    """Zeros without a sign, which the library's ranges have."""
    return numpy.asarray(a, F) + F(0)


def watched(watch, batches):
    for b in batches:
        watch(torch.from_numpy(b))
    return watch


def ends(watch):
    return positive(torch.stack([watch.min_val.reshape(-1), watch.max_val.reshape(-1)], 1).numpy())


# Ranges of the whole, and what torch makes of them.
for kind, batches in streams(random).items():
    theirs = watched(observer.MinMaxObserver(), batches)
    for split in (None, 1, 2):
        suite.equal("MinMaxObserver, one stream and shards", observe(suite, "min max", batches, split=split), ends(theirs), f"{kind} {split}")
    for constant in (0.01, 0.1, 0.5, 1.0):
        theirs = watched(observer.MovingAverageMinMaxObserver(averaging_constant=constant), batches)
        ours = observe(suite, "moving average", batches, options=[constant])
        suite.equal("MovingAverageMinMaxObserver", ours, ends(theirs), f"{kind} {constant}")
        merged = observe(suite, "moving average", batches, split=2, options=[constant])
        largest = numpy.abs(numpy.concatenate([b.reshape(-1) for b in batches])).max()
        # Each step of the average rounds a product, a difference and a sum of at most twice the largest magnitude to float.
        suite.close("MovingAverageMinMaxObserver, merged shards: within the rounding of its steps", merged, ends(theirs),
                    len(batches) * 6 * 2.0 ** -24 * largest + 2.0 ** -148, f"{kind} {constant}")
    for name, dtype, scheme in (("quint8", torch.quint8, torch.per_tensor_affine), ("qint8 symmetric", torch.qint8, torch.per_tensor_symmetric)):
        theirs = watched(observer.MinMaxObserver(dtype=dtype, qscheme=scheme), batches)
        scale, zero = (p.reshape(-1).numpy().astype(F) for p in theirs.calculate_qparams())
        ranges = observe(suite, "min max", batches)
        ours = suite.run(f"parameters {name}", [ranges, numpy.empty(1, F), numpy.empty(1, F)])
        suite.equal(f"MinMaxObserver, {name}: scales", ours[1], scale, kind)
        suite.equal(f"MinMaxObserver, {name}: zero points", ours[2], zero, kind)

# Rows and columns.
for kind, batches in streams(random).items():
    if kind == "other rows":
        continue
    for axis, what in ((0, "rows"), (1, "columns")):
        groups = batches[0].shape[axis]
        theirs = watched(observer.PerChannelMinMaxObserver(ch_axis=axis), batches)
        for split in (None, 2):
            suite.equal(f"PerChannelMinMaxObserver, {what}", observe(suite, f"min max of {what}", batches, groups, split), ends(theirs), f"{kind} {split}")
        theirs = watched(observer.MovingAveragePerChannelMinMaxObserver(ch_axis=axis, averaging_constant=0.1), batches)
        suite.equal(f"MovingAveragePerChannelMinMaxObserver, {what}", observe(suite, f"moving average of {what}", batches, groups, None, [0.1]),
                    ends(theirs), kind)

# ModelOpt: the largest magnitude.
for kind, batches in streams(random).items():
    for axis, what in ((None, ""), (0, " of rows"), (1, " of columns")):
        if axis == 0 and kind == "other rows":
            continue
        theirs = calib.MaxCalibrator(axis=axis)
        for b in batches:
            theirs.collect(torch.from_numpy(b))
        amax = theirs.compute_amax().reshape(-1).numpy()
        ours = numpy.abs(observe(suite, f"min max{what}", batches, len(amax))).max(axis=1)
        suite.equal(f"ModelOpt MaxCalibrator{what}", ours, amax, kind)

suite.finish()
