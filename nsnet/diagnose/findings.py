"""What a diagnosis says: arrives or not, and if not, which rung of the ladder is broken."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..value import Value, field
from .place import Place, Target
from .probe import Answer

#: The rungs from the bottom up. A diagnosis stops at the first broken one.
RUNGS = (
    "name",
    "namespace",
    "link",
    "carrier",
    "bridge",
    "address",
    "neighbour",
    "route",
    "sysctl",
    "filter",
    "nat",
    "conntrack",
    "listener",
    "answer",
    "size",
)

Facts = Mapping[str, str | int]
_NO_FACTS: Facts = MappingProxyType({})


class Broken(Value):
    """A broken rung. `id` is one of the diagnosis ids, `facts` fill the blanks in its message,
    `see` are the commands that show it."""

    id: str
    rung: str
    facts: Facts = field(default=_NO_FACTS)
    see: tuple[str, ...] = ()


class Finding(Value):
    """The diagnosis. `ok` is whether it arrives, None where that could not be checked.

    `broken` is the first broken rung. `remarks` are about what works, but not as it seems to be
    meant. `passed` are the rungs that were found in order, `answers` what came back to the
    probes, the first one first; `device` is the interface that the sender sends by.
    """

    source: Place
    target: Target
    protocol: str
    ok: bool | None
    broken: Broken | None = None
    remarks: tuple[Broken, ...] = ()
    passed: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    notes: tuple[str, ...] = ()
    device: str = ""

    @property
    def id(self) -> str | None:
        """The id of the broken rung; None if all is well."""
        return self.broken.id if self.broken else None

    @property
    def rung(self) -> str | None:
        """The first broken rung."""
        return self.broken.rung if self.broken else None

    @property
    def exit_code(self) -> int:
        """0: it arrives. 1: it does not. 3: that could not be checked."""
        return {True: 0, False: 1, None: 3}[self.ok]
