# SPDX-License-Identifier: MIT
"""The header of constants that is written: its text, and that it compiles and is used before it is put in its place."""
import hashlib
import os
import pathlib

import plan

USE = """#include <halftone/gemm/blocking.hpp>
using used = halftone::kernel_constants<halftone::default_arch>;
{asserts}
"""


def name_of(constants, isa):
    """A name that other constants do not have: it is a part of the namespace of all kernels."""
    values = " ".join(str(constants[name]) for name in plan.NAMES)
    return (isa or "any") + "_" + hashlib.sha256(values.encode()).hexdigest()[:8]


def text_of(constants, isa, comment, shipped=None):
    """@param isa      the instruction set that the constants were measured for; None: any
       @param shipped  the library's own, to be named beside those that differ"""
    name = name_of(constants, isa)
    lines = [f"// {line}".rstrip() for line in comment.splitlines()]
    lines += ["#pragma once", "", "#include <cstddef>", "#include <string_view>", "", f"#define HALFTONE_TUNED_NAME {name}", ""]
    if isa is not None and isa != "portable":  # portable: blocking.hpp compares the names
        lines += [f"#if !defined(HALFTONE_ISA_{isa.upper()})",
                  f'#error "Halftone: the constants of this header were measured for {isa}; measure again for these flags."',
                  "#endif", ""]
    lines += ["namespace halftone_tuned {", "", "template <class Shipped>", f"struct {name} : Shipped {{"]
    if isa is not None:
        lines.append(f'  static constexpr std::string_view isa = "{isa}";')
    for constant in plan.NAMES:
        line = f"  static constexpr std::size_t {constant} = {constants[constant]};"
        if shipped is not None and shipped[constant] != constants[constant]:
            line += f"  // without this header: {shipped[constant]}"
        lines.append(line)
    return "\n".join([*lines, "};", "", "}  // namespace halftone_tuned", ""])


def use_of(constants):
    """A source that compiles only with these constants."""
    return USE.format(asserts="\n".join(f"static_assert(used::{name} == {value});" for name, value in constants.items()))


def write(path, text, constants, compile_text):
    """Writes beside the path, compiles what was written with `compile_text(header, source)`, then renames: whoever reads
    the path sees the old header or the new one, and never one that does not compile."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.hpp")
    try:
        temporary.write_text(text, encoding="utf-8")
        compile_text(temporary.resolve(), use_of(constants))
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
