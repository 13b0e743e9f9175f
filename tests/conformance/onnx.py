# SPDX-License-Identifier: MIT
"""ONNX and ONNX Runtime: onnxruntime's CPU provider and its quantization tool, onnx's reference evaluator."""
import pathlib
import sys

# The folder of this file holds an onnx.py: not the package.
here = str(pathlib.Path(__file__).resolve().parent)
sys.path[:] = [path for path in sys.path if path not in ("", here)]
import numpy  # noqa: E402
import onnx  # noqa: E402
import onnx.reference  # noqa: E402
import onnxruntime  # noqa: E402

sys.path.append(here)
import onnx_algorithms  # noqa: E402
import onnx_files  # noqa: E402
import onnx_halves  # noqa: E402
import onnx_integers  # noqa: E402
import onnx_linear  # noqa: E402
import onnx_matmul  # noqa: E402
import onnx_read  # noqa: E402
from suite import Suite  # noqa: E402

suite = Suite("onnx", f"{onnx.__version__}, onnxruntime {onnxruntime.__version__}")
onnx_linear.check(suite, numpy.random.default_rng(1))
onnx_matmul.check(suite, numpy.random.default_rng(2))
onnx_integers.check(suite, numpy.random.default_rng(3))
onnx_files.check(suite, numpy.random.default_rng(4))
onnx_read.check(suite, numpy.random.default_rng(5))
onnx_algorithms.check(suite, numpy.random.default_rng(6))
onnx_halves.check(suite, numpy.random.default_rng(7))

sys.path.append(str(pathlib.Path(here).parent / "format/onnx"))
import make_golden  # noqa: E402

suite.true("tests/format/onnx/golden.txt is what the packages compute",
           pathlib.Path(make_golden.__file__).with_name("golden.txt").read_text() == make_golden.text())
suite.finish()
