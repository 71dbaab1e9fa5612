"""Remarks on what was read and has no effect: one line for each sort, however often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


class Notes:
    """Counts while a file is read; `lines` says it at the end."""

    def __init__(self) -> None:
        self.unused: Counter[str] = Counter()
        self.host_ports: list[str] = []
        self.narrow: list[str] = []
        self.other_sysctls: list[str] = []

    def lines(self, missing: Iterable[str], asleep: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        """One line each; `missing` are variables without a value, `asleep` idle services."""
        return tuple(
            line
            for line in (
                self._unused(),
                _listed("these variables are not set and count as empty", missing),
                _listed("published ports have no effect in mode host or none", self.host_ports),
                _listed("a host port goes to the first of several containers only", self.narrow),
                _listed("only net.* sysctls are set, not these", self.other_sysctls),
                _asleep(asleep),
            )
            if line
        )

    def _unused(self) -> str:
        uses = sum(self.unused.values())
        keys = ", ".join(sorted(self.unused))
        times = "1 use" if uses == 1 else f"{uses} uses"
        return f"without images these keys have no effect: {keys} ({times})" if uses else ""


def _listed(what: str, names: Iterable[str]) -> str:
    names = list(dict.fromkeys(names))
    return f"{what}: {', '.join(names)}" if names else ""


def _asleep(asleep: dict[str, tuple[str, ...]]) -> str:
    waiting = (f"{key} ({', '.join(profiles)})" for key, profiles in asleep.items() if profiles)
    return _listed("not started without their profile", waiting)
