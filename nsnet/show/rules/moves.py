"""What has changed from one look at the rules to the next."""

from __future__ import annotations

from collections.abc import Iterator

from ...value import Value
from .model import Line, Tables


class Moves(Value):
    """Rules that have counted (with how many packets more), new ones and those that have gone;
    elements of maps that are new or have gone, as text."""

    counted: tuple[tuple[Line, int], ...] = ()
    added: tuple[Line, ...] = ()
    gone: tuple[Line, ...] = ()
    added_elements: tuple[str, ...] = ()
    gone_elements: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        rules = self.counted or self.added or self.gone
        return bool(rules or self.added_elements or self.gone_elements)

    @property
    def keys(self) -> frozenset[tuple[str, str, int]]:
        """The rules to highlight."""
        return frozenset(each.key for each in (*(line for line, _ in self.counted), *self.added))

    def lines(self) -> Iterator[str]:
        """A line for each."""
        for line, packets in self.counted:
            yield f"+{packets} {_where(line)}{f'  ({line.caption})' if line.caption else ''}"
        for line in self.added:
            yield f"new {_where(line)}"
        for line in self.gone:
            yield f"gone {_where(line)}"
        yield from (f"new {each}" for each in self.added_elements)
        yield from (f"gone {each}" for each in self.gone_elements)


def moves(before: Tables, now: Tables) -> Moves:
    """From `before` to `now`."""
    old = {each.key: each for each in before.lines()}
    new = {each.key: each for each in now.lines()}
    counted = []
    for key, line in new.items():
        was = old.get(key)
        if was and was.count and line.count and line.count.packets != was.count.packets:
            counted.append((line, line.count.packets - was.count.packets))
    added = tuple(line for key, line in new.items() if key not in old)
    gone = tuple(line for key, line in old.items() if key not in new)
    here, there = _elements(before), _elements(now)
    return Moves(
        tuple(counted),
        added,
        gone,
        tuple(each for each in there if each not in here),
        tuple(each for each in here if each not in there),
    )


def _elements(tables: Tables) -> dict[str, None]:
    """Every element in words; a dictionary keeps their order."""
    found: dict[str, None] = {}
    for (family, table, name), elements in tables.maps.items():
        for each in elements:
            target = f" → {each.value}" if each.value else ""
            found[f"{family} {table} {name}: {each.key}{target}  ({each.comment})"] = None
    return found


def _where(line: Line) -> str:
    return f"{line.family} {line.table} {line.chain} #{line.handle}: {line.text}"
