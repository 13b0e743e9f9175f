# SPDX-License-Identifier: MIT
"""Checks of the table and the goals, on numbers that are made up."""
import csv
import fnmatch
import tempfile

import cases
import peers
import table

MACHINE = {"isa": "avx2", "compiler": "g++ 1.2"}


def row_of(case, goals, **rates):
    rates = {"kernel": [], "compute": [], "traffic": [], "peer": [], **rates}
    return table.make_row(case, MACHINE, rates, amount=100.0, bytes_per_call=50.0, goals=goals)


def fractions_are_of_medians(goals):
    row = row_of(cases.Case("int4_g32", 128, 4096, 4096, "ort MatMulNBits b32"), goals, kernel=[9e9, 70e9, 80e9],
                 compute=[100e9], traffic=[50e9], peer=[10e9, 35e9, 99e9])
    assert row["gops"] == 70.0 and row["roof_fraction"] == 0.7 and row["bandwidth_fraction"] == 0.7, row
    assert row["ratio"] == 2.0 and row["goal"] == "roof>=0.62 ratio>=1.8" and row["met"] == "yes", row


def one_missed_goal_is_a_miss(goals):
    row = row_of(cases.Case("int4_g32", 128, 4096, 4096, "ort MatMulNBits b32"), goals, kernel=[70e9], compute=[100e9],
                 traffic=[50e9], peer=[70e9])
    assert row["met"] == "NO", row


def the_lower_roof_binds(goals):
    case = cases.Case("int2_g64", 1, 4096, 4096)
    assert row_of(case, goals, kernel=[50e9], compute=[100e9], traffic=[28e9])["met"] == "yes"
    assert row_of(case, goals, kernel=[50e9], compute=[100e9], traffic=[40e9])["met"] == "NO"


def rows_without_goals_say_nothing(goals):
    row = row_of(cases.Case("unheard_of", 1, 1, 1), goals, kernel=[1e9])
    assert row["goal"] == row["met"] == "" and row["ratio"] is None and row["roof_fraction"] is None, row
    assert table.line_of(row).startswith("unheard_of ")


def every_goal_has_a_case(goals):
    for goal in goals:
        rows = [{"isa": "avx2", "kernel": c.kernel, "m": c.m, "n": c.n, "k": c.k, "threads": c.threads, "peer": c.peer or ""}
                for c in cases.CASES]
        assert any(goal.fits({**row, "isa": isa}) for row in rows for isa in ("avx2", "avx512_vnni")), goal.where
        assert fnmatch.fnmatchcase("avx2", goal.where["isa"]) or fnmatch.fnmatchcase("avx512_vnni", goal.where["isa"])


def files_hold_what_the_table_shows(goals):
    row = row_of(cases.Case("int4_g32", 1, 4096, 4096), goals, kernel=[12.345e9])
    with tempfile.NamedTemporaryFile("r", suffix=".csv") as file:
        table.write_csv(file.name, [row])
        (read,) = csv.DictReader(file)
    assert list(read) == table.COLUMNS and read["gops"] == "12.35" and read["peer_gops"] == "", read
    assert table.summary([row, {**row, "met": "yes"}]).startswith("goals met: 1 of "), table.summary([row])


def the_library_measures(paths):
    halftone = peers.Halftone(paths[0])
    problem = peers.Problem(halftone, 0, cases.Case("int4_g32", 4, 64, 64, threads=2))
    assert problem.amount == 2 * 4 * 64 * 64 and problem.bytes >= 64 * 64 / 2, (problem.amount, problem.bytes)
    for part in (halftone.KERNEL, halftone.COMPUTE, halftone.TRAFFIC):
        assert problem.rate(0.001, part) > 0, part
    assert halftone.text("roof", 0).startswith("dot 4 bits"), halftone.text("roof", 0)
    problem.close()


def run(libraries):
    goals = table.read_goals()
    checks = [fractions_are_of_medians, one_missed_goal_is_a_miss, the_lower_roof_binds, rows_without_goals_say_nothing,
              every_goal_has_a_case, files_hold_what_the_table_shows]
    for check in checks:
        check(goals)
    if libraries:
        the_library_measures(libraries)
    print(f"tally: {len(checks) + bool(libraries)} passed, 0 failed, 0 skipped")
    return 0
