"""From what the user names to a topology."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from .. import demos
from ..kernel.errors import NotFound
from ..topology.compose import find, load
from ..topology.model import Topology
from .given import called, line, pairs, texts, whole
from .wish import environment, suggestion


def topology(
    what: str | os.PathLike[str],
    *,
    project: str | None = None,
    profiles: str | Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    stub: bool = True,
    scale: Mapping[str, int] | None = None,
) -> Topology:
    """The topology of a compose file, a folder with one, or a demo; the rest as for `load`.

    Raises `NotFound` where there is no such thing, `TopologyError` where it is faulty.
    """
    active = texts("profiles", profiles, "write a name or a list of names")
    own = None if project is None else line("project", project, "write a name")
    variables = None if env is None else dict(environment("compose", env))
    counts = {
        name: whole(f"scale of {name}", number, 1)
        for name, number in pairs("scale", scale, "write {'SERVICE': NUMBER}")
    }
    return load(
        _files(what), project=own, profiles=active, env=variables, stub=stub, scale=counts or None
    )


def _files(what: str | os.PathLike[str]) -> Sequence[Path]:
    path = Path(what)
    if what in demos.names():
        return (demos.path(str(what)),)
    if path.is_dir():
        found = find(path)
        if found and found[0].parent == path.absolute():
            return found
        raise NotFound(f"there is no compose file in folder {path}", "name a file in it")
    if not path.exists():
        hint = suggestion(str(what), demos.names())
        raise NotFound(f"{called(str(what))} is neither a demo nor a file", hint)
    return (path,)
