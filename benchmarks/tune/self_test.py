# SPDX-License-Identifier: MIT
"""That tune.py works: what it chooses, what it writes, and that results with odd constants are those of the library.

usage: self_test.py [COMPILER]   without a compiler only what needs none
"""
import contextlib
import io
import pathlib
import sys
import tempfile

import candidate
import header
import measure
import plan
import tune

ODD = dict(integer_rows=3, unpacked_rows=3, integer_panels=1, row_panels=3, float_rows=3, float_panels=1, float_row_panels=3,
           block_rows=7, block_quads=8, float_depth=5)
SHIPPED = dict(integer_rows=6, unpacked_rows=6, integer_panels=3, row_panels=4, float_rows=6, float_panels=2,
               float_row_panels=4, block_rows=256, block_quads=256, float_depth=256)
FLAGS = "-O1 -march=native"


def test_choice():
    assert measure.best({0: [1.019, 1.019], 1: [0.9, 1.1]}) is None, "less than the margin is noise"
    assert measure.best({0: [1.03, 1.03], 1: [1.2, 1.0], 2: [0.5, 1.5]}) == 1
    assert measure.best({}) is None
    assert measure.ratio([3.0, 200.0, 4.0], [2.0, 100.0, 4.0]) == 1.5, "rounds are compared one by one"


def test_plan():
    for now in (SHIPPED, ODD, {**SHIPPED, "integer_rows": 1, "integer_panels": 1, "float_rows": 16, "row_panels": 8}):
        for step in plan.steps():
            for change in step.candidates(now):
                assert change and all(now[name] != value or len(change) > 1 for name, value in change.items()), change
                for name, value in change.items():
                    assert plan.LIMITS[name][0] <= value <= plan.LIMITS[name][1], change
                    assert name != "block_quads" or value % 8 == 0, change
                    assert any(name in kernel.depends_on for kernel in step.kernels), change
    assert {step.constant for step in plan.steps()} == set(plan.NAMES)
    assert [step.constant for step in plan.steps(["block_rows"])] == ["block_rows"]
    quick = plan.steps(quick=True)
    assert quick and all(len(step.candidates(SHIPPED)) <= 2 and len(step.kernels) == 1 for step in quick)
    assert {plan.middle([1, 2, 3, 4], 2)[0], plan.middle([1, 2, 3, 4], 1)[0]} == {2, 3}


def test_header():
    one, other = header.text_of(ODD, "avx2", "x"), header.text_of({**ODD, "block_rows": 8}, "avx2", "x")
    name_of = [text.split("#define HALFTONE_TUNED_NAME ")[1].split()[0] for text in (one, other)]
    assert name_of[0] != name_of[1] and name_of[0].isidentifier(), "other constants have another name"
    assert one == header.text_of(ODD, "avx2", "x")
    assert "HALFTONE_ISA_AVX2" in one and "without this header: 256" in header.text_of(ODD, "avx2", "x", SHIPPED)

    def refuses(path, source):
        raise candidate.Failure(f"{path} {source}")

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "tuned.hpp"
        path.write_text("old")
        with contextlib.suppress(candidate.Failure):
            header.write(path, one, ODD, refuses)
        assert path.read_text() == "old" and len(list(path.parent.iterdir())) == 1, "a header that does not compile was kept"


def test_arguments():
    for bad in (["--flags", "-DHALFTONE_TUNED_HEADER=x"], ["--only", "cache_lines"], ["--jobs", "0"], ["--most", "0"]):
        with contextlib.redirect_stderr(io.StringIO()):
            try:
                tune.arguments(bad)
            except SystemExit:
                continue
        raise AssertionError(f"accepted: {bad}")


def fails(function, *what):
    try:
        function(*what)
    except candidate.Failure as problem:
        return str(problem)
    raise AssertionError("nothing failed")


def test_with_compiler(compiler, folder):
    """A constant is tuned with one candidate; then odd constants and broken results."""
    output = folder / "tuned.hpp"
    measure.QUICK = measure.Effort(2, 0.001)
    report = io.StringIO()
    with contextlib.redirect_stdout(report):
        status = tune.main(["--quick", "--only", "unpacked_rows", "--most", "1", "--compiler", compiler, f"--flags={FLAGS}",
                            "--build", str(folder), "--output", str(output), "--jobs", "1"])
    text = output.read_text()
    assert status == 0 and "geometric mean" in report.getvalue() and "written:" in report.getvalue(), report.getvalue()
    print(report.getvalue(), text, sep="\n")
    builder = candidate.Builder(compiler, FLAGS.split(), folder, 1)
    builder.build([(plan.INT4, ODD)])  # unlike those of the library, whose hash follows
    hash_of_odd = builder.hashes.pop(plan.INT4.name)
    shipped = candidate.Library(folder / f"{plan.INT4.name}.shipped.so")
    builder.check(plan.INT4, None, shipped)
    assert builder.hashes[plan.INT4.name] == hash_of_odd, "results depend on constants"
    builder.hashes[plan.INT4.name] ^= 1
    assert "that is a bug" in fails(builder.check, plan.INT4, None, shipped)
    assert "not with" in fails(builder.check, plan.INT4, ODD, shipped)

    def use(source, *flags):
        candidate.run_compiler(builder.command("-fsyntax-only", *flags, "-x", "c++", "-"), input=source)

    tuned = f'-DHALFTONE_TUNED_HEADER="{output}"'
    constants = {**shipped.constants(), "unpacked_rows": int(text.split(" unpacked_rows = ")[1].split(";")[0])}
    use(header.use_of(constants), tuned)
    assert "static" in fails(use, header.use_of(ODD), tuned)
    if shipped.text("instruction_set") != "portable":
        assert "were measured for" in fails(use, "#include <halftone/core/config.hpp>\n", tuned, "-DHALFTONE_FORCE_PORTABLE")


def main():
    tests = [test_choice, test_plan, test_header, test_arguments]
    for test in tests:
        test()
    if len(sys.argv) > 1:
        with tempfile.TemporaryDirectory() as folder:
            test_with_compiler(sys.argv[1], pathlib.Path(folder))
    print(f"tally: {len(tests) + len(sys.argv) - 1} passed, 0 failed, 0 skipped")


if __name__ == "__main__":
    main()
