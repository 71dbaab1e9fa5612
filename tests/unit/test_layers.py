"""The architecture as a test: who may import whom, and how large anything may get."""

from __future__ import annotations

import graphlib
import tomllib

import pytest

from tests.unit.sources import ROOT, Module, modules

#: Which rooms a room may import besides itself (the table in docs/architecture.md).
#: ``""`` is nsnet/__init__.py, the Python API.
MAY_IMPORT: dict[str, set[str]] = {
    "_version": set(),
    "value": set(),
    "topology": set(),
    "kernel": set(),
    "plan": {"topology", "kernel", "resolver"},
    "engine": {"topology", "plan", "kernel", "resolver"},
    "resolver": {"kernel"},
    "operations": {"topology", "plan", "kernel", "engine", "resolver"},
    "diagnose": {"topology", "kernel", "resolver"},
    "faults": {"topology", "kernel", "plan", "engine", "diagnose"},
    "show": {"topology", "diagnose", "plan", "engine"},
    "looking": {
        "topology",
        "kernel",
        "resolver",
        "plan",
        "engine",
        "operations",
        "diagnose",
        "show",
    },
    "demos": set(),
}
#: The base of all records knows nothing of what it is used for: every room may have it.
EVERYWHERE = {"value"}
ALL_BELOW = set(MAY_IMPORT)
MAY_IMPORT |= {
    "labs": ALL_BELOW,
    "api": ALL_BELOW,
    "": ALL_BELOW | {"api"},
    "cli": ALL_BELOW | {"labs", "api", ""},
    "pytest": {"api", ""},
    "__main__": {"cli"},
}

#: Where a dependency may be imported: the room that keeps it from the others.
HOME_OF = {"pyroute2": "kernel", "nftables": "kernel", "click": "cli", "pytest": "pytest"}

#: What only those need who come with it: a plugin's host.
GIVEN = {"pytest"}

#: What a distribution is called when it is imported, where that is another name.
IMPORTED_AS = {"pyyaml": "yaml", "pip-nftables": "nftables"}

FILE_LINES = 350
FUNCTION_LINES = 50

MODULES = modules()
each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)


def room_of(name: str) -> str | None:
    """The room of an imported module; None if it is not one of ours."""
    top, _, rest = name.partition(".")
    return rest.partition(".")[0] if top == "nsnet" else None


@each_module
def test_a_room_imports_only_from_the_rooms_below_it(module: Module) -> None:
    assert module.room in MAY_IMPORT, f"{module.room}/ has no place in the table of rooms yet"
    allowed = MAY_IMPORT[module.room] | EVERYWHERE | {module.room}
    above = {name for name in module.imports() if room_of(name) not in {None, *allowed}}
    assert not above, f"{module.name} must not import {', '.join(sorted(above))}"


@each_module
def test_a_dependency_stays_in_the_room_that_hides_it(module: Module) -> None:
    for name in module.imports():
        home = HOME_OF.get(name.partition(".")[0], module.room)
        assert module.room == home, f"only nsnet/{home}/ may import {name}"


def test_no_import_goes_in_a_circle() -> None:
    names = {module.name for module in MODULES}
    graph = {module.name: set(module.imports()) & names - {module.name} for module in MODULES}
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"a circle of imports: {' <- '.join(error.args[1])}")


def test_every_dependency_is_used_and_every_import_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    distributions = {line.partition(">")[0].lower() for line in project["dependencies"]}
    declared = {IMPORTED_AS.get(name, name) for name in distributions}
    used = {name.partition(".")[0] for module in MODULES for name in module.imports()}
    missing = declared - used
    assert not missing, f"declared in pyproject.toml, imported nowhere: {missing}"
    undeclared = used & set(HOME_OF) - declared - GIVEN
    assert not undeclared, f"imported, not declared in pyproject.toml: {undeclared}"


@each_module
def test_files_and_functions_stay_small(module: Module) -> None:
    lines = len(module.text.splitlines())
    assert lines <= FILE_LINES, f"{module.path} has {lines} lines: divide it by noun"
    for function in module.functions():
        length = (function.end_lineno or 0) - function.lineno + 1
        where = f"{module.path}:{function.lineno}"
        assert length <= FUNCTION_LINES, f"{where} {function.name} has {length} lines"
