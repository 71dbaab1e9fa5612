"""Cards: namespaces with their interfaces, as a survey finds them, under the names we know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from .model import CLOSED, Card, Plug, clean, natural

if TYPE_CHECKING:
    from ...kernel.survey.model import Interface, Space
    from ...kernel.survey.survey import Survey
    from .known import Known, KnownContainer

_MAIN = 254
#: What some kernels put into every namespace: shown where somebody uses it.
_FALLBACK = frozenset(
    ("ipip", "sit", "gre", "gretap", "erspan", "ip6tnl", "ip6gre", "ip6gretap", "ip6erspan", "vti")
) | {"vti6"}
OUTSIDE = "outside"


def cards(survey: Survey, known: Known) -> Iterator[Card]:
    """A card for each namespace, the host first."""
    spaces = survey.spaces()
    keys = {name: key for key, space in spaces.items() for name in space.names}
    inside: dict[str, list[KnownContainer]] = {}
    for each in known.containers:
        key = keys.get(each.space, each.space) if each.space else each.space
        inside.setdefault(key, []).append(each)
    for key in sorted(spaces, key=lambda key: (key != "", key.startswith("pid:"), natural(key))):
        yield _card(survey, spaces[key], inside.get(key, []))


def _card(survey: Survey, space: Space, containers: Sequence[KnownContainer]) -> Card:
    interfaces = survey.interfaces(space.key)
    owner = next((c for c in containers if c.mode not in ("host", "container")), None)
    return Card(
        key=space.key,
        names=_names(space, containers),
        role=_role(space, owner),
        mode=owner.mode if owner else "",
        about=clean(owner.about) if owner else "",
        plugs=tuple(_plugs(survey, space.key, interfaces)),
        marks=tuple(_marks(survey, space.key, interfaces, containers)),
    )


def _names(space: Space, containers: Sequence[KnownContainer]) -> tuple[str, ...]:
    """Those of its containers, who owns it first; its own if it has none, or is the host."""
    order = sorted(containers, key=lambda c: (c.mode in ("host", "container"), natural(c.name)))
    names = [each.name for each in order]
    if not names or not space.key:
        names.insert(0, space.label)
    return tuple(map(clean, names))


def _role(space: Space, owner: KnownContainer | None) -> str:
    if not space.key:
        return "host"
    if owner and owner.mode != "namespace":
        return "container"
    return "outside" if space.key == OUTSIDE else "namespace"


def _marks(
    survey: Survey,
    key: str,
    interfaces: Mapping[str, Interface],
    containers: Sequence[KnownContainer],
) -> Iterator[str]:
    if not interfaces:
        yield CLOSED
        return
    if not key or (not containers and len(interfaces) > 2):
        if survey.sysctl(key, "net.ipv4.ip_forward") == "1":
            yield "ip_forward on"
        elif not key:
            yield "ip_forward off"
    if "lo" in interfaces and not interfaces["lo"].up:
        yield "lo down"
    if any(each.paused for each in containers):
        yield "paused"


def _plugs(survey: Survey, key: str, interfaces: Mapping[str, Interface]) -> Iterator[Plug]:
    held: dict[str, list[str]] = {}
    for address in survey.addresses(key):
        if address.scope != "link" and not address.cidr.startswith(("127.", "::1/")):
            held.setdefault(address.device, []).append(_flagged(address.cidr, address.flags))
    leaving: dict[str, set[str]] = {}
    for route in survey.routes(key):
        way = (route.destination, route.table, route.kind)
        if way == ("default", _MAIN, "unicast") and route.device:
            leaving.setdefault(route.device, set()).add(route.via)
    by_index = {each.index: each for each in interfaces.values()}
    for name in sorted(interfaces, key=natural):
        one = interfaces[name]
        addresses, gateways = held.get(name, []), leaving.get(name, set())
        idle = one.kind in _FALLBACK and not one.up
        if not addresses and (one.loopback or idle):
            continue
        bridge = by_index.get(one.master)
        yield Plug(
            name=clean(name),
            kind=one.kind or ("loopback" if one.loopback else "device"),
            addresses=tuple(sorted(addresses, key=lambda a: (":" in a, natural(a)))),
            mac=one.mac,
            mtu=one.mtu,
            state=_state(one),
            bridge=clean(bridge.name) if bridge and bridge.kind == "bridge" else "",
            gateways=tuple(sorted(gateways, key=lambda a: (":" in a, natural(a)))),
            about=_about(one),
            marks=tuple(_port_marks(one)),
        )


def _flagged(cidr: str, flags: Sequence[str]) -> str:
    bad = [word for word in ("dadfailed", "deprecated") if word in flags]
    return " ".join([cidr, *bad])


def _state(one: Interface) -> str:
    if not one.up:
        return "down"
    return "up" if one.carrier else "no carrier"


def _about(one: Interface) -> str:
    """What a vxlan, a macvlan, a vlan needs besides."""
    options = one.options
    if one.kind == "vxlan":
        to = f" to {options['remote']}" if options.get("remote") else ""
        return f"id {options.get('id', '?')}{to}"
    if one.kind in ("macvlan", "macvtap", "ipvlan"):
        return f"mode {options.get('mode', '?')}"
    return f"id {options['id']}" if one.kind == "vlan" and "id" in options else ""


def _port_marks(one: Interface) -> Iterator[str]:
    for word in ("isolated", "hairpin"):
        if one.port.get(word):
            yield word
    if one.port and one.port.get("state", 3) != 3 and one.up and one.carrier:
        yield "not forwarding"
