"""What the global options say, and what the environment says instead of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(slots=True)
class Settings:
    """The global options of one run. `verbose` counts the ``-v``; `sandbox` is the name of
    the sandbox to work in, empty for the machine itself."""

    files: tuple[Path, ...] = ()
    project: str | None = None
    verbose: int = 0
    quiet: bool = False
    sandbox: str = ""
