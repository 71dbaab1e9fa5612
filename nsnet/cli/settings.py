"""What the global options say, and what the environment says instead of them."""

from __future__ import annotations

from ..value import Mutable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path


class Settings(Mutable, frozen=False):
    """The global options of one run. `verbose` counts the ``-v``; `sandbox` is the name of
    the sandbox to work in, empty for the machine itself."""

    files: tuple[Path, ...] = ()
    project: str | None = None
    verbose: int = 0
    quiet: bool = False
    sandbox: str = ""
