# SPDX-License-Identifier: MIT
"""What the meta tests share: the files of the project, running compilers, and the report."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
HEADERS = sorted((INCLUDE / "halftone").rglob("*.hpp"))
COMMENT = re.compile(r'("(?:\\.|[^"\\\n])*")|//[^\n]*|/\*.*?\*/', re.DOTALL)


def project_files():
    """Every file that git tracks or would track; without git, every file outside build folders and dot folders."""
    try:
        listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True)
        if listing.returncode == 0 and listing.stdout:
            return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]
    except FileNotFoundError:
        pass  # no git on this machine
    files = (path for path in ROOT.rglob("*") if path.is_file())
    ignored = ("build", ".git", ".cache", "__pycache__")
    return [path for path in files if not any(part.startswith(ignored) for part in path.relative_to(ROOT).parts[:-1])]


def relative(path):
    return path.relative_to(ROOT).as_posix()


def code_of(path):
    """The text of a C++ file without comments; line numbers are kept."""
    def replace(match):
        return match.group(1) or re.sub(r"[^\n]", " ", match.group(0))
    return COMMENT.sub(replace, path.read_text(encoding="utf-8"))


def includes_of(path):
    """The names that a C++ file includes, with their line numbers."""
    for number, line in enumerate(code_of(path).splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1), match.group(2)


def run(command, **options):
    """Runs a command; returns its exit status and both outputs as one text."""
    result = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, errors="replace", **options)
    return result.returncode, result.stdout


def in_parallel(function, items):
    """function(item) for each item, on as many processes as there are processors; results in order."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))


def finish(checks, problems, warnings=()):
    """Prints the problems and the tally, and ends the program. `checks` is the number of things looked at."""
    for warning in warnings:
        print("warning:", warning)
    for problem in problems:
        print("error:", problem)
    if checks == 0:
        print("error: nothing was checked")
    failed = len(problems) if checks else 1
    print(f"tally: {max(checks - failed, 0)} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)
