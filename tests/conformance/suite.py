# SPDX-License-Identifier: MIT
"""What the scripts of all systems share: the library's operations, comparisons, and the lines that are printed.

A script is `SYSTEM.py`; run.sh calls it with the path of the compiled operations and of a file for the results:

    suite = Suite("onnx", onnxruntime.__version__)
    codes = suite.run("quantize int8", [x, numpy.empty(x.shape, numpy.int8)], [scale])[1]
    suite.equal("QuantizeLinear, int8, per tensor", codes, expected)
    suite.finish()

Each call of `equal`, `close` or `refuses` is a case. Cases with the same rule are one line of output and of the results, which
report.py makes docs/conformance.md of (run.sh --write).
"""
import ctypes
import json
import pathlib
import sys

import numpy


class _Array(ctypes.Structure):
    _fields_ = [("data", ctypes.c_void_p), ("count", ctypes.c_int64), ("item_size", ctypes.c_int64)]


class Refused(Exception):
    """The library threw; the text is its sentence."""


class Suite:
    def __init__(self, system, version):
        self.system, self.version = system, version
        library, self.results = sys.argv[1:3]
        self._run = ctypes.CDLL(library).conformance_run
        self._rules = {}  # rule: [passed, failed, skipped, first failure or reason]
        self._notes = []

    def run(self, operation, arrays, numbers=()):
        """Calls an operation with contiguous arrays, which are returned; outputs are among them."""
        for array in arrays:
            assert array.flags.c_contiguous, f"{operation}: arrays must be contiguous"
        wrapped = (_Array * len(arrays))(*[_Array(a.ctypes.data, a.size, a.itemsize) for a in arrays])
        values = (ctypes.c_double * len(numbers))(*numbers)
        message = ctypes.create_string_buffer(1000)
        if self._run(operation.encode(), wrapped, ctypes.c_int64(len(arrays)), values, ctypes.c_int64(len(numbers)), message,
                     ctypes.c_int64(len(message))):
            raise Refused(message.value.decode())
        return arrays

    def _count(self, rule, column, text=""):
        counts = self._rules.setdefault(rule, [0, 0, 0, ""])
        counts[column] += 1
        if column and not counts[3]:
            counts[3] = text

    def equal(self, rule, ours, theirs, case=""):
        """The same shape, type and bytes; that a float is NaN counts, its payload does not."""
        ours, theirs = numpy.asarray(ours), numpy.asarray(theirs)
        if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
            self._count(rule, 1, f"{case}: {ours.dtype}{ours.shape} instead of {theirs.dtype}{theirs.shape}")
            return
        bytes_of = lambda a: numpy.ascontiguousarray(a).reshape(-1).view(numpy.uint8).reshape(a.size, a.itemsize)
        different = (bytes_of(ours) != bytes_of(theirs)).any(axis=1)
        if ours.dtype.kind == "f":
            different &= ~(numpy.isnan(ours) & numpy.isnan(theirs)).reshape(-1)
        self._compared(rule, ours, theirs, different, case)

    def close(self, rule, ours, theirs, bound, case=""):
        """At most `bound`, a number or an array, apart. State where the bound comes from."""
        ours, theirs = numpy.asarray(ours, numpy.float64), numpy.asarray(theirs, numpy.float64)
        if ours.shape != theirs.shape:
            self._count(rule, 1, f"{case}: shape {ours.shape} instead of {theirs.shape}")
            return
        self._compared(rule, ours, theirs, ~(numpy.abs(ours - theirs) <= bound).reshape(-1), case)

    def _compared(self, rule, ours, theirs, different, case):
        count = int(different.sum())
        if count:
            first = int(different.argmax())
            at = tuple(int(i) for i in numpy.unravel_index(first, ours.shape)) if ours.shape else ()
            self._count(rule, 1, f"{case}: {count} of {ours.size} differ, first at {at}: "
                                 f"{ours.reshape(-1)[first]!r} instead of {theirs.reshape(-1)[first]!r}")
        else:
            self._count(rule, 0)

    def true(self, rule, condition, case=""):
        self._count(rule, 0 if condition else 1, case)

    def refuses(self, rule, words, call, case=""):
        """The call throws, and its sentence has these words."""
        try:
            call()
        except Refused as error:
            self.true(rule, words in str(error), f"{case}: refused with other words: {error}")
        else:
            self._count(rule, 1, f"{case}: was not refused")

    def skip(self, rule, reason):
        self._count(rule, 2, reason)

    def note(self, text):
        """Where the system's documentation and its behaviour differ; docs/conformance.md has it."""
        self._notes.append(text)

    def finish(self):
        width = max((len(rule) for rule in self._rules), default=0)
        lines = []
        for rule, (passed, failed, skipped, text) in self._rules.items():
            result = "FAILED" if failed else "skipped" if skipped else "passed"
            print(f"{self.system} {self.version}  {rule:{width}}  {passed + failed + skipped:5} cases  {result}"
                  + (f"  {text}" if text else ""))
            lines.append({"system": self.system, "version": self.version, "rule": rule, "passed": passed, "failed": failed,
                          "skipped": skipped, "text": text})
        lines += [{"system": self.system, "version": self.version, "note": note} for note in self._notes]
        pathlib.Path(self.results).write_text("".join(json.dumps(line) + "\n" for line in lines))
        total = [sum(counts[i] for counts in self._rules.values()) for i in range(3)]
        print("tally: {} passed, {} failed, {} skipped".format(*total))
        sys.exit(1 if total[1] or not self._rules else 0)
