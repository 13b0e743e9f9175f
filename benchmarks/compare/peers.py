# SPDX-License-Identifier: MIT
"""Both sides of a comparison: each has rate(seconds), in operations (or values) a second. Processor time of this thread
counts where one thread works, else the time that passes."""
import ctypes
import time


def rate_of(call, amount, seconds, threads):
    """As rate_of in measure.hpp."""
    clock = time.thread_time if threads == 1 else time.perf_counter
    call()
    calls, start, elapsed = 0, clock(), 0.0
    while elapsed < seconds:
        call()
        calls += 1
        elapsed = clock() - start
    return amount * calls / elapsed


class Halftone:
    """The shared library of library.cpp."""

    KERNEL, COMPUTE, TRAFFIC = range(3)

    def __init__(self, path):
        self.library = library = ctypes.CDLL(path)
        size = ctypes.c_size_t
        library.halftone_prepare.argtypes = [ctypes.c_int, ctypes.c_char_p, size, size, size, ctypes.c_uint, size]
        library.halftone_rate.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_double, ctypes.c_int]
        for name in ("rate", "amount", "bytes"):
            getattr(library, "halftone_" + name).restype = ctypes.c_double
        for name in ("instruction_set", "compiler", "processor", "roof"):
            getattr(library, "halftone_" + name).restype = ctypes.c_char_p

    def text(self, name, *arguments):
        return getattr(self.library, "halftone_" + name)(*arguments).decode()


class Problem:
    """A kernel of the library with its roofs; `at` is a place in the library's table."""

    def __init__(self, halftone, at, case, wall=None):
        self.halftone, self.at = halftone, at
        self.wall = int(case.threads > 1 if wall is None else wall)
        if halftone.library.halftone_prepare(at, case.kernel.encode(), case.m, case.n, case.k, case.threads, case.copies):
            raise RuntimeError(f"cannot prepare {case}")
        self.amount = halftone.library.halftone_amount(at)
        self.bytes = halftone.library.halftone_bytes(at)

    def rate(self, seconds, part=Halftone.KERNEL):
        return self.halftone.library.halftone_rate(self.at, part, seconds, self.wall)

    def close(self):
        self.halftone.library.halftone_release(self.at)


class OnnxRuntime:
    def __init__(self, case, amount):
        import onnxruntime  # installed by compare.sh
        import onnx_models
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = case.threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        if "Linear" in case.peer:  # else a constant is dequantized once, when the model is loaded
            options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        model, inputs = onnx_models.build(case)
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        binding = session.io_binding()
        for name, value in inputs.items():
            binding.bind_ortvalue_input(name, onnxruntime.OrtValue.ortvalue_from_numpy(value))
        for output in session.get_outputs():
            binding.bind_output(output.name, "cpu")
        session.run_with_iobinding(binding)
        for output, value in zip(session.get_outputs(), binding.get_outputs()):
            binding.bind_ortvalue_output(output.name, value)  # the same memory every time
        self.call = lambda: session.run_with_iobinding(binding)
        self.amount, self.threads = amount, case.threads

    def rate(self, seconds):
        return rate_of(self.call, self.amount, seconds, self.threads)


class Torch:
    """Only if it is installed; compare.sh does not install it."""

    def __init__(self, case, amount):
        import torch
        torch.set_num_threads(case.threads)
        x = torch.rand(case.m, case.k)
        if "linear" in case.peer:
            layers = torch.nn.Sequential(torch.nn.Linear(case.k, case.n, bias=False))
            layers = torch.ao.quantization.quantize_dynamic(layers, {torch.nn.Linear}, torch.qint8)
            self.call = lambda: layers(x)
        else:
            self.call = lambda: torch.quantize_per_tensor(x, 1 / 254, 0, torch.qint8)
        self.amount, self.threads = amount, case.threads

    def rate(self, seconds):
        return rate_of(self.call, self.amount, seconds, self.threads)
