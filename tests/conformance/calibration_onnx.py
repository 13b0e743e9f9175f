# SPDX-License-Identifier: MIT
"""Calibrators of onnxruntime's quantization tool."""
import contextlib
import io
import pathlib
import sys
import warnings

# The folder of this file holds an onnx.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
warnings.filterwarnings("ignore")
import numpy  # noqa: E402
import onnxruntime  # noqa: E402
from onnxruntime.quantization import calibrate  # noqa: E402

sys.path[:0] = [here, str(pathlib.Path(here).parent / "calibration")]
import make_golden  # noqa: E402
from calibration_streams import F, observe, streams  # noqa: E402
from suite import Suite  # noqa: E402

suite = Suite("calibration_onnx", f"onnxruntime {onnxruntime.__version__}")
random = numpy.random.default_rng(1)


def collected(method, batches, bins, levels=128, percent=99.999):
    collector = calibrate.HistogramCollector(method, False, bins, levels, percent, "same")
    with contextlib.redirect_stdout(io.StringIO()):
        for b in batches:
            collector.collect({"x": b})
        return collector.histogram_dict["x"], collector.compute_collection_result()["x"]


def positive(low, high):
    return numpy.array([[low, high]], F) + F(0)


for kind, batches in streams(random).items():
    for bins in (128, 512, 2048):
        case = f"{kind}, {bins} bins"
        try:
            (counts, edges, *_), _ = collected("percentile", batches, bins)
        except ValueError:
            continue  # NumPy has no bins of such a width
        x = numpy.concatenate([b.reshape(-1) for b in batches])
        rows = numpy.array([len(b) for b in batches], numpy.int64)
        ours = suite.run("histogram", [x, rows, numpy.empty(len(edges), F), numpy.empty(len(counts))], [batches[0].shape[1], bins])
        suite.equal("histograms: edges", ours[2], edges, case)
        suite.equal("histograms: counts", ours[3].astype(numpy.int64), counts, case)
        for percent in (0, 50, 90, 99, 99.9, 99.999, 100):
            _, (low, high, *_) = collected("percentile", batches, bins, percent=percent)
            suite.equal("percentiles", observe(suite, "percentile", batches, options=[bins, percent]), positive(low, high), f"{case}, {percent}")
        if len(counts) > 1500:
            continue  # the package's loops over bins are in Python
        for levels in (128,) if bins == 128 else (64, 256):
            try:
                _, (low, high, *_) = collected("entropy", batches, bins, levels)
            except AssertionError:
                continue  # smoothing takes more than there is
            suite.equal("entropy", observe(suite, "entropy", batches, options=[bins, levels]), positive(low, high), f"{case}, {levels} levels")

suite.true("tests/calibration/golden_onnx.txt is what the packages compute",
           make_golden.path_of("onnx").read_text() == make_golden.text("onnx"))
suite.finish()
