# SPDX-License-Identifier: MIT
"""Includes go one way: a header includes its own folder and folders listed before it, and no cycle exists.

halftone.hpp includes every header but io/ and those that need an optional dependency. xsimd is included in simd/ alone.
"""
import meta

LAYERS = """core element scheme epilogue simd tensor reference quantize gemm calibration
            ptq qat vq mixed outlier adapter format io""".split()
OPTIONAL = ("nlohmann/", "Eigen/")

problems = []
graph = {}
for header in meta.HEADERS:
    name = header.relative_to(meta.INCLUDE).as_posix()
    graph[name] = []
    layer = name.split("/")[1] if name.count("/") >= 2 else None
    if layer is not None and layer not in LAYERS:
        problems.append(f"{name}: folder {layer} is no layer of this project")
        continue
    for line, bracket, included in meta.includes_of(header):
        where = f"{name}:{line}"
        if bracket == '"':
            problems.append(f'{where}: write <halftone/...> instead of "{included}"')
        if included.startswith("xsimd") and layer != "simd":
            problems.append(f"{where}: xsimd enters through simd/ alone")
        if not included.startswith("halftone/"):
            continue
        graph[name].append(included)
        if not (meta.INCLUDE / included).is_file():
            problems.append(f"{where}: {included} does not exist")
        elif layer is not None:
            other = included.split("/")[1]
            if other not in LAYERS or LAYERS.index(other) > LAYERS.index(layer):
                problems.append(f"{where}: {layer}/ may not include {included}")

done, path = set(), []


def visit(name):
    """Depth first; a header met again on the way down closes a cycle."""
    if name in path:
        problems.append("include cycle: " + " -> ".join(path[path.index(name):] + [name]))
    elif name not in done and name in graph:
        path.append(name)
        for included in graph[name]:
            visit(included)
        path.pop()
        done.add(name)


for name in graph:
    visit(name)


def needs_optional(name, seen):
    """Whether a header includes an optional dependency, directly or not."""
    if name in seen or name not in graph:
        return False
    seen.add(name)
    own = any(included.startswith(OPTIONAL) for _, _, included in meta.includes_of(meta.INCLUDE / name))
    return own or any(needs_optional(included, seen) for included in graph[name])


umbrella = "halftone/halftone.hpp"
seen, stack = set(), [umbrella]
while stack:
    name = stack.pop()
    if name not in seen:
        seen.add(name)
        stack += graph.get(name, [])
for name in graph:
    if needs_optional(name, set()) and name in seen:
        problems.append(f"{umbrella} includes {name}, which needs an optional dependency")
    elif not needs_optional(name, set()) and name not in seen and not name.startswith("halftone/io/"):
        problems.append(f"{umbrella} does not include {name}")
meta.finish(len(graph), problems)
