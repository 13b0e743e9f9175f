# SPDX-License-Identifier: MIT
"""Rows of the comparison: medians, fractions of roofs, goals, the aligned table and the CSV file. Needs only Python."""
import csv
import dataclasses
import fnmatch
import pathlib
import statistics

COLUMNS = ("kernel m n k threads isa compiler gops roof_fraction bandwidth_fraction peer peer_gops ratio goal met").split()
KEYS = ("isa", "kernel", "m", "n", "k", "threads", "peer")
MEASURES = ("roof", "bandwidth", "bound", "ratio")


@dataclasses.dataclass
class Goal:
    where: dict      # column: pattern
    measure: str     # one of MEASURES
    at_least: float

    def fits(self, row):
        return all(fnmatch.fnmatchcase(str(row[key]), pattern) for key, pattern in self.where.items())

    def __str__(self):
        return f"{self.measure}>={self.at_least:g}"


def read_goals(path=pathlib.Path(__file__).parent / "goals.csv"):
    """Lines of goals.csv; # begins a comment."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip() and not line.startswith("#")]
    goals = []
    for entry in csv.DictReader(lines, skipinitialspace=True):
        entry = {key: value.strip() for key, value in entry.items()}
        if entry["measure"] not in MEASURES:
            raise ValueError(f"goals.csv: no measure is called {entry['measure']}")
        goals.append(Goal({key: entry[key] for key in KEYS}, entry["measure"], float(entry["at_least"])))
    return goals


def fraction(a, b):
    return a / b if b else None


def make_row(case, machine, rates, amount, bytes_per_call, goals):
    """One row. `rates`: for kernel, compute, traffic and peer a list of what each round measured, or an empty one.

    roof_fraction       speed over what the registers allow (dot roof, decode roof for one row, fma roof for floats)
    bandwidth_fraction  bytes a second over what memory delivers
    bound               the larger of both: the lower of the two roofs is the one that binds
    """
    median = {name: statistics.median(values) if values else 0.0 for name, values in rates.items()}
    row = {"kernel": case.kernel, "m": case.m, "n": case.n, "k": case.k, "threads": case.threads, **machine,
           "gops": median["kernel"] / 1e9, "peer": case.peer or "", "peer_gops": median["peer"] / 1e9 or None,
           "roof_fraction": fraction(median["kernel"], median["compute"]),
           "bandwidth_fraction": fraction(median["kernel"] / amount * bytes_per_call, median["traffic"]),
           "ratio": fraction(median["kernel"], median["peer"])}
    values = {"roof": row["roof_fraction"], "bandwidth": row["bandwidth_fraction"], "ratio": row["ratio"]}
    values["bound"] = max(values["roof"] or 0.0, values["bandwidth"] or 0.0)
    wanted = [goal for goal in goals if goal.fits(row) and values[goal.measure] is not None]
    row["goal"] = " ".join(map(str, wanted))
    missed = [goal for goal in wanted if values[goal.measure] < goal.at_least]
    row["met"] = ("NO" if missed else "yes") if wanted else ""
    return row


def cell(value):
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1f}" if value >= 100 else f"{value:.3f}" if value < 10 else f"{value:.2f}"
    return str(value)


WIDTHS = dict(kernel=27, m=4, n=5, k=4, threads=7, isa=11, compiler=10, gops=7, roof_fraction=13, bandwidth_fraction=18,
              peer=36, peer_gops=9, ratio=6, goal=22, met=3)


def line_of(row):
    """A row (or the header) of the aligned table."""
    text = []
    for column in COLUMNS:
        value = cell(row[column])
        left = column in ("kernel", "isa", "compiler", "peer", "goal", "met")
        text.append(value.ljust(WIDTHS[column]) if left else value.rjust(WIDTHS[column]))
    return "  ".join(text).rstrip()


def header():
    return line_of({column: column for column in COLUMNS})


def write_csv(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows({column: cell(row[column]) for column in COLUMNS} for row in rows)


def summary(rows):
    asked = [row for row in rows if row["met"]]
    met = sum(row["met"] == "yes" for row in asked)
    return f"goals met: {met} of {len(asked)} rows with a goal, {len(rows)} rows"
