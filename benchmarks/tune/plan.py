# SPDX-License-Identifier: MIT
"""What is tuned: the constants, in the order in which they are taken, what each is measured on, and which values are tried.

Constants are taken one after the other (coordinate descent): tiles first, because blocks depend on them. A number of panels
is tried with as many rows as keep the number of sums in registers, for neither means much without the other.
"""
import dataclasses
import typing

# In the order of tune_constant() in candidate.cpp.
NAMES = ("integer_rows unpacked_rows integer_panels row_panels float_rows float_panels float_row_panels block_rows "
         "block_quads float_depth").split()
MOST_ROWS = 12  # of a tile that are tried: more take long to compile
# What compiles at all: include/halftone/gemm/blocking.hpp.
LIMITS = {**dict.fromkeys(("integer_rows", "unpacked_rows", "float_rows"), (1, 16)),
          **dict.fromkeys(("integer_panels", "row_panels", "float_panels", "float_row_panels"), (1, 8)),
          "block_rows": (1, 65536), "block_quads": (8, 4096), "float_depth": (1, 4096)}


@dataclasses.dataclass(frozen=True)
class Kernel:
    name: str
    scheme: str
    floats: bool
    depends_on: tuple  # constants; others need no compilation of their own
    n: int = 1024
    k: int = 2048


INT8 = Kernel("int8_per_channel", "int8_per_channel", False,
              ("integer_rows", "integer_panels", "row_panels", "block_rows", "block_quads"))
INT4 = Kernel("int4_g32", "int4_g32", False, ("unpacked_rows", "integer_panels", "row_panels", "block_rows", "block_quads"))
FLOATS = Kernel("int4_g32.floats", "int4_g32", True,
                ("float_rows", "float_panels", "float_row_panels", "block_rows", "float_depth"))
KERNELS = (INT8, INT4, FLOATS)
ROWS = (1, 4, 16, 128)  # of activations, that are measured in the end


@dataclasses.dataclass(frozen=True)
class Step:
    constant: str
    kernels: tuple
    rows: tuple
    candidates: typing.Callable  # constants at hand -> changes to try


def neighbours(name, most):
    """One and two less, one and two more."""
    def tries(now):
        return [{name: value} for value in (now[name] - 2, now[name] - 1, now[name] + 1, now[name] + 2) if 1 <= value <= most]
    return tries


def near(name, values):
    """Those of the values that are at most twice as many or half as many."""
    def tries(now):
        return [{name: value} for value in values if value != now[name] and now[name] <= 2 * value <= 4 * now[name]]
    return tries


def times(name, *factors):
    """Multiples of what it is."""
    least, most = LIMITS[name]
    def tries(now):
        values = {max(least, min(most, int(now[name] * factor))) // least * least for factor in factors}
        return [{name: value} for value in sorted(values - {now[name]})]
    return tries


def panels(name, *rows):
    """Numbers of panels, each with rows that keep rows x panels what it is."""
    def tries(now):
        return [{name: value, **{row: max(1, min(MOST_ROWS, now[row] * now[name] // value)) for row in rows}}
                for value in (1, 2, 3, 4) if value != now[name]]
    return tries


STEPS = (
    Step("integer_panels", (INT8, INT4), ROWS[1:], panels("integer_panels", "integer_rows", "unpacked_rows")),
    Step("integer_rows", (INT8,), ROWS[1:], neighbours("integer_rows", MOST_ROWS)),
    Step("unpacked_rows", (INT4,), ROWS[1:], neighbours("unpacked_rows", MOST_ROWS)),
    Step("row_panels", (INT8, INT4), (1,), near("row_panels", (1, 2, 3, 4, 6, 8))),
    Step("float_panels", (FLOATS,), ROWS[1:], panels("float_panels", "float_rows")),
    Step("float_rows", (FLOATS,), ROWS[1:], neighbours("float_rows", MOST_ROWS + 2)),
    Step("float_row_panels", (FLOATS,), (1,), near("float_row_panels", (1, 2, 3, 4, 6, 8))),
    Step("block_quads", (INT8, INT4), ROWS, times("block_quads", 0.25, 0.5, 2, 4)),
    Step("float_depth", (FLOATS,), ROWS, times("float_depth", 0.25, 0.5, 2)),
    Step("block_rows", KERNELS, (512,), times("block_rows", 0.25, 0.5, 2)),
)
QUICK = ("unpacked_rows", "row_panels")  # of one kernel, two values besides what it is


def steps(only=None, quick=False, most=None):
    """The steps to take.
    @param only  names of constants, or None for all
    @param most  candidates of a step, or None for all
    """
    chosen = []
    for step in STEPS:
        if only is not None and step.constant not in only or only is None and quick and step.constant not in QUICK:
            continue
        if quick:
            kernels = (INT4,) if INT4 in step.kernels else step.kernels[:1]
            step = dataclasses.replace(step, kernels=kernels)
            most = most or 2
        if most is not None:
            step = dataclasses.replace(step, candidates=lambda now, all_of=step.candidates: middle(all_of(now), most))
        chosen.append(step)
    return chosen


def middle(values, most):
    """The values in the middle of a list: nearest to what there is now."""
    first = max(0, (len(values) - most + 1) // 2)
    return values[first:first + most]
