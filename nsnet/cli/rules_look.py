"""A look at the rules that somebody asked for: which, where, and how they are told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..value import Mutable, Value

if TYPE_CHECKING:
    from ..kernel.stack import Stack
    from ..show.rules.choose import Choice
    from ..show.rules.model import Tables
    from ..topology.layout import Binding, Layout
    from ..topology.model import Container


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
        from ..show.rules import story, text
        from ..show.rules.docker import Known

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
        from ..show.rules import data, story
        from ..show.rules.docker import Known

        known = Known.of(self.wish.layouts)
        why = story.captions(list(self.wish.layouts))
        return [
            {"namespace": part.space, **each}
            for part in self.parts
            for each in data.chains(part.tables, known, why)
        ]


def wish(text: str) -> Wish:
    """What ``--for TEXT`` means: a container, else a published port; all rules where it is empty.
    Raises `NotFound`, or `UsageError` for the name of a service with several containers."""
    from ..show.rules import choose
    from . import known

    layouts = tuple(r.layout for r in known.state().records.values())
    if not text:
        return Wish(layouts)
    ports = choose.called((b for each in layouts for b in each.bindings), text)
    containers = {c.name: c for each in layouts for c in each.topology.containers}
    if text not in containers and ports:
        return Wish(
            layouts,
            choose.of_ports(ports),
            first=tuple(map(_sentence, ports)),
            networks=frozenset(each.network for each in ports),
            targets=frozenset(each.ip for each in ports),
        )
    if text not in containers and _is_port(text):
        raise _unpublished(text)
    return _of_container(layouts, containers, known.require_container(text))


def _of_container(layouts: tuple[Layout, ...], containers: dict[str, Container], name: str) -> Wish:
    from ..kernel import netns
    from ..plan.names import asks_resolver
    from ..show import words
    from ..show.rules import choose
    from . import known

    name = known.whose_stack(containers, name)
    ends = [e for each in layouts for e in each.endpoints_of(name)]
    said = "stopped" if containers[name].stopped else words.stack(containers[name])
    return Wish(
        layouts,
        choose.of_container(layouts, name),
        name if netns.inode(name) else "",
        () if ends else (f"{name}: {said}",),
        networks=frozenset(e.network for e in ends),
        targets=frozenset(e.ipv4 for e in ends),
        asks=asks_resolver(containers[name]),
    )


def look(stack: Stack, wanted: Wish) -> Look:
    """Look at it now."""
    from ..plan.steps.nft import TABLE
    from ..show.rules import choose
    from ..show.rules.docker import Known

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
    from ..kernel.listing import Listing
    from ..show.rules import read

    stack.enter(space)
    listing = Listing()
    return read.tables(listing.ruleset(), listing.texts(), lambda name: name == table or not table)


def _is_port(text: str) -> bool:
    return text.partition("/")[0].rpartition(":")[2].isdigit()


def _unpublished(text: str) -> Exception:
    from ..kernel.errors import NotFound

    return NotFound(f"no port {text} is published here", "`nsnet ps` lists the published ones")


def _sentence(port: Binding) -> str:
    where = f"{port.where}/{port.protocol}"
    if not port.translated:
        there = f"{port.container} {port.ip}:{port.port}"
        return f"{where} → nsnet's relay (Docker: its proxy) → {there}; no rule"
    return f"{where} → {port.container} {port.ip}:{port.port} on {port.network}"
