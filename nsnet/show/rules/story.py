"""The rules as a list of rows: chains in the order in which a packet meets them, and below each
rule what it looks up and the chain that it jumps to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...plan import firewall
from ...plan.steps.nft import AddChain
from ...plan.steps.nft_map import AddMap
from ...topology.layout import Layout
from ...value import Value
from . import docker
from .docker import Known
from .model import Chain, Element, Line, Name, Tables


class Row(Value):
    """A line of the story, `depth` jumps below a base chain: a chain's head, a rule, or an
    element of the map that the rule above looks up. `again`: the chain, or (with none of the
    three) the elements stand further up."""

    depth: int
    chain: Chain | None = None
    line: Line | None = None
    element: Element | None = None
    caption: str = ""
    docker: str = ""
    again: bool = False


#: A map with more elements is listed once.
_FEW = 3


def captions(layouts: list[Layout]) -> dict[Name, str]:
    """What each chain and map of ours is for: the reasons that the plan gives."""
    found: dict[Name, str] = {}
    nets = {(s.name, s.owner): s for each in layouts for s in each.segments if s.bridged}
    steps = [step for family in ("ip", "ip6") for step in firewall.host(family, "")]
    steps += [step for net in nets.values() for step in firewall.segment(net)]
    for step in steps:
        if isinstance(step, AddChain | AddMap):
            found[step.family, firewall.TABLE, step.name] = step.reason
    return found


def rows(tables: Tables, known: Known, why: Mapping[Name, str]) -> Iterator[Row]:
    """The whole story."""
    told: set[Name] = set()
    for chain in tables.base():
        yield from _chain(tables, chain, known, why, told, 0)
    for name, chain in tables.chains.items():
        if name not in told and not chain.hook and chain.lines:
            yield from _chain(tables, chain, known, why, told, 0)


def _chain(
    tables: Tables,
    chain: Chain,
    known: Known,
    why: Mapping[Name, str],
    told: set[Name],
    depth: int,
) -> Iterator[Row]:
    again = chain.key in told
    yield Row(depth, chain=chain, caption=why.get(chain.key, ""), again=again)
    told.add(chain.key)
    for line in () if again else chain.lines:
        yield Row(depth, line=line, caption=line.caption, docker=docker.rule(line, known))
        elements = _elements(tables, line)
        name = (line.family, line.table, line.map)
        if len(elements) > _FEW and name in told:
            yield Row(depth + 1, caption=f"{len(elements)} elements: see above", again=True)
            elements = ()
        told.add(name)
        for item in elements:
            words = docker.element(item, known)
            yield Row(depth + 1, element=item, caption=item.comment, docker=words)
            yield from _jump(tables, line, item.jump, known, why, told, depth + 2)
        yield from _jump(tables, line, line.jump, known, why, told, depth + 1)


def _elements(tables: Tables, line: Line) -> tuple[Element, ...]:
    return tables.maps.get((line.family, line.table, line.map), ()) if line.map else ()


def _jump(
    tables: Tables,
    line: Line,
    target: str,
    known: Known,
    why: Mapping[Name, str],
    told: set[Name],
    depth: int,
) -> Iterator[Row]:
    chain = tables.chains.get((line.family, line.table, target))
    if chain is not None:
        yield from _chain(tables, chain, known, why, told, depth)
