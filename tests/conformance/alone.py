# SPDX-License-Identifier: MIT
"""Packages that run.sh installs without what they depend on: their modules are imported, their __init__.py are not run."""
import importlib
import pathlib
import sys
import types

FOLDER = pathlib.Path(sys.prefix) / "alone"


def module(name, bare=(), **attributes):
    """Imports a module; the packages `bare` above it are only folders, with these attributes."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    for package in bare:
        if package not in sys.modules:
            sys.modules[package] = types.ModuleType(package)
            sys.modules[package].__path__ = [str(FOLDER / package.replace(".", "/"))]
            vars(sys.modules[package]).update(attributes)
    return importlib.import_module(name)


def version(package):
    """The version of a package of the folder."""
    found = sorted(FOLDER.glob(f"{package}-*.dist-info"))
    return found[0].name[len(package) + 1:-len(".dist-info")] if found else "missing"
