# SPDX-License-Identifier: MIT
"""Rules that a look at the text can check, one function each; every function yields problems.

usage: file_rules.py   (prints a warning for files that are worth a second look)
"""
import re

import meta

LONG, TOO_LONG = 300, 500
SOURCES = [path for path in meta.project_files()
           if path.suffix in (".hpp", ".cpp", ".py", ".sh", ".cmake") or path.name in ("CMakeLists.txt", "run")]
CPP = [path for path in SOURCES if path.suffix in (".hpp", ".cpp")]
warnings = []


def matches(path, text, pattern):
    """Where a pattern occurs, as path:line, and what matched."""
    for match in re.finditer(pattern, text):
        yield f"{meta.relative(path)}:{text.count(chr(10), 0, match.start()) + 1}", match.group(0)


def files_are_short():
    for path in SOURCES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > TOO_LONG:
            yield f"{meta.relative(path)} has {lines} lines, more than {TOO_LONG}: split it"
        elif lines > LONG:
            warnings.append(f"{meta.relative(path)} has {lines} lines")


def sources_carry_the_licence():
    for path in SOURCES:
        if "SPDX-License-Identifier: MIT" not in "\n".join(path.read_text(encoding="utf-8").splitlines()[:3]):
            yield f"{meta.relative(path)} lacks the SPDX line"


def headers_have_pragma_once():
    for path in CPP:
        if path.suffix == ".hpp" and "\n#pragma once\n" not in path.read_text(encoding="utf-8"):
            yield f"{meta.relative(path)} lacks #pragma once"


def only_presets_name_a_preset():
    presets = meta.INCLUDE / "halftone/scheme/presets.hpp"
    names = re.findall(r"^using (\w+) =", meta.code_of(presets), re.MULTILINE)
    assert names, "presets.hpp names no preset"
    for path in meta.HEADERS:
        if path != presets:
            # A folder may give the same name to a scheme of its own (ggml::mxfp4), which others then name with its namespace.
            own = {name for header in path.parent.glob("*.hpp") if header != presets
                   for name in re.findall(r"^using (\w+) =", meta.code_of(header), re.MULTILINE)}
            for where, name in matches(path, meta.code_of(path), r"(?<!ggml::)\b(" + "|".join(names) + r")\b"):
                if name not in own:
                    yield f"{where}: names the preset {name}"


def intrinsics_stay_in_simd():
    pattern = r"\b(_mm\d*_\w+|__m(128|256|512)\w*|__mmask\d+|__builtin_ia32\w+|\w*intrin\.h|arm_neon\.h|xsimd::\w+)"
    for path in meta.HEADERS:
        if path.parent.name != "simd":
            for where, name in matches(path, meta.code_of(path), pattern):
                yield f"{where}: {name} belongs in simd/"


def no_leftovers():
    pattern = r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|^\s*#\s*if 0\b"
    for path in SOURCES:
        for where, name in matches(path, path.read_text(encoding="utf-8"), re.compile(pattern, re.MULTILINE)):
            yield f"{where}: {name.strip()}"


def nothing_of_one_machine():
    """Paths of a machine and hosts of package registries have no place in a file of the project."""
    paths = [f"/{folder}/" for folder in ("work", "root")]
    hosts = [f"{name}.org" for name in ("pypi", "pythonhosted", "registry.npmjs")]
    hosts += ["deb.debian" + ".org", "snapshot.debian" + ".org", "crates" + ".io", "proxy.golang" + ".org"]
    pattern = r"(?<![\w.$}])(" + "|".join(map(re.escape, paths)) + ")|" + "|".join(map(re.escape, hosts))
    for path in meta.project_files():
        data = path.read_bytes()
        if b"\0" not in data[:65536]:
            for where, name in matches(path, data.decode("utf-8", "replace"), pattern):
                yield f"{where}: {name}"


rules = [files_are_short, sources_carry_the_licence, headers_have_pragma_once, only_presets_name_a_preset,
         intrinsics_stay_in_simd, no_leftovers, nothing_of_one_machine]
problems = []
broken = 0
for rule in rules:
    found = [f"{rule.__name__}: {problem}" for problem in rule()]
    problems += found
    broken += bool(found)
meta.finish(max(len(rules) - broken + len(problems), len(rules)), problems, warnings)
