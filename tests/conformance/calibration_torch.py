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
os.environ["ATEN_CPU_CAPABILITY"] = "avx2"  # sums and ranges of float are added in the order of these registers
import numpy  # noqa: E402
import torch  # noqa: E402
import modelopt  # noqa: E402
from modelopt.torch.quantization import calib, tensor_quant  # noqa: E402
from modelopt.torch.quantization.calib import histogram  # noqa: E402
from torch.ao.quantization import observer  # noqa: E402

sys.path[:0] = [here, str(pathlib.Path(here).parent / "calibration")]
import make_golden  # noqa: E402
from calibration_streams import F, observe, streams  # noqa: E402
from suite import Suite  # noqa: E402

suite = Suite("calibration_torch", f"PyTorch {torch.__version__}, ModelOpt {modelopt.__version__}")
random = numpy.random.default_rng(1)
torch.set_num_threads(1)  # long ranges are split over threads, which rounds them elsewhere
# ModelOpt's search gives the number of bits as the bias, which is the parameter before it, and so quantizes values less 8 to 0 bits.
histogram.fake_tensor_quant = lambda x, amax, bits, unsigned: tensor_quant._tensor_quant(x, amax, bits, unsigned)


def positive(a):
    """Zeros without a sign, which the library's ranges have."""
    return numpy.asarray(a, F) + F(0)


def within_float(batches):
    """A product of 2048 and a width is a float, which histc counts wrong beyond (all in the first bin)."""
    return [numpy.clip(b, F(-1e34), F(1e34)) for b in batches]


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

# PyTorch's histograms.
for kind, batches in streams(random).items():
    batches = within_float(batches)
    for bins, dtype, scheme in ((2048, torch.quint8, torch.per_tensor_affine), (2048, torch.qint8, torch.per_tensor_symmetric),
                                (300, torch.quint8, torch.per_tensor_affine)):
        theirs = watched(observer.HistogramObserver(bins=bins, dtype=dtype, qscheme=scheme), batches)
        case = f"{kind}, {bins} bins"
        x = numpy.concatenate([b.reshape(-1) for b in batches])
        counts = suite.run("torch histogram counts", [x, numpy.array([len(b) for b in batches], numpy.int64), numpy.empty(bins, F)],
                           [batches[0].shape[1], len(batches), bins])[2]
        suite.equal("HistogramObserver: counts", counts, theirs.histogram.numpy(), case)
        low, high = theirs._non_linear_param_search()
        ours = observe(suite, "torch histogram", batches, options=[bins, 8])
        suite.equal("HistogramObserver: ranges", ours, positive([[low, high]]), case)

# ModelOpt's histograms.
for kind, batches in streams(random).items():
    batches = within_float(batches)
    for bins in (2048, 500):
        theirs = calib.HistogramCalibrator(num_bins=bins)
        if kind in ("zeros", "zeros first"):
            continue  # ModelOpt divides by the width of bins, which is 0
        for b in batches:
            theirs.collect(torch.from_numpy(b))
        case = f"{kind}, {bins} bins"
        x = numpy.concatenate([b.reshape(-1) for b in batches])
        ours = suite.run("magnitudes", [x, numpy.array([len(b) for b in batches], numpy.int64), numpy.empty(1 << 20, F), numpy.empty(1 << 20),
                                        numpy.empty(2)], [batches[0].shape[1], len(batches), bins])
        edges, counts = ours[2][:int(ours[4][0])], ours[3][:int(ours[4][1])]
        suite.equal("ModelOpt HistogramCalibrator: edges", edges, theirs._calib_bin_edges.numpy(), case)
        suite.equal("ModelOpt HistogramCalibrator: counts", counts.astype(F), theirs._calib_hist.numpy(), case)
        # ModelOpt's loops over bins are in Python: few candidates.
        stride = max(len(counts) // 12, 1)
        for bits, unsigned in ((8, False),) if bins == 2048 else ((8, False), (8, True), (4, False)):
            for method, name, options in (("entropy", "entropy", {"stride": stride}), ("mse", "least squares", {"stride": stride}),
                                          ("percentile", "percentile of magnitudes", None)):
                if method == "percentile":
                    for percent in (0, 50, 90, 99, 99.9, 99.99, 100):
                        amax = theirs.compute_amax(method, percentile=percent).numpy()
                        ours = observe(suite, name, batches, options=[bins, percent])
                        suite.equal(f"ModelOpt {method}", ours, positive([[-amax, amax]]), f"{case}, {percent}")
                    continue
                theirs._num_bits, theirs._unsigned = bits, unsigned
                amax = theirs.compute_amax(method, **options).numpy()
                ours = observe(suite, name, batches, options=[bins, bits, unsigned, stride])
                suite.equal(f"ModelOpt {method}", ours, positive([[-amax, amax]]), f"{case}, {bits} bits, {unsigned}")

suite.true("tests/calibration/golden_torch.txt is what the packages compute",
           make_golden.path_of("torch").read_text() == make_golden.text("torch"))
suite.note("ModelOpt's search for the least squared error of a histogram (`compute_amax(\"mse\")`) passes the number of bits where its "
           "function expects a bias; the library does, and is compared with, what the search says it does.")
suite.note("torch.histc counts values wrong where the width times the number of bins is no float; the library counts them right.")
suite.finish()
