# SPDX-License-Identifier: MIT
"""Counts runs of ctest: test cases and meta checks where a test prints a tally, else the test itself.

usage: count.py results.xml ...   (ctest --output-junit)
The last line is "N passed, N failed, N skipped"; the exit status is 1 if anything failed or nothing passed.
"""
import re
import sys
import xml.etree.ElementTree

TALLY = re.compile(r"^tally: (\d+) passed, (\d+) failed, (\d+) skipped$", re.MULTILINE)

total = [0, 0, 0]
for case in (case for name in sys.argv[1:] for case in xml.etree.ElementTree.parse(name).getroot().iter("testcase")):
    output = case.findtext("system-out") or ""
    reason = case.find("skipped")
    skipped = reason is not None and "SKIP_RETURN_CODE" in reason.get("message", "")
    failed = not skipped and case.get("status") != "run"  # also where the program was not built
    match = TALLY.findall(output)
    counts = [int(number) for number in match[-1]] if match else [0, 0, 0]
    if failed and counts[1] == 0:
        counts[1] += 1
    elif skipped:
        counts = [0, 0, 1]
    elif sum(counts) == 0:
        counts[0] = 1
    if counts[1]:
        print(f"failed: {case.get('name')}" + (f" ({counts[1]})" if counts[1] > 1 else ""))
    if counts[2]:
        print(f"skipped: {case.get('name')}", *re.findall(r"^SKIPPED.*", output, re.MULTILINE))
    total = [a + b for a, b in zip(total, counts)]

print("{} passed, {} failed, {} skipped".format(*total))
sys.exit(1 if total[1] or not total[0] else 0)
