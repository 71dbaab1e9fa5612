"""The built-in topologies: ordinary compose files, meant to be read and changed."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The names of all demos, sorted."""
    return tuple(sorted(file.stem for file in _HERE.glob("*.yaml")))


def path(name: str) -> Path:
    """The compose file of demo `name`. Raises KeyError where there is none."""
    file = _HERE / f"{name}.yaml"
    if name not in names():
        raise KeyError(name)
    return file


def title(name: str) -> str:
    """What demo `name` shows: the first comment line of its file."""
    with path(name).open(encoding="utf-8") as file:
        return file.readline().strip().lstrip("# ")
