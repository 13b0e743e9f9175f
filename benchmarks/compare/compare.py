# SPDX-License-Identifier: MIT
"""Halftone beside its peers and its roofs, in turn, round by round; medians.

usage: compare.py LIBRARY... [--csv FILE] [--quick] [--filter REGEX]
       compare.py --self-test [LIBRARY]   checks the table and the goals; needs nothing but Python
"""
import argparse
import dataclasses
import importlib.util
import re
import sys
import time

import cases
import peers
import self_test
import table


def peer_of(halftone, case, amount):
    """What a case is compared with; None where there is nothing."""
    if case.peer is None:
        return None
    if case.peer.startswith("ort"):
        return peers.OnnxRuntime(case, amount)
    if case.peer.startswith("torch"):
        return peers.Torch(case, amount)
    if case.peer == cases.TWO:
        return peers.Problem(halftone, 1, dataclasses.replace(case, threads=1), wall=True)
    return peers.Problem(halftone, 1, dataclasses.replace(case, kernel=case.peer.split()[1]))


def wait_for_idle_threads():
    """Threads of a peer may spin for a while when they have no work, on the processors that the next subject needs."""
    used, before = 1.0, time.process_time()
    while used > 0.001:
        time.sleep(0.02)
        now = time.process_time()
        used, before = now - before, now


def measure(halftone, case, goals, rounds, seconds):
    ours = peers.Problem(halftone, 0, case)
    try:
        peer = peer_of(halftone, case, ours.amount)
    except Exception as problem:  # a peer that lacks something: the roofs are still worth a row
        print(f"{case.peer}: {problem}", file=sys.stderr)
        peer = None
    rates = {"kernel": [], "compute": [], "traffic": [], "peer": []}
    for _ in range(rounds):
        for part, name in ((peers.Halftone.COMPUTE, "compute"), (peers.Halftone.TRAFFIC, "traffic"),
                           (peers.Halftone.KERNEL, "kernel")):
            value = ours.rate(seconds, part)
            rates[name] += [value] if value else []
        if peer is not None:
            rates["peer"].append(peer.rate(seconds))
            if case.threads > 1:
                wait_for_idle_threads()
    machine = {"isa": halftone.text("instruction_set"), "compiler": halftone.text("compiler")}
    row = table.make_row(case, machine, rates, ours.amount, ours.bytes, goals)
    ours.close()
    if isinstance(peer, peers.Problem):
        peer.close()
    return row


def versions():
    names = [name for name in ("onnxruntime", "torch") if importlib.util.find_spec(name)]
    return ", ".join(f"{name} {importlib.import_module(name).__version__}" for name in names)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("libraries", nargs="*")
    parser.add_argument("--csv")
    parser.add_argument("--filter", default="")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test.run(options.libraries)
    rounds, seconds = (5, 0.02) if options.quick else (7, 0.06)
    goals, rows = table.read_goals(), []
    libraries = [peers.Halftone(path) for path in options.libraries]
    print(f"{libraries[0].text('processor')}; {versions()}; medians of {rounds} rounds")
    print("gops: 1e9 operations a second, a multiply-add is two; 1e9 values a second for quantize and dequantize\n")
    print(table.header(), flush=True)
    for case in cases.CASES:
        if not re.search(options.filter, f"{case.kernel} {case.m}x{case.n}x{case.k} {case.threads} {case.peer}"):
            continue
        if (case.peer or "").startswith("torch") and not importlib.util.find_spec("torch"):
            continue
        for halftone in libraries:
            rows.append(measure(halftone, case, goals, rounds, seconds))
            print(table.line_of(rows[-1]), flush=True)
    print("\n" + table.summary(rows))
    if options.csv:
        table.write_csv(options.csv, rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
