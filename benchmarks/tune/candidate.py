# SPDX-License-Identifier: MIT
"""Candidates: one kernel, compiled with one set of constants, loaded as a library."""
import concurrent.futures
import ctypes
import hashlib
import os
import pathlib
import subprocess

import header
import plan

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failure(Exception):
    """Something that ends the program with a sentence."""


class Library:
    """A compiled candidate."""

    def __init__(self, path):
        self.library = ctypes.CDLL(str(path))
        size, pointer = ctypes.c_size_t, ctypes.c_void_p
        for name, result, *takes in (("constant", size, size), ("hash", ctypes.c_uint64), ("make", pointer, size, size, size),
                                     ("drop", None, pointer), ("workspace", size, pointer), ("reserve", None, pointer, size),
                                     ("rate", ctypes.c_double, pointer, ctypes.c_double)):
            function = getattr(self.library, f"tune_{name}")
            function.restype, function.argtypes = result, takes

    def text(self, what):
        function = getattr(self.library, f"tune_{what}")
        function.restype = ctypes.c_char_p
        return function().decode()

    def constants(self):
        return {name: self.library.tune_constant(at) for at, name in enumerate(plan.NAMES)}

    def hash(self):
        return self.library.tune_hash()

    def make(self, rows, kernel):
        """A multiplication, for libraries of this kernel."""
        return self.library.tune_make(rows, kernel.n, kernel.k)

    def drop(self, made):
        self.library.tune_drop(made)

    def reserve(self, made, others):
        """Gives it the workspace that all the others need."""
        self.library.tune_reserve(made, max(other.library.tune_workspace(made) for other in others))

    def rate(self, made, seconds):
        return self.library.tune_rate(made, seconds)


class Builder:
    """Compiles candidates, each once: a kernel is compiled again only where a constant changes that it depends on."""

    def __init__(self, compiler, flags, folder, jobs):
        self.compiler, self.flags, self.folder, self.jobs = compiler, flags, pathlib.Path(folder), jobs
        self.libraries = {}  # (kernel, constants that it depends on): Library
        self.hashes = {}     # kernel: the hash of the library's own constants
        self.folder.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def key(kernel, constants):
        return kernel.name, constants and tuple(constants[name] for name in kernel.depends_on)

    def command(self, *arguments):
        return [self.compiler, "-std=c++20", *self.flags, "-I", str(ROOT / "include"), *map(str, arguments)]

    def compile(self, kernel, constants):
        """@param constants  None for those of the library"""
        options = []
        if constants is not None:
            text = header.text_of(constants, isa=None, comment="A candidate of tune.py.")
            name = self.folder / f"{kernel.name}.{hashlib.sha256(text.encode()).hexdigest()[:12]}"
            file = name.with_name(name.name + ".hpp")
            file.write_text(text, encoding="utf-8")
            options = [f'-DHALFTONE_TUNED_HEADER="{file.resolve()}"']
        else:
            name = self.folder / f"{kernel.name}.shipped"
        output = name.with_name(name.name + ".so")
        command = self.command("-fPIC", "-shared", f"-DHALFTONE_TUNE_SCHEME={kernel.scheme}",
                               f"-DHALFTONE_TUNE_FLOATS={int(kernel.floats)}", *options,
                               ROOT / "benchmarks/tune/candidate.cpp", "-o", output)
        run_compiler(command)
        return output

    def missing(self, wanted):
        """Those of the (kernel, constants) that are not compiled yet, each once."""
        return list({self.key(*one): one for one in wanted if self.key(*one) not in self.libraries}.values())

    def build(self, wanted, progress=lambda done: None):
        """Compiles and loads what is missing, and compares its results with those of the library's own constants."""
        missing = self.missing(wanted)
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            paths = []
            for path in pool.map(lambda one: self.compile(*one), missing):
                paths.append(path)
                progress(len(paths))
        for (kernel, constants), path in zip(missing, paths):
            library = Library(path)
            self.check(kernel, constants, library)
            self.libraries[self.key(kernel, constants)] = library
            if constants is None:
                self.libraries.setdefault(self.key(kernel, library.constants()), library)

    def check(self, kernel, constants, library):
        if constants is not None:
            used = library.constants()
            if used != constants:
                raise Failure(f"{kernel.name}: compiled with {used}, not with {constants}")
        value = library.hash()
        expected = self.hashes.setdefault(kernel.name, value)
        if value != expected:
            raise Failure(f"{kernel.name}: results with {constants} have the hash {value:016x}, those with the constants of "
                          f"the library {expected:016x}: that is a bug of Halftone, and no header is written")

    def library(self, kernel, constants):
        return self.libraries[self.key(kernel, constants)]


def run_compiler(command, **options):
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", env={**os.environ, "LC_ALL": "C"},
                              **options)
    except OSError as problem:
        raise Failure(f"{command[0]}: {problem.strerror}") from problem
    if done.returncode != 0:
        raise Failure(f"{' '.join(command)}\n{done.stderr[:3000]}")
