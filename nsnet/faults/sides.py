"""The sides of a partition, and the rules that keep them apart."""

from __future__ import annotations

from collections.abc import Iterator

from ..kernel.errors import NotFound
from ..plan.outside import NAME as OUTSIDE
from ..topology.layout import Layout, Segment
from ..value import Value
from .errors import Unfit

#: The host's interface to the outside machine (`plan.outside`).
_WAY_OUT = "wan0"


class Side(Value):
    """Who is to be cut off: `v4` and `v6` are its addresses or subnets, `device` the host's
    interface that it is behind. The host itself has neither."""

    label: str
    v4: tuple[str, ...] = ()
    v6: tuple[str, ...] = ()
    device: str = ""

    @property
    def is_host(self) -> bool:
        """Is it the host itself?"""
        return not (self.v4 or self.v6 or self.device)

    @classmethod
    def of(cls, layout: Layout, kind: str, name: str) -> Side:
        """A side by its kind (container, network, host, outside) and name. Raises `NotFound`, and
        `Unfit` where its packets do not pass the host."""
        if kind == "host":
            return cls("host")
        if kind == OUTSIDE:
            return cls(OUTSIDE, device=_WAY_OUT)
        if kind == "network":
            return _network(layout, name)
        return _container(layout, name)


def _network(layout: Layout, name: str) -> Side:
    segment = layout.segment(name)
    if segment is None:
        raise NotFound(f"network {name} is not up", "call lab.up() first")
    _check(segment, name)
    v4 = (segment.v4.subnet,) if segment.v4 else ()
    return Side(name, v4, (segment.v6.subnet,) if segment.v6 else ())


def _container(layout: Layout, name: str) -> Side:
    container = layout.topology.container(name)
    if container is None:
        raise NotFound(f"container {name} is not up", "call lab.up() first")
    owner = layout.topology.owner(container) or container
    if owner.mode == "host":
        return Side("host")
    ends = layout.endpoints_of(owner.name)
    for end in ends:
        segment = layout.segment(end.network)
        if segment is not None:
            _check(segment, name)
    v4 = tuple(end.ipv4 for end in ends if end.ipv4)
    v6 = tuple(end.ipv6 for end in ends if end.ipv6)
    if not (v4 or v6):
        raise Unfit(f"{name} has no address: it is cut off already")
    return Side(name, v4, v6)


def _check(segment: Segment, who: str) -> None:
    if not segment.bridged:
        why = f"packets on network {segment.name} ({segment.driver}) do not pass the host's filters"
        raise Unfit(f"{who} cannot be cut off: {why}")


def rules(one: Side, other: Side) -> tuple[tuple[str, str, str], ...]:
    """What drops all between two sides, as (family, hook, match). Raises `Unfit` where both are
    the same network stack."""
    if (one.v4, one.v6, one.device) == (other.v4, other.v6, other.device):
        raise Unfit(f"{one.label} and {other.label} are one network stack: nothing is between them")
    if one.is_host:
        one, other = other, one
    if other.is_host:
        found = [("inet", "input", each) for each in _from(one)]
        return (*found, *(("inet", "output", each) for each in _to(one)))
    return tuple(_between(one, other))


def _between(one: Side, other: Side) -> Iterator[tuple[str, str, str]]:
    """Between neighbours in the bridge, and wherever the host forwards."""
    for source, target in ((one, other), (other, one)):
        for family in ("inet",) if one.device or other.device else ("bridge", "inet"):
            for start in _from(source):
                for end in _to(target):
                    versions = {each.split()[0] for each in (start, end)} & {"ip", "ip6"}
                    if len(versions) < 2:
                        yield family, "forward", f"{start} {end}"


def _from(side: Side) -> list[str]:
    return _matches(side, "saddr", "iifname")


def _to(side: Side) -> list[str]:
    return _matches(side, "daddr", "oifname")


def _matches(side: Side, address: str, device: str) -> list[str]:
    """A match for each family that the side has."""
    if side.device:
        return [f'{device} "{side.device}"']
    known = (("ip", side.v4), ("ip6", side.v6))
    return [f"{family} {address} {{ {', '.join(each)} }}" for family, each in known if each]
