"""The Python API for the site, from its docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import nsnet

from .markdown import GENERATED

PATH = "docs/reference/python.md"
_ABOUT = "All public names of `nsnet`, from their docstrings. A tour: [The Python API](../api.md)."


def pages() -> dict[str, str]:
    """The page, by its path."""
    parts = [GENERATED, "# Python API", _ABOUT]
    classes = {name: getattr(nsnet, name) for name in nsnet.__all__ if name != "__version__"}
    errors = {name for name, each in classes.items() if issubclass(each, BaseException)}
    first = ["Lab"] if "Lab" in classes else []
    order = [*first, *(name for name in classes if name not in {*first, *errors}), *sorted(errors)]
    for name in order:
        parts += _class(name, classes[name])
    return {PATH: "\n\n".join(parts) + "\n"}


def _class(name: str, found: type) -> Iterator[str]:
    yield f"## {name}"
    yield from _documented(found)
    for member in sorted(vars_of(found)):
        what = inspect.getattr_static(found, member)
        yield f"### {name}.{member}"
        if not isinstance(what, property):
            yield f"```python\n{_signature(member, getattr(found, member))}\n```"
        yield from _documented(what.fget if isinstance(what, property) else getattr(found, member))


def vars_of(found: type) -> set[str]:
    """The public methods and properties of a class that have a docstring of nsnet's."""
    names = {
        name
        for base in found.__mro__
        if base.__module__.startswith("nsnet.")
        for name, what in vars(base).items()
        if callable(what) or isinstance(what, property | classmethod | staticmethod)
    }
    return {name for name in names if not name.startswith("_") and getattr(found, name).__doc__}


def _signature(name: str, what: Any) -> str:
    """``ping(target: Place | str, timeout: float = 1.0) -> bool``, a long one on several lines."""
    signature = inspect.signature(what)
    shown = [each for each in signature.parameters.values() if each.name not in ("self", "cls")]
    whole = name + str(signature.replace(parameters=shown)).replace("'", "")
    if len(whole) <= 88:
        return whole
    tail = whole.rpartition(") -> ")[2]
    lines = "".join(f"    {each},\n" for each in _parameters(shown))
    return f"{name}(\n{lines}) -> {tail}"


def _parameters(shown: list[inspect.Parameter]) -> Iterator[str]:
    starred = False
    for each in shown:
        if each.kind is each.KEYWORD_ONLY and not starred:
            starred = True
            yield "*"
        starred = starred or each.kind is each.VAR_POSITIONAL
        yield str(each).replace("'", "")


def _documented(what: Any) -> Iterator[str]:
    """The docstring as Markdown: its examples and pictures become blocks of code."""
    for block in (inspect.getdoc(what) or "").split("\n\n"):
        if block.startswith(">>>"):
            yield f"```pycon\n{block}\n```"
        elif block.startswith(" "):
            yield f"```text\n{block}\n```"
        elif block.strip():
            yield re.sub(r"``([^`]+)``", r"`\1`", block)
