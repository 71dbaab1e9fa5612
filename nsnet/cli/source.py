"""From what the user named (a demo, a file, a folder, nothing) to a topology."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .settings import Settings

if TYPE_CHECKING:
    from ..topology.model import Topology


def topology(
    settings: Settings,
    what: str | None,
    *,
    profiles: Sequence[str] = (),
    stub: bool = True,
    scale: Mapping[str, int] | None = None,
) -> Topology:
    """The topology that `what`, ``-f`` or the current folder names.

    Raises `NotFound` where there is no such thing, `TopologyError` where it is faulty.
    """
    files = chosen(settings, what)
    from ..topology.compose import load

    return load(files, project=settings.project, profiles=profiles, stub=stub, scale=scale)


def chosen(settings: Settings, what: str | None) -> tuple[Path, ...]:
    """The compose files meant. Raises `NotFound`."""
    if what is not None and settings.files:
        raise click.UsageError(f"{what} and -f name two topologies: give one of them")
    if what is not None:
        return _named(what)
    for file in settings.files:
        if not file.exists():
            raise _missing(f"there is no file {file}", "check the path given with -f")
    return settings.files or _here()


def find(what: str) -> tuple[Path, ...]:
    """The compose files of a demo, a file or a folder; empty where `what` is none of them."""
    from .. import demos

    path = Path(what)
    looks_like_path = "/" in what or path.suffix in (".yaml", ".yml")
    if not looks_like_path and what in demos.names():
        return (demos.path(what),)
    if path.is_dir():
        return _in_folder(path)
    return (path,) if path.exists() else ()


def _named(what: str) -> tuple[Path, ...]:
    found = find(what)
    if found:
        return found
    from .. import demos
    from .guess import meant

    hint = meant(what, demos.names()) or "`nsnet demos` lists the demos"
    raise _missing(f"{what} is neither a demo nor a file", hint)


def _in_folder(folder: Path) -> tuple[Path, ...]:
    from ..topology.compose import find as find_compose

    found = find_compose(folder)
    if not found or found[0].parent != folder.absolute():
        raise _missing(f"there is no compose file in folder {folder}", "name a file in it")
    return found


def _here() -> tuple[Path, ...]:
    from ..topology.compose import find as find_compose

    found = find_compose(Path.cwd())
    if not found:
        raise _missing(
            "there is no compose file in this folder or above",
            "name a file or a demo: `nsnet demos` lists those",
        )
    return found


def _missing(what: str, why: str) -> Exception:
    from ..kernel.errors import NotFound

    return NotFound(what, why)
