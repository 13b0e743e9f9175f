# SPDX-License-Identifier: MIT
"""tests/ mirrors include/halftone/ file for file; exceptions stand in mirror_exceptions.txt, each with its reason."""
import meta

exceptions = {}
for line in (meta.ROOT / "tests/meta/mirror_exceptions.txt").read_text().splitlines():
    if line and not line.startswith("#"):
        name, _, reason = line.partition(" ")
        exceptions[name] = reason.strip()

problems = [f"mirror_exceptions.txt gives no reason for {name}" for name, reason in exceptions.items() if not reason]
headers = {header.relative_to(meta.INCLUDE / "halftone").with_suffix("").as_posix() for header in meta.HEADERS}
for name in sorted(headers):
    tested = (meta.ROOT / "tests" / f"{name}.cpp").is_file()
    if not tested and name not in exceptions:
        problems.append(f"include/halftone/{name}.hpp has no tests/{name}.cpp")
    if tested and name in exceptions:
        problems.append(f"mirror_exceptions.txt lists {name}, which has a test")
problems += [f"mirror_exceptions.txt lists {name}, which does not exist" for name in exceptions if name not in headers]
meta.finish(len(headers), problems)
