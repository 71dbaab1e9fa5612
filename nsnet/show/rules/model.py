"""Tables as they are shown: plain values, read from what nft lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...value import Value, field

#: A chain or a map by the family and the name of its table, and its own name.
Name = tuple[str, str, str]


class Count(Value):
    """What a counter has seen."""

    packets: int
    bytes: int


class Element(Value):
    """An element of a map (``key → value``) or of a set (no value). `jump` is the chain that it
    leads to. Most have no counter."""

    key: str
    value: str = ""
    comment: str = ""
    jump: str = ""
    count: Count | None = None


class Line(Value):
    """A rule: its `text` is nft's without counter and comment, the comment is the `caption`.
    `jump` is the chain it hands packets to, `map` the named map or set that it looks up."""

    family: str
    table: str
    chain: str
    handle: int
    text: str
    caption: str = ""
    count: Count | None = None
    jump: str = ""
    map: str = ""

    @property
    def key(self) -> tuple[str, str, int]:
        """What no two rules share."""
        return self.family, self.table, self.handle


class Chain(Value):
    """A chain; one with a `hook` is a base chain, which the kernel itself calls."""

    family: str
    table: str
    name: str
    lines: tuple[Line, ...] = ()
    hook: str = ""
    priority: int = 0
    policy: str = ""
    type: str = ""

    @property
    def key(self) -> Name:
        """What no two chains share."""
        return self.family, self.table, self.name


class Tables(Value):
    """Chains, and the elements of maps and sets, each by its name, in nft's order."""

    chains: Mapping[Name, Chain]
    maps: Mapping[Name, tuple[Element, ...]] = field(default_factory=dict)

    def lines(self) -> Iterator[Line]:
        """Every rule."""
        for chain in self.chains.values():
            yield from chain.lines

    def base(self) -> list[Chain]:
        """The base chains in the order in which a packet meets them, one family after the other."""
        return sorted((c for c in self.chains.values() if c.hook), key=_turn)


#: A packet comes in and is forwarded, or the host sends it itself: both leave by postrouting.
_HOOKS = ("ingress", "prerouting", "input", "output", "forward", "postrouting", "egress")
_FAMILIES = ("netdev", "inet", "ip", "ip6", "bridge", "arp")


def _turn(chain: Chain) -> tuple[int, int, int]:
    hook = _HOOKS.index(chain.hook) if chain.hook in _HOOKS else len(_HOOKS)
    family = _FAMILIES.index(chain.family) if chain.family in _FAMILIES else len(_FAMILIES)
    return family, hook, chain.priority
