"""Compose files on the disk: finding them, and reading one as text."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .place import Place, Problems

if TYPE_CHECKING:
    from pathlib import Path

#: In Compose's order of preference.
NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
#: Bytes. The largest compose files that people write have some hundred thousand.
MAX_SIZE = 4_000_000


def find(start: Path) -> tuple[Path, ...]:
    """The compose file of the directory `start` or the nearest one above, and its override.

    Empty where there is none. A file stands for itself.
    """
    start = start.absolute()
    if start.is_file():
        return (start,)
    for directory in (start, *start.parents):
        main = _first(directory, NAMES)
        if main:
            return main + _first(directory, OVERRIDES)
    return ()


def _first(directory: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    paths = (directory / name for name in names)
    return next(((path,) for path in paths if path.is_file()), ())


def read_text(path: str, at: Place, what: str, problems: Problems) -> str | None:
    """The text of `path`; what hinders is noted at `at`, in the words `what`, and gives None."""
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_SIZE + 1)
        if len(data) > MAX_SIZE:
            problems.add(at, f"{what}: larger than {MAX_SIZE} bytes: split it up")
            return None
        if b"\0" in data:
            problems.add(at, f"{what}: holds zero bytes: it is no text")
            return None
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.add(at, f"{what}: byte {error.start} is not UTF-8 text: save it as UTF-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        problems.add(at, f"{what}: cannot read it: {reason}: check the path")
    return None


def beside(directory: str, path: str) -> str:
    """`path` as seen from `directory`, ``~`` being the home directory."""
    return os.path.normpath(os.path.join(directory, os.path.expanduser(path)))
