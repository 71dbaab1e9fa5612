"""The arguments of assertions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...kernel.errors import KernelError


def one(given: Mapping[str, Any], name: str, default: Any = None) -> Any:
    """An argument; without a default it must be there."""
    if name in given:
        return given[name]
    if default is None:
        raise KernelError(f"lab.yaml: the argument {name!r} is missing", f"given are {list(given)}")
    return default


def texts(given: Mapping[str, Any], name: str) -> list[str]:
    """An argument that is one text or several."""
    found = given.get(name)
    if found is None:
        return []
    return [str(each) for each in found] if isinstance(found, list) else [str(found)]


def known(given: Mapping[str, Any], *names: str) -> None:
    """Raise `KernelError` for an argument that the assertion does not know."""
    odd = [name for name in given if name not in names]
    if odd:
        raise KernelError(f"lab.yaml: unknown argument {odd[0]!r}", f"known: {', '.join(names)}")
