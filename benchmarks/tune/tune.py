# SPDX-License-Identifier: MIT
"""Measures the sizes of tiles and blocks on this machine and writes a header of them.

usage: tune.py [--output FILE] [--quick] [--only CONSTANT]... [--compiler NAME] [--flags FLAGS] [--jobs N] [--build DIR]

Each candidate is compiled as a library with the same compiler and flags, loaded into this process and measured in turn with
the others: medians, in processor time of the thread. A constant changes where the geometric mean over its cases is at least
2 % better, twice. Results of each candidate are hashed: a difference ends the program.
"""
import argparse
import dataclasses
import datetime
import os
import pathlib
import shlex
import sys
import time

import candidate
import header
import measure
import plan


class Progress:
    """Lines with what is done and about how long the rest takes."""

    def __init__(self, steps, jobs, effort):
        self.start, self.jobs, self.effort = time.monotonic(), jobs, effort
        self.compile_seconds = 8.0  # of one candidate; measured as soon as there is one
        self.compiled = 0
        self.left = {step.constant: step for step in steps}

    def rest(self, now):
        """Seconds that the steps which are left will take."""
        seconds = 0.0
        for step in self.left.values():
            tries, kernels = len(step.candidates(now)), len(step.kernels)
            seconds += tries * kernels * self.compile_seconds / self.jobs
            seconds += self.effort.total(tries + 1, kernels * len(step.rows))
        return seconds

    def compiled_in(self, count, seconds):
        """Learns from `count` candidates that took so long on all jobs."""
        if count:
            each = seconds * min(self.jobs, count) / count
            self.compile_seconds = (self.compile_seconds * self.compiled + each * count) / (self.compiled + count)
            self.compiled += count

    def say(self, what, rest):
        gone = time.monotonic() - self.start
        print(f"[{clock(gone)}, about {clock(rest)} left] {what}", file=sys.stderr, flush=True)


def clock(seconds):
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def shown(change):
    return ", ".join(f"{name} {value}" for name, value in change.items())


class Tuning:
    def __init__(self, builder, steps, effort):
        self.builder, self.steps, self.effort = builder, steps, effort
        self.progress = Progress(steps, builder.jobs, effort)
        self.shipped, self.now = {}, {}
        self.lines = []  # of the table of candidates

    def build(self, wanted):
        start, count = time.monotonic(), len(self.builder.missing(wanted))
        if count > 0:
            self.progress.say(f"compiling {count} candidate{'s' if count > 1 else ''}", self.progress.rest(self.now))
        self.builder.build(wanted)
        self.progress.compiled_in(count, time.monotonic() - start)

    def begin(self, kernels):
        """Asks the library for the constants that it has for these flags."""
        print("compiling the kernels with the constants of the library", file=sys.stderr, flush=True)
        start = time.monotonic()
        self.builder.build([(kernel, None) for kernel in kernels])
        self.progress.compiled_in(len(kernels), time.monotonic() - start)
        self.shipped = self.builder.library(next(iter(kernels)), None).constants()
        self.now = dict(self.shipped)

    def compare(self, step, changes, effort):
        """By the number of a change: how many times as fast as what there is, for each case."""
        ratios = {at: [] for at in range(len(changes))}
        for kernel in step.kernels:
            libraries = {at: self.builder.library(kernel, {**self.now, **change}) for at, change in enumerate(changes)}
            libraries["now"] = self.builder.library(kernel, self.now)
            for found in measure.rates(libraries, kernel, step.rows, effort).values():
                for at in ratios:
                    ratios[at].append(measure.ratio(found[at], found["now"]))
        return ratios

    def take(self, step):
        """One constant: changes it where that pays."""
        changes = step.candidates(self.now)
        if not changes:
            return
        self.build([(kernel, {**self.now, **change}) for kernel in step.kernels for change in [{}, *changes]])
        self.progress.say(f"measuring {step.constant}", self.progress.rest(self.now))
        ratios = self.compare(step, changes, self.effort)
        chosen, verdict = measure.best(ratios), ""
        if chosen is not None:  # the best of several is partly luck
            again = self.compare(step, [changes[chosen]], dataclasses.replace(self.effort, rounds=2 * self.effort.rounds))
            verdict = f"{measure.mean(again[0]):.3f} again"
            if measure.best(again) is None:
                chosen, verdict = None, verdict + ": within the noise"
            else:
                verdict += ": taken"
        cases = f"{'+'.join(kernel.name for kernel in step.kernels)} rows {','.join(map(str, step.rows))}"
        self.row(step.constant, shown({name: self.now[name] for name in changes[0]}), 1.0, cases)
        for at, change in enumerate(changes):
            told = verdict if measure.best(ratios) == at else ""
            self.row("", shown(change), measure.mean(ratios[at]), told)
        if chosen is not None:
            self.now.update(changes[chosen])

    def row(self, constant, what, value, told):
        self.lines.append(f"{constant:17} {what:52} {value:6.3f}  {told}".rstrip())

    def run(self):
        self.begin({kernel: None for step in self.steps for kernel in step.kernels})
        for step in self.steps:
            self.take(step)
            del self.progress.left[step.constant]

    def final(self):
        """Rows of (kernel, rows of activations, GOPS without the header, with it, ratio)."""
        table = []
        for kernel in {kernel: None for step in self.steps for kernel in step.kernels}:
            self.build([(kernel, self.now)])
            libraries = {"before": self.builder.library(kernel, None), "after": self.builder.library(kernel, self.now)}
            for m, found in measure.rates(libraries, kernel, plan.ROWS, self.effort).items():
                before, after = (sorted(found[name])[len(found[name]) // 2] / 1e9 for name in ("before", "after"))
                table.append((kernel.name, m, before, after, measure.ratio(found["after"], found["before"])))
        return table


def lines_of(table):
    yield f"{'kernel':18} {'rows':>4} {'GOPS without':>12} {'GOPS with':>12} {'ratio':>6}"
    for name, m, before, after, ratio in table:
        yield f"{name:18} {m:4} {before:12.1f} {after:12.1f} {ratio:6.3f}"
    yield f"{'geometric mean':18} {'':4} {'':12} {'':12} {measure.mean(row[-1] for row in table):6.3f}"


def comment_of(library, options, table, n, k):
    return "\n".join([
        "Halftone: sizes of tiles and blocks, measured by benchmarks/tune.sh. They change speed, never results.",
        "Use: -DHALFTONE_TUNED_HEADER='\"this file\"' in every file that is compiled with these flags.",
        "",
        f"processor        {library.text('processor')}",
        f"instruction set  {library.text('instruction_set')}",
        f"compiler         {library.text('compiler')}, {options.flags}",
        f"date             {datetime.date.today().isoformat()}",
        "",
        f"One thread, {n} outputs, {k} weights each, with the constants of the library and with these:",
        *lines_of(table)])


def arguments(list_of_them=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", default="halftone_tuned.hpp")
    parser.add_argument("--quick", action="store_true", help="one kernel, the constants that matter most to it, few values")
    parser.add_argument("--only", action="append", choices=plan.NAMES, help="tune this constant alone; may be repeated")
    parser.add_argument("--most", type=int, help="candidates of a constant")
    parser.add_argument("--compiler", default=os.environ.get("CXX", "g++"))
    parser.add_argument("--flags", default="-O3 -march=native")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="compilers at a time")
    parser.add_argument("--build", default="build/tune", help="folder for candidates")
    options = parser.parse_args(list_of_them)
    if options.jobs < 1 or options.most is not None and options.most < 1:
        parser.error("--jobs and --most are at least 1")
    if "HALFTONE_TUNED_HEADER" in options.flags:
        parser.error("--flags: the program measures against the constants of the library: leave HALFTONE_TUNED_HEADER out")
    return options


def main(list_of_them=None):
    options = arguments(list_of_them)
    builder = candidate.Builder(options.compiler, shlex.split(options.flags), options.build, options.jobs)
    effort = measure.QUICK if options.quick else measure.FULL
    tuning = Tuning(builder, plan.steps(options.only, options.quick, options.most), effort)
    try:
        tuning.run()
        table = tuning.final()
        kernel = tuning.steps[0].kernels[0]
        library = builder.library(kernel, None)
        isa = library.text("instruction_set")

        def compiles(path, source):
            candidate.run_compiler(builder.command("-fsyntax-only", f'-DHALFTONE_TUNED_HEADER="{path}"', "-x", "c++", "-"),
                                   input=source)

        header.write(options.output,
                     header.text_of(tuning.now, isa, comment_of(library, options, table, kernel.n, kernel.k), tuning.shipped),
                     tuning.now, compiles)
    except candidate.Failure as problem:
        print(f"tune: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("tune: stopped, no header was written", file=sys.stderr)
        return 130
    print(f"{library.text('processor')}, {isa}, {library.text('compiler')}, {options.flags}\n")
    print(f"{'constant':17} {'value':52} {'speed':>6}  geometric mean over cases, times what there was")
    print(*tuning.lines, sep="\n")
    print("", *lines_of(table), "", sep="\n")
    changed = {name: f"{before} -> {tuning.now[name]}" for name, before in tuning.shipped.items() if before != tuning.now[name]}
    print(f"changed: {shown(changed) or 'nothing'}")
    print(f"written: {pathlib.Path(options.output)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
