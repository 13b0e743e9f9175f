# SPDX-License-Identifier: MIT
"""Records the ranges that packages find: tests/calibration/golden_torch.txt (PyTorch, ModelOpt) and golden_onnx.txt (onnxruntime).

usage: python tests/calibration/make_golden.py torch|onnx           writes the file
       python tests/calibration/make_golden.py torch|onnx --check   compares with it

A line is a stream of three batches [6, 20]: the observer, its numbers joined by commas, and in hexadecimal, little-endian, the values
and the two ends.
"""
import contextlib
import io
import os
import pathlib
import sys

import numpy

os.environ["ATEN_CPU_CAPABILITY"] = "avx2"
F = numpy.float32


def streams():
    random = numpy.random.default_rng(5)
    shape = (3, 6, 20)
    yield random.normal(size=shape).astype(F)
    yield (random.gamma(0.5, size=shape) * numpy.array([1, 3, 2]).reshape(3, 1, 1)).astype(F)
    yield (random.normal(size=shape) * numpy.where(random.uniform(size=shape) < 0.02, 12, 1) - 1).astype(F)


def line(name, numbers, x, low, high):
    return " ".join([name, ",".join(map(str, numbers)), x.tobytes().hex(), (numpy.array([low, high], F) + F(0)).tobytes().hex()])


def of_torch():
    import torch
    import modelopt
    from modelopt.torch.quantization import calib, tensor_quant
    from modelopt.torch.quantization.calib import histogram
    from torch.ao.quantization import observer
    torch.set_num_threads(1)
    histogram.fake_tensor_quant = lambda x, amax, bits, unsigned: tensor_quant._tensor_quant(x, amax, bits, unsigned)
    yield f"# PyTorch {torch.__version__}, ModelOpt {modelopt.__version__}, by make_golden.py"
    for x in streams():
        for name, numbers, watch in (("min_max", [0], observer.MinMaxObserver()),
                                     ("moving_average", [0.1], observer.MovingAverageMinMaxObserver(averaging_constant=0.1)),
                                     ("histogram", [2048], observer.HistogramObserver()), ("histogram", [300], observer.HistogramObserver(bins=300))):
            for b in x:
                watch(torch.from_numpy(b))
            low, high = watch._non_linear_param_search() if name == "histogram" else (watch.min_val, watch.max_val)
            yield line(name, numbers, x, low, high)
        watch = calib.HistogramCalibrator(num_bins=400)
        for b in x:
            watch.collect(torch.from_numpy(b))
        for name, method, options in (("entropy", "entropy", {"stride": 20}), ("least_squares", "mse", {"stride": 20}),
                                      ("percentile", "percentile", {"percentile": 99})):
            amax = watch.compute_amax(method, **options).numpy()
            yield line(name, [400, *options.values()], x, -amax, amax)


def of_onnx():
    import onnxruntime
    from onnxruntime.quantization import calibrate
    yield f"# onnxruntime {onnxruntime.__version__}, by make_golden.py"
    for x in streams():
        for name, bins, option in (("entropy", 600, 64), ("percentile", 600, 98)):
            collector = calibrate.HistogramCollector(name, False, bins, option, option, "same")
            with contextlib.redirect_stdout(io.StringIO()):
                for b in x:
                    collector.collect({"x": b})
                low, high, *_ = collector.compute_collection_result()["x"]
            yield line(name, [bins, option], x, low, high)


def text(system):
    return "\n".join({"torch": of_torch, "onnx": of_onnx}[system]()) + "\n"


def path_of(system):
    return pathlib.Path(__file__).with_name(f"golden_{system}.txt")


if __name__ == "__main__":
    path = path_of(sys.argv[1])
    if sys.argv[2:] == ["--check"]:
        sys.exit(0 if path.read_text() == text(sys.argv[1]) else f"{path.name} is not what the package computes")
    path.write_text(text(sys.argv[1]))
