# SPDX-License-Identifier: MIT
"""Streams of batches for the systems of calibration, and the library's observers over them."""
import numpy

F = numpy.float32


def streams(random, rows=12, cols=40):
    """Kinds of streams: name: list of batches of rows."""
    def batches(make, count=4):
        return [numpy.ascontiguousarray(make(i), F) for i in range(count)]
    shape = (rows, cols)
    normal = lambda i: random.normal(size=shape)
    return {
        "normal": batches(normal),
        "one batch": batches(normal, 1),
        "growing": batches(lambda i: random.normal(size=shape) * 2 ** i),
        "shrinking": batches(lambda i: random.normal(size=shape) * 2.0 ** -i),
        "skewed": batches(lambda i: random.gamma(0.5, size=shape) - 0.05),
        "positive": batches(lambda i: random.uniform(size=shape) + 0.5),
        "negative": batches(lambda i: -random.uniform(size=shape) - 3),
        "outliers": batches(lambda i: random.normal(size=shape) * numpy.where(random.uniform(size=shape) < 0.005, 60, 1)),
        "late outlier": batches(lambda i: random.normal(size=shape) * numpy.where((numpy.arange(cols) == 3) & (i == 3), 200, 1)),
        "moving": batches(lambda i: random.normal(size=shape) + 3 * i),
        "constant": batches(lambda i: numpy.full(shape, 0.7)),
        "constants": batches(lambda i: numpy.full(shape, 0.7 - i)),
        "zeros": batches(lambda i: numpy.zeros(shape)),
        "zeros first": batches(lambda i: random.normal(size=shape) * (i > 0)),
        "one value": batches(lambda i: random.normal(size=(1, 1)), 1),
        "single values": batches(lambda i: random.normal(size=(1, 1)), 5),
        "two values": batches(lambda i: random.integers(0, 2, shape) * 2.0 - 1),
        "huge": batches(lambda i: random.normal(size=shape) * 1e37),
        "subnormal": batches(lambda i: random.normal(size=shape) * 1e-41),
        "small": batches(lambda i: random.normal(size=shape) * 1e-20),
        "sparse": batches(lambda i: random.normal(size=shape) * (random.uniform(size=shape) < 0.1)),
        "other rows": [numpy.ascontiguousarray(random.normal(size=(n, cols)), F) for n in (1, 30, 7, 64)],
    }


def observe(suite, name, batches, groups=1, split=None, options=()):
    """The ranges [groups, 2] of the library's observer; from batch `split` on a second one observes, and is merged."""
    x = numpy.concatenate([b.reshape(-1) for b in batches])
    counts = numpy.array([len(b) for b in batches], numpy.int64)
    split = len(batches) if split is None else split
    return suite.run(name, [x, counts, numpy.empty((groups, 2), F)], [batches[0].shape[1], split, *options])[2]
