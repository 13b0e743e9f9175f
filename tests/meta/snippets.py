# SPDX-License-Identifier: MIT
"""Compiles every C++ fence of README.md and docs/*.md; those with a main are also run.

usage: snippets.py <compiler>
A fence without a main is compiled after snippet_prelude.hpp: at namespace scope if a line of it begins with template,
struct, class, concept, inline, constexpr or namespace, else as the body of a function that has the arguments named in
the prelude. A comment on the line before the fence changes that:
  <!-- snippet: file=examples/x.cpp -->   the fence is a part of that file, word for word
  <!-- snippet: continues -->             the fence follows the one before it on the page
"""
import pathlib
import re
import sys
import tempfile

import meta

compiler = sys.argv[1]
FLAGS = ["-std=c++20", "-Wall", "-Wextra", "-Wno-unused", "-Werror", "-I", meta.INCLUDE, "-I", meta.ROOT / "tests/meta",
         "-I", meta.ROOT, "-march=native"]
FENCE = re.compile(r"(?:^<!-- *snippet: *(?P<note>.*?) *-->[ \t]*\n+)?^```cpp[^\n]*\n(?P<code>.*?)^```",
                   re.MULTILINE | re.DOTALL)
DECLARES = re.compile(r"^(template|struct|class|concept|inline|constexpr|namespace)\b", re.MULTILINE)


def fences():
    """(place, note, codes): codes is the fence after those that it continues."""
    for page in [meta.ROOT / "README.md", *sorted((meta.ROOT / "docs").glob("**/*.md"))]:
        text = page.read_text(encoding="utf-8")
        codes = []
        for match in FENCE.finditer(text):
            note = match.group("note") or ""
            codes = (codes if note == "continues" else []) + [match.group("code")]
            line = text.count("\n", 0, match.start("code")) + 1
            yield f"{meta.relative(page)}:{line}", note, list(codes)


def program_of(codes):
    """A translation unit that holds the fences in their order; bodies that follow each other share their names."""
    includes, rest, previous = [], [], ""
    for code in codes:
        lines = code.splitlines()
        includes += [line for line in lines if line.startswith("#include")]
        body = "\n".join("" if line.startswith("#include") else line for line in lines)
        if DECLARES.search(body) or "int main(" in body:
            previous = ""
        else:
            if previous:
                rest.pop()
            previous = body = previous + body + "\n"
            body = "void snippet_%d(SNIPPET_ARGUMENTS) {{\n%s}}" % (len(rest), body)
        rest.append(body)
    return "\n".join([*includes, '#include "snippet_prelude.hpp"', *rest]) + "\n"


def check(fence):
    place, note, codes = fence
    if note.startswith("file="):
        path = meta.ROOT / note[len("file="):]
        whole = path.read_text(encoding="utf-8") if path.is_file() else ""
        return None if codes[-1].strip("\n") in whole else f"{place}: is no part of {note[len('file='):]}"
    runs = any("int main(" in code for code in codes)
    source = codes[-1] if runs and len(codes) == 1 else program_of(codes)
    with tempfile.TemporaryDirectory() as folder:
        program = pathlib.Path(folder) / "snippet"
        how = ["-O1", "-o", program] if runs else ["-fsyntax-only"]
        status, output = meta.run([compiler, *FLAGS, *how, "-x", "c++", "-"], input=source)
        if status:
            return f"{place}: does not compile:\n{output}"
        if runs:
            status, output = meta.run([program], cwd=folder, timeout=60)
            if status:
                return f"{place}: ended with {status}:\n{output}"
    return None


results = meta.in_parallel(check, fences())
meta.finish(len(results), [problem for problem in results if problem])
