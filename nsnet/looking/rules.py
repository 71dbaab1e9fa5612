"""A look at the rules: which, where, and how they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..kernel.listing import Listing
from ..kernel.stack import Stack
from ..plan.steps.nft import TABLE
from ..show.rules import choose, data, read, story, text
from ..show.rules.choose import Choice
from ..show.rules.docker import Known
from ..show.rules.model import Tables
from ..topology.layout import Layout
from ..value import Mutable, Value


class Wish(Value):
    """What to look at: rules of the host (all, or those of `choice`), those inside the namespace
    `inside`, and what is to be said first. `networks` and `targets` (addresses) are what Docker's
    rules would name; `asks`: they would lead to a resolver inside."""

    layouts: tuple[Layout, ...]
    choice: Choice | None = None
    inside: str = ""
    first: tuple[str, ...] = ()
    networks: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    asks: bool = False


class Part(Value):
    """The rules of one network stack."""

    title: str
    space: str
    tables: Tables


class Look(Mutable, frozen=False):
    """What was seen at one moment."""

    wish: Wish
    parts: list[Part]

    def text(
        self, width: int, moved: frozenset[Any] = frozenset(), brief: bool = False
    ) -> Iterator[str]:
        """As lines of text."""
        known = Known.of(self.wish.layouts)
        why = story.captions(list(self.wish.layouts))
        yield from self.wish.first
        for number, part in enumerate(self.parts):
            if number or self.wish.first:
                yield ""
            if part.title:
                yield part.title + ("" if part.tables.chains else " no rules")
            keys = [key for space, key in moved if space == part.space]
            yield from text.lines(story.rows(part.tables, known, why), width, keys, brief)

    def data(self) -> list[dict[str, object]]:
        """For programs."""
        known = Known.of(self.wish.layouts)
        why = story.captions(list(self.wish.layouts))
        return [
            {"namespace": part.space, **each}
            for part in self.parts
            for each in data.chains(part.tables, known, why)
        ]


def look(stack: Stack, wanted: Wish) -> Look:
    """Look at it now."""
    tables = _read(stack, "", TABLE)
    if wanted.choice is not None:
        tables = choose.chosen(tables, wanted.choice, Known.of(wanted.layouts))
    parts = [Part("on the host:" if wanted.inside else "", "", tables)]
    if wanted.inside:
        title = f"inside {wanted.inside}:"
        parts.append(Part(title, wanted.inside, _read(stack, wanted.inside, "")))
    return Look(wanted, parts)


def _read(stack: Stack, space: str, table: str) -> Tables:
    """The table of this name in a namespace, of every family; all tables without a name."""
    stack.enter(space)
    listing = Listing()
    return read.tables(listing.ruleset(), listing.texts(), lambda name: name == table or not table)
