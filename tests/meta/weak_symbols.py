# SPDX-License-Identifier: MIT
"""A program with kernels for several instruction sets has no code of one where another, or the baseline, can get it.

usage: weak_symbols.py <objdump> --program P --baseline <objects> --kernels <objects> [--compiler C]
  kernels    objects of one instruction set each: no weak function, no table of functions that is weak, nothing that runs
             before main
  baseline   the other objects of the program: no VEX or EVEX instruction at all
  program    no weak function with such an instruction
  compiler   makes an object that breaks these rules, to see that it is found (x86-64)
"""
import argparse
import pathlib
import platform
import re
import tempfile

import meta

SYMBOL = re.compile(r"^([0-9a-f]+) (.)(.)....(.) (\S+)\t[0-9a-f]+ +(?:\.\w+ )?(\S+)$", re.MULTILINE)
FUNCTION = re.compile(r"^([0-9a-f]+) <([^\n]+)>:\n((?:.+\n?)*)", re.MULTILINE)
BMI = r"(?:andn|bextr|bls\w+|bzhi|mulx|p(?:dep|ext)|rorx|s[ah][lr]x)[lq]? .*"
VEX = re.compile(rf"^[^\t]*\t\s*(v\w+\b.*%[xyz]mm\d.*|vzero\w+|{BMI})$", re.MULTILINE)
READ_ONLY = re.compile(r"\.(rodata|data\.rel\.ro)")
BAD = """
template <class T> __attribute__((noinline)) T sum(T a, T b) { return a + b; }
template <class T> struct table { virtual ~table() = default; static T (*const of)(T, T); };
template <class T> T (*const table<T>::of)(T, T) = sum<T>;
const auto* pointer = &table<float>::of;
volatile float not_known = 1.0f;
float before_main = sum((*pointer)(not_known, 1.0f), 1.0f);
"""

parser = argparse.ArgumentParser()
parser.add_argument("objdump")
parser.add_argument("--program")
parser.add_argument("--compiler")
parser.add_argument("--baseline", nargs="*", default=[])
parser.add_argument("--kernels", nargs="*", default=[])
options = parser.parse_args()


def ask(path, *what):
    status, output = meta.run([options.objdump, *what, path])
    if status:
        raise SystemExit(f"objdump {' '.join(what)} {path}: {output}")
    return output


def weak_symbols(path):
    """(name, whether it is a function, section, address) of the weak symbols that an object defines."""
    for address, scope, weak, kind, section, name in SYMBOL.findall(ask(path, "-t")):
        if (weak == "w" or scope == "u") and section != "*UND*":
            yield name, kind == "F", section, int(address, 16)


def vex_functions(path):
    """(function, an instruction of it that only newer processors know, address)."""
    for address, name, code in FUNCTION.findall(ask(path, "-d", "--no-show-raw-insn")):
        if match := VEX.search(code):
            yield name, " ".join(match.group(1).split()), int(address, 16)


def problems_of_kernels(path):
    name = pathlib.Path(path).name
    for symbol, is_function, section, _ in weak_symbols(path):
        if is_function:
            yield f"{name}: the function {symbol} is weak: another object's calls may end there"
        elif READ_ONLY.match(section) and not symbol.startswith(("_ZTI", "_ZTS")):
            yield f"{name}: the constant {symbol} is weak and may point to a function"
    for section in re.findall(r" (\.(?:init_array|ctors)\S*) ", ask(path, "-h")):
        yield f"{name}: {section}: code of one instruction set runs before main"


def problems_of_baseline(path):
    for symbol, instruction, _ in vex_functions(path):
        yield f"{pathlib.Path(path).name}: {symbol} contains {instruction}"


def problems_of_program(path):
    # By address: a local function of an instruction set and the baseline's weak one have the same name.
    weak = {address for _, is_function, _, address in weak_symbols(path) if is_function}
    for symbol, instruction, address in vex_functions(path):
        if address in weak:
            yield f"{pathlib.Path(path).name}: the weak function {symbol} contains {instruction}"


def undetected():
    """What is not found in an object that breaks every rule."""
    with tempfile.TemporaryDirectory() as folder:
        bad = pathlib.Path(folder) / "bad.o"
        command = [options.compiler, "-std=c++20", "-O1", "-mavx2", "-c", "-x", "c++", "-", "-o", bad]
        status, output = meta.run(command, input=BAD)
        if status:
            yield f"the bad object does not compile: {output}"
            return
        found = list(problems_of_kernels(bad))
        for what in ("the function", "the constant", "before main"):
            if not any(what in problem for problem in found):
                yield f"not detected in a bad object: {what}"
        if not any("sum" in problem for problem in problems_of_program(bad)):
            yield "not detected in a bad object: a weak function with an AVX instruction"


checks = [(problems_of_kernels, path) for path in options.kernels]
checks += [(problems_of_baseline, path) for path in options.baseline]
checks += [(problems_of_program, options.program)] if options.program else []
problems = [problem for check, path in checks for problem in check(path)]
if options.compiler and platform.machine() in ("x86_64", "AMD64"):
    checks.append((undetected, None))
    problems += undetected()
meta.finish(max(len(checks), len(problems)), problems)
