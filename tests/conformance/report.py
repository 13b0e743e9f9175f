#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""docs/conformance.md, from the last full pass of each system that stands in tests/conformance/results/.

usage: report.py --write FOLDER SYSTEM ...     takes the results that run.sh --folder FOLDER left of these systems where all passed,
                                               and writes the page
       report.py --write                       writes the page again from what stands in results/
       report.py --check                       fails if the page is not made of results/, lacks a system of run.sh, has results of other
                                               versions than packages.txt, or of other rules or notes than the scripts have

Of a script's rules, the parts that are known without a run are compared: the text of each f-string, whatever fills its braces.
"""
import ast
import datetime
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "conformance.md"
RESULTS = HERE / "results"
RUN = HERE / "run.sh"
METHODS = {"equal", "close", "true", "refuses", "skip", "note"}
INTRODUCTION = """# Conformance

What the library computes, beside what the real packages compute: for each system the last run in which every case passed. `bash
tests/conformance/run.sh [system ...]` installs the packages at these versions, feeds both sides the same inputs (random, ties,
extremes, degenerate groups, odd shapes, huge and subnormal scales) and compares codes and bytes exactly, floats bit for bit or
within a bound that the script derives. Where a package's documentation and its behaviour differ, the behaviour is matched, and a
note says so.

To bring this page up to date, or to add a system to it:

```sh
bash tests/conformance/run.sh --folder build/conformance --write [system ...]   # writes results/SYSTEM.json and this page
```
"""


def systems():
    return re.search(r"^systems=\((.*)\)$", RUN.read_text(), re.MULTILINE).group(1).split()


def renamed(function, name):
    """What a function of run.sh, one `case`, makes of a name."""
    body = re.search(rf"^{function}\(\) {{$(.*?)^}}$", RUN.read_text(), re.MULTILINE | re.DOTALL).group(1)
    cases = re.findall(r"^    ([\w|]+)\) echo (\w+) ;;$", body, re.MULTILINE)
    return next((to for names, to in cases if name in names.split("|")), name)


def packages_of(system):
    """What run.sh installs for a system: up to three lines of packages.txt."""
    lines = dict(line.split(": ", 1) for line in (HERE / "packages.txt").read_text().splitlines() if not line.startswith("#"))
    environment = renamed("environment_of", system)
    return " ".join(lines[name] for name in (environment, f"{environment} without dependencies", f"{environment} alone") if name in lines)


def pins_that_disagree():
    pins = {}
    for system in systems():
        for package in packages_of(system).split():
            name, _, version = package.partition("==")
            place = renamed("shared_by", renamed("environment_of", system))
            first, other = pins.setdefault((place, name), (version, system))
            if first != version:
                yield f"{system}: packages.txt has {name} {version}, and {first} for {other} in the same environment"


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def take(folder, chosen):
    """Copies the results of full passes into results/."""
    for system in chosen:
        path = pathlib.Path(folder) / f"{system}.json"
        lines = read(path) if path.is_file() else []
        failed = [line["rule"] for line in lines if line.get("failed")]
        if system not in systems() or not lines or failed:
            print(f"{system} stays in docs/conformance.md as it is:",
                  f"{failed[0]} failed" if failed else "there are no results of it" if system in systems() else "run.sh does not list it")
            continue
        date = datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc).date().isoformat()
        record = [{"packages": packages_of(system), "date": date}]
        for line in lines:
            record.append({"note": line["note"]} if "note" in line else
                          {"rule": line["rule"], "passed": line["passed"], "skipped": line["skipped"], "text": line["text"]})
        RESULTS.mkdir(exist_ok=True)
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in record)
        (RESULTS / f"{system}.json").write_text(text, encoding="utf-8")


def cell(text):
    return " ".join(text.replace("|", "\\|").split())


def page(recorded):
    """The page as one text; `recorded` are the lines of each system in order."""
    summary, sections, sums = [], [], [0, 0, 0]
    for system, (head, *lines) in recorded.items():
        rules = [line for line in lines if "rule" in line]
        notes = [line["note"] for line in lines if "note" in line]
        cases = sum(rule["passed"] for rule in rules)
        skips = sum(rule["skipped"] for rule in rules)
        sums = [a + b for a, b in zip(sums, (len(rules), cases, skips))]
        summary.append(f"| [{system}](#{system}) | {head['packages']} | {head['date']} | {len(rules)} | {cases} | {skips} |")
        sections.append(f"## {system}\n\n{head['packages']}, {head['date']}\n\n| rule | cases | result |\n| --- | --- | --- |\n"
                        + "".join(f"| {cell(rule['rule'])} | {rule['passed'] + rule['skipped']} | "
                                  + ("passed" if not rule["skipped"] else f"skipped: {cell(rule['text'])}") + " |\n"
                                  for rule in rules)
                        + ("\nWhere documentation and behaviour differ:\n\n" if notes else "")
                        + "".join(f"- {' '.join(note.split())}\n" for note in notes))
    table = "\n".join(["| system | packages | last full pass | rules | cases passed | skipped |", "| --- | --- | --- | --- | --- | --- |",
                       *summary, "| all | | | {} | {} | {} |".format(*sums)])
    return "\n".join([INTRODUCTION, table + "\n", *sections])


class Script:
    """What a system's script, and the files beside it that it imports, say about rules and notes without being run."""

    def __init__(self, system):
        self.rules, self.optional, self.notes = set(), set(), set()
        names = [system]
        for name in names:
            tree = ast.parse((HERE / f"{name}.py").read_text(encoding="utf-8"))
            self.texts = {}  # of this file: name: expressions that are assigned to it; None where something else is
            for node in ast.walk(tree):
                found = [a.name for a in node.names] if isinstance(node, ast.Import) else (
                    [node.module] if isinstance(node, ast.ImportFrom) else [])
                # A script may have the name of a package, which is what others import by that name.
                names += [n for n in found if n not in (*names, *systems(), "suite", "report") and (HERE / f"{n}.py").is_file()]
                if isinstance(node, ast.Assign):
                    self._assign(node.targets[0], node.value)
                elif isinstance(node, (ast.For, ast.comprehension)):
                    self._assign(node.target, None)
                elif isinstance(node, ast.arg):
                    self.texts.setdefault(node.arg, []).append(None)
            branches = {id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) for inner in ast.walk(node)}
            for node in ast.walk(tree):
                if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS and node.args
                        and isinstance(node.func.value, ast.Name) and node.func.value.id == "suite"):
                    chosen = {"skip": self.optional, "note": self.notes}.get(node.func.attr, self.rules)
                    if id(node) in branches and chosen is self.rules:
                        chosen = self.optional  # what the machine has may decide
                    chosen.add(self._pattern(node.args[0], 3))

    def _assign(self, target, value):
        if isinstance(target, ast.Tuple):
            parts = value.elts if isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts) else [None] * len(target.elts)
            for pair in zip(target.elts, parts):
                self._assign(*pair)
        elif isinstance(target, ast.Name):
            self.texts.setdefault(target.id, []).append(value)

    def _pattern(self, node, depth):
        """A regular expression for what an expression gives; `.*` where that is not known."""
        if isinstance(node, ast.Constant):
            return re.escape(str(node.value))
        if isinstance(node, ast.JoinedStr):
            return "".join(self._pattern(part, depth) for part in node.values)
        if isinstance(node, ast.FormattedValue):
            return self._pattern(node.value, depth)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self._pattern(node.left, depth) + self._pattern(node.right, depth)
        if isinstance(node, ast.IfExp):
            return f"(?:{self._pattern(node.body, depth)}|{self._pattern(node.orelse, depth)})"
        if isinstance(node, ast.Name) and depth and all(
                isinstance(v, (ast.Constant, ast.JoinedStr, ast.BinOp, ast.IfExp)) for v in self.texts.get(node.id, [None])):
            return "(?:" + "|".join(sorted({self._pattern(v, depth - 1) for v in self.texts[node.id]})) + ")"
        return ".*"


def differences(what, known, optional, recorded):
    for pattern in sorted(known):
        if not any(re.fullmatch(pattern, text) for text in recorded):
            yield f"its script has the {what} /{pattern}/, which the page lacks"
    for text in recorded:
        if not any(re.fullmatch(pattern, text) for pattern in known | optional):
            yield f"the page has the {what} \"{text}\", which its script lacks"


def problems_of(system, lines):
    if not packages_of(system):
        yield "packages.txt has no line for it, nor environment_of in run.sh another name"
    if lines[0]["packages"] != packages_of(system):
        yield f"the page has results of {lines[0]['packages']}, and packages.txt has {packages_of(system)}"
    rules = [line["rule"] for line in lines if "rule" in line]
    if not rules:
        yield "the page has no rule"
    if (HERE / f"{system}.py").is_file():
        script = Script(system)
        yield from differences("rule", script.rules, script.optional, rules)
        yield from differences("note", script.notes, set(), [line["note"] for line in lines if "note" in line])
    else:
        yield from (f"the page has the rule \"{rule}\", which run.sh lacks" for rule in rules if f'"{rule}"' not in RUN.read_text())


def check():
    """Every reason why the page is stale."""
    recorded = {system: read(RESULTS / f"{system}.json") for system in systems() if (RESULTS / f"{system}.json").is_file()}
    again = "run.sh --folder F --write"
    problems = [f"{system}: no full pass stands in results/: {again} {system}" for system in systems() if system not in recorded]
    problems += [f"{path.name}: run.sh has no such system" for path in sorted(RESULTS.glob("*.json")) if path.stem not in systems()]
    problems += pins_that_disagree()
    for system, lines in recorded.items():
        found = [f"{system}: {problem} (run.sh --folder F --write {system})" for problem in problems_of(system, lines)]
        problems += found[:3] + [f"{system}: and {len(found) - 3} more"] * (len(found) > 3)
    if not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page(recorded):
        problems.append("docs/conformance.md is not made of results/: report.py --write")
    return len(systems()) + 1, problems


def main():
    match sys.argv[1:]:
        case ["--check"]:
            count, problems = check()
            for problem in problems:
                print("error:", problem)
            failed = min(len(problems), count)
            print(f"tally: {count - failed} passed, {failed} failed, 0 skipped")
            sys.exit(bool(problems))
        case ["--write", *arguments]:
            if arguments:
                take(arguments[0], arguments[1:])
            PAGE.write_text(page({s: read(RESULTS / f"{s}.json") for s in systems() if (RESULTS / f"{s}.json").is_file()}),
                            encoding="utf-8")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
