"""Who reaches whom."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from ...diagnose.reach.found import Found
from ...diagnose.reach.found import Reach as Measured
from ..named import Named
from .again import reach
from .base import Result

_WIDTH = 100


class Reach(Result):
    """The answers of everybody to everybody: ``lab.reach()``. True if all were answered.

    >>> with Lab() as lab:
    ...     web = lab.container("web", lab.network("front"), ports=["8080:80"])
    ...     db = lab.container("db", lab.network("back"))
    ...     lab.up()
    ...     reach = lab.reach(lab.host, web, db, timeout=0.3)
    >>> reach
    <Reach: 9 of 14 answered>
    >>> bool(reach["host", web]), bool(reach["web", "db"]), reach["web", "db"]
    (True, False, <Cell web → db: ping 172.19.0.2 timeout, name 127.0.0.11 unknown>)
    """

    @property
    def senders(self) -> tuple[str, ...]:
        """Who asked."""
        return tuple(each.label for each in self._measured.senders)

    @property
    def targets(self) -> tuple[str, ...]:
        """Who was asked."""
        return tuple(each.label for each in self._measured.targets)

    @property
    def answered(self) -> int:
        """How many questions were answered."""
        return int(self._told["data"]["answered"])

    @property
    def asked(self) -> int:
        """How many questions there were."""
        return int(self._told["data"]["asked"])

    def __getitem__(self, pair: tuple[Named | str, Named | str]) -> Cell:
        """What ``reach[web, db]`` asked and heard. Raises `KeyError` for who was not asked."""
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise KeyError("write reach[sender, target]")
        sender, target = (str(getattr(each, "name", each)) for each in pair)
        if sender not in self.senders or target not in self.targets:
            known = ", ".join(dict.fromkeys((*self.senders, *self.targets)))
            raise KeyError(f"nobody asked for {sender} → {target}: there are {known}")
        found = (each for each in self._measured.found if each.question.sender == sender)
        return Cell(sender, target, tuple(e for e in found if e.question.target == target))

    def __iter__(self) -> Iterator[Cell]:
        for sender in self.senders:
            for target in self.targets:
                if cell := self[sender, target].answers:
                    yield Cell(sender, target, cell)

    @cached_property
    def _measured(self) -> Measured:
        return reach(self._told)

    def _lines(self) -> list[str]:
        from ...show.reach.table import lines

        return list(lines(self._measured, _WIDTH))

    @cached_property
    def _html(self) -> str:
        from ...show.reach.html import fragment

        return "\n".join(fragment(self._measured))

    def _repr_html_(self) -> str:
        """The matrix, as a fragment of a page."""
        return self._html

    def _pictures(self) -> dict[str, str]:
        return {"text/html": self._html}

    def __bool__(self) -> bool:
        return self.answered == self.asked

    def __repr__(self) -> str:
        return f"<Reach: {self.answered} of {self.asked} answered>"


class Cell:
    """What one asked another: true if all of it was answered.

    >>> with Lab() as lab:
    ...     lab.up()
    ...     cell = lab.reach("host", lab.outside, parts=["ping"])["host", "outside"]
    >>> bool(cell), cell.ping, cell.ports
    (True, True, {})
    """

    def __init__(self, sender: str, target: str, answers: tuple[Found, ...]) -> None:
        #: Who asked, and who was asked.
        self.sender, self.target = sender, target
        #: Each question, with the code of what it came to.
        self.answers = answers

    @property
    def ping(self) -> bool | None:
        """Did the pings of all its addresses come back? None if it was not pinged."""
        return self._all("ping")

    @property
    def names(self) -> bool | None:
        """Is the name known there? None if nobody asked."""
        return self._all("name")

    @property
    def ports(self) -> dict[str, bool]:
        """The ports that were called, published ones at the host's: ``{"80/tcp": True}``."""
        found: dict[str, bool] = {}
        for each in self.answers:
            if each.question.what in ("port", "published"):
                port = f"{each.question.port}/{each.question.protocol}"
                found[port] = found.get(port, True) and each.ok
        return found

    def _all(self, what: str) -> bool | None:
        found = [each.ok for each in self.answers if each.question.what == what]
        return all(found) if found else None

    def __bool__(self) -> bool:
        return bool(self.answers) and all(each.ok for each in self.answers)

    def __repr__(self) -> str:
        asked = ((each.question, each.code) for each in self.answers)
        said = (
            f"{q.what} {q.address}{f':{q.port}' * (q.what != 'name' and q.port > 0)} {code}"
            for q, code in asked
        )
        return f"<Cell {self.sender} → {self.target}: {', '.join(said) or 'nothing asked'}>"
