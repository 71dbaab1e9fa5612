"""Why a packet arrives, or does not."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .base import Json, Result


class Why(Result):
    """The diagnosis of ``lab.why(web, db)``: true if it arrives; else the first broken rung.

    >>> with Lab() as lab:
    ...     web, db = lab.container("web"), lab.container("db")
    ...     lab.up()
    ...     fine, fault = lab.why(web, db), lab.fault("LINK_DOWN", on=db)
    ...     why = lab.why(web, db)
    >>> fine, why
    (<Why web → db: arrives>, <Why web → db: L1.LINK_DOWN>)
    >>> bool(fine), why.ok, why.rung
    (True, False, 'link')
    >>> why.see[0]
    'ip -n db link show eth0'
    """

    @property
    def ok(self) -> bool | None:
        """Does it arrive? None where that could not be checked."""
        found: bool | None = self._told["data"]["ok"]
        return found

    @property
    def id(self) -> str:
        """The id of the diagnosis (``NAT.NO_MASQ``), "" if it arrives."""
        return str(self._told["data"]["id"] or "")

    @property
    def rung(self) -> str:
        """The first broken rung of the ladder (``link``, ``route``, ``filter`` …), or ""."""
        return str(self._told["data"]["rung"] or "")

    @property
    def message(self) -> str:
        """The diagnosis in a sentence."""
        return str(self._told["data"]["message"])

    @property
    def facts(self) -> Mapping[str, str | int]:
        """What the sentence speaks of, by name: ``device``, ``address`` …"""
        return MappingProxyType(self._told["data"]["facts"])

    @property
    def see(self) -> tuple[str, ...]:
        """The commands that show it."""
        return tuple(self._told["data"]["see"])

    @property
    def hint(self) -> str:
        """What puts it right."""
        return str(self._told["data"]["hint"])

    @property
    def remarks(self) -> tuple[Json, ...]:
        """What works, but not as it seems to be meant: each with ``id``, ``message``, ``see``."""
        return tuple(self.data["remarks"])

    def __bool__(self) -> bool:
        return self.ok is True

    def __repr__(self) -> str:
        probe = self._told["data"]["probe"]
        said = self.id or {True: "arrives", False: "does not arrive", None: "unknown"}[self.ok]
        return f"<Why {probe['from']} → {probe['to']}: {said}>"
