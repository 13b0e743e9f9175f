#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes unicode_ranges.inc: the ranges of code points that are letters (L*) and numbers (N*)."""
import pathlib
import sys
import unicodedata


def ranges(initial):
    found = []
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)).startswith(initial):
            if found and found[-1][1] == point - 1:
                found[-1][1] = point
            else:
                found.append([point, point])
    return found


def table(name, pairs):
    lines = []
    line = " "
    for first, last in pairs:
        text = f" {{{first:#x}, {last:#x}}},"
        if len(line) + len(text) > 120:
            lines.append(line)
            line = " "
        line += text
    lines.append(line)
    return f"inline constexpr code_point_range {name}[] = {{\n" + "\n".join(lines) + "\n};\n"


text = f"""// SPDX-License-Identifier: MIT
// Halftone example: Unicode {unicodedata.unidata_version}, general categories L and N. Written by unicode_ranges.py.
"""
text += table("letters", ranges("L")) + table("numbers", ranges("N"))
(pathlib.Path(__file__).parent / "unicode_ranges.inc").write_text(text)
