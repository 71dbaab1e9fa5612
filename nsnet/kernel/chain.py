"""The rules of a chain in nft's own words, with the handles that name them: for taking one out
and putting it back where it was.

Words rather than libnftables' JSON: 1.0.6 does not take back all that it gives there.
"""

from __future__ import annotations

from ..value import Value
from .listing import by_handle
from .nft import Nft


class Line(Value):
    """A rule as ``nft -a -s list chain`` shows it."""

    handle: int
    text: str


def lines(nft: Nft, family: str, table: str, chain: str) -> tuple[Line, ...]:
    """The rules of a chain in their order; none if there is no such chain."""
    found = by_handle("\n".join(nft.handled(f"chain {family} {table} {chain}")))
    return tuple(Line(handle, text) for (_, _, handle), text in found.items())


def position(now: tuple[Line, ...], before: tuple[Line, ...], index: int) -> str:
    """Where the rule `before[index]` is to be put into the chain as it is `now`: the words of
    ``nft add rule`` or ``insert rule`` that go before its text; "" if it is there already.

    Rules are known again by their handle, or, put back meanwhile, by their text.
    """
    lost = before[index]
    mine = sum(each.text == lost.text for each in before)
    if sum(each.text == lost.text for each in now) >= mine:
        return ""
    handles = {each.handle for each in now}
    texts = {each.text: each.handle for each in now}
    for each in reversed(before[:index]):
        known = each.handle if each.handle in handles else texts.get(each.text)
        if known:
            return f"add {known}"
    for each in before[index + 1 :]:
        known = each.handle if each.handle in handles else texts.get(each.text)
        if known:
            return f"insert {known}"
    return "insert 0"
