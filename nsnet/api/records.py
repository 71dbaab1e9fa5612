"""What is recorded of the host that a helper works on."""

from __future__ import annotations

import os

from ..engine.engine import Engine
from ..engine.state import Record
from ..kernel.errors import NotFound


class Records:
    """The state of this host, read again only when it has changed."""

    def __init__(self) -> None:
        self.folder = Engine().folder
        self._version = (0, 0)
        self._records: dict[str, Record] = {}

    def find(self, name: str) -> Record:
        """The record of topology `name`. Raises `NotFound`."""
        version = self._now()
        if version != self._version:
            self._records, self._version = Engine().state().records, version
        if name not in self._records:
            known = ", ".join(sorted(self._records)) or "none"
            raise NotFound(f"no topology {name} is up on this host", f"up are: {known}")
        return self._records[name]

    def _now(self) -> tuple[int, int]:
        """What changes whenever the file is replaced."""
        try:
            status = os.stat(f"{self.folder}/state.json")
        except FileNotFoundError:
            return 0, 0
        return status.st_ino, status.st_mtime_ns

    def files_of(self, container: str) -> tuple[tuple[str, str], ...]:
        """A container's own files under /etc, as (target, source) pairs."""
        place = f"{self.folder}/etc/{container}"
        names = sorted(os.listdir(place)) if os.path.isdir(place) else []
        return tuple((f"/etc/{name}", f"{place}/{name}") for name in names)
