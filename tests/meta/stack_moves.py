# SPDX-License-Identifier: MIT
"""No vector register goes through the stack in the inner loops of the shipped tiles.

usage: stack_moves.py <compiler>
Compiles tiles.cpp to assembly for two instruction sets, finds the innermost loops that multiply, and counts in them the
instructions that move a vector register to or from the stack. A register that the tile has no room for shows here.

Not counted: tiles over lines that were decoded first (the uneven end of a matrix of short codes). One instruction in 25 may
move a register: some compilers keep a constant there. A tile that is too large moves several times as many.
"""
import re
import shutil
import sys

import meta

compiler = sys.argv[1]
SHARE = 0.04
AVX2 = ["-mavx2", "-mfma", "-mf16c", "-mbmi2"]
AVX512 = [*AVX2, "-mavx512f", "-mavx512cd", "-mavx512bw", "-mavx512dq", "-mavx512vl"]
ISAS = {"avx2": AVX2, "avx512_vnni": [*AVX512, "-mavx512vnni"]}
MULTIPLIES = re.compile(r"\tv?(pmaddubsw|pmaddwd|pdpbusd|fmadd\d+ps)\b")
LEAST = 8  # multiplications of a loop that is a tile, not the end of a group
STACK = re.compile(r"\(%rsp")
VECTOR = re.compile(r"%[xyz]mm\d")
SCALAR = re.compile(r"\tv?mov[dq]\b")  # pointers that wait in a vector register


def inner_loops(lines):
    """(function, instructions) of each loop without a loop inside: from a label to a jump back to it."""
    functions, function = [], ""
    for line in lines:
        if match := re.match(r"(_Z[\w.$]+):", line):
            function = match.group(1)
        functions.append(function)
    labels = {match.group(1): number for number, line in enumerate(lines)
              if (match := re.match(r"(\.L[\w.]+):", line))}
    loops = []
    for number, line in enumerate(lines):
        match = re.match(r"\tj\w+\s+(\.L[\w.]+)", line)
        if match and labels.get(match.group(1), number) < number:
            loops.append((labels[match.group(1)], number))
    for begin, end in loops:
        if not any(begin <= other and last < end or begin < other and last <= end for other, last in loops):
            body = [line for line in lines[begin:end + 1] if line.startswith("\t") and not line.startswith("\t.")]
            yield functions[begin], body


def short(function):
    """The tile of a mangled name: element bits, lines, panels, rows."""
    bits = re.search(r"integerILj(\d+)", function)
    kind = "planes" if "packed_lines" in function else "lines"
    numbers = re.findall(r"Lm(\d+)E", function)
    name = re.search(r"\d(run_\w+?|float_tile\w*?)I", function)
    return f"{name.group(1) if name else function[:60]} {bits.group(1) if bits else 'float'} bits {kind} {numbers[-3:]}"


def check(isa, level):
    status, text = meta.run([compiler, "-std=c++20", level, *ISAS[isa], "-S", "-w", "-I", meta.INCLUDE,
                             meta.ROOT / "tests/meta/tiles.cpp", "-o", "-"])
    if status:
        return f"{isa} {level}: tiles.cpp does not compile:\n{text[:2000]}", 0
    tiles, moves = 0, []
    for function, body in inner_loops(text.splitlines()):
        if sum(bool(MULTIPLIES.match(line)) for line in body) >= LEAST:
            if "decoded_lines" in function and "integerILj8E" not in function:
                continue
            tiles += 1
            spilled = [line.strip() for line in body
                       if STACK.search(line) and VECTOR.search(line) and not SCALAR.match(line)]
            if len(spilled) > SHARE * len(body):
                moves.append(f"{short(function)}: {len(spilled)} of {len(body)} instructions, the first: {spilled[0]}")
    if tiles < 4:
        return f"{isa} {level}: only {tiles} inner loops with at least {LEAST} multiplications were found", tiles
    if moves:
        return f"{isa} {level}: {len(moves)} of {tiles} inner loops move vector registers through the stack:\n  " + \
               "\n  ".join(moves), tiles
    return None, tiles


if shutil.which(compiler) is None:
    print(f"SKIPPED: {compiler} is not installed")
    sys.exit(77)
problems, checks = [], 0
for isa in ISAS:
    problem, tiles = check(isa, "-O3")
    print(f"{compiler} {isa}: {tiles} inner loops")
    checks += 1
    if problem:
        problems.append(problem)
meta.finish(checks, problems)
