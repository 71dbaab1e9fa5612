"""Faults of address translation: publishing and masquerade."""

from __future__ import annotations

from ..plan.steps.fault.address import GiveAddress, GiveRoute, TakeAddress
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.flow import StaleFlow
from ..plan.steps.fault.setting import Setting
from ..plan.steps.fault.table import OwnTable
from .errors import Unfit
from .filters import BRIDGED
from .firewall import Rule
from .kind import NETWORK, PORT, Kind
from .published import Published
from .scene import Box, Net, Scene, Wire

_WHY = {
    "out": "the world has no way back to private addresses",
    "hairpin": "a container that calls its own published port would answer itself",
    "loopback": "a container that gets a packet from 127.0.0.1 answers its own loopback",
}


def _masquerades(scene: Scene, net: Net, purpose: str) -> list[Rule]:
    firewall = scene.firewall(net.bridge.space)
    found = firewall.masquerades(net.network, net.bridge.name, purpose, net.label)
    if not found:
        raise Unfit(f"there is no such masquerade rule for {net.label}", "nft list ruleset")
    return found


def _without(scene: Scene, net: Net, purpose: str) -> list[FaultStep]:
    firewall = scene.firewall(net.bridge.space)
    rules = _masquerades(scene, net, purpose)
    return [firewall.drop(rule, _WHY[purpose]) for rule in reversed(rules)]


def _no_masquerade(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    return _without(scene, net, "out")


def _hairpin(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    return _without(scene, net, "hairpin")


def _local_source(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    return _without(scene, net, "loopback")


def _short_cut(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    """Bridged answers of neighbours do not come by the place where they would be translated."""
    space = net.bridge.space
    rules = _without(scene, net, "hairpin")
    if scene.survey.sysctl(space, BRIDGED) == "1":
        return [*rules, Setting(space, BRIDGED, "0", "1")]
    return rules


def _too_wide(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    firewall = scene.firewall(net.bridge.space)
    chains = firewall.base("nat", "postrouting")
    if not chains:
        raise Unfit("there is no nat chain in postrouting", "nft list ruleset")
    why = "what is masqueraded without need hides its caller"
    return [firewall.put(chains[0], "counter masquerade", number, why)]


def _wrong_hook(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    """The source is rewritten where packets come in for the host itself: nobody who is forwarded
    passes there."""
    own = _way_out(scene, net.bridge.space)[1]
    rule = f"ip saddr {net.network} counter snat to {own}"
    table = OwnTable(net.bridge.space, number, "ip", "type nat hook input priority 100;", (rule,))
    return [*_without(scene, net, "out"), table]


def _way_out(scene: Scene, space: str) -> tuple[str, str]:
    """The next hop of a host's default route, and the address that it goes out under. Raises
    `Unfit`."""
    route = scene.default(space)
    own = [a.ip for a in scene.survey.addresses(space) if route and a.device == route.device]
    if route is None or not route.via or not own:
        raise Unfit("the host has no way out", "ip route")
    return route.via, own[0]


def _any_address(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    """A rule for its number alone: whoever is called there, it leads the call to the container."""
    _target(scene, port)
    firewall = scene.firewall(port.space)
    tables = {rule.chain.key[:2] for rule in port.at("prerouting")}
    chains = [c for c in firewall.base("nat", "prerouting") if c.key[:2] in tables]
    if not chains:
        raise Unfit(f"port {port.label} is not published in prerouting", "nft list ruleset")
    to = "dnat ip to" if chains[0].family == "inet" else "dnat to"
    text = f"{port.protocol} dport {port.number} counter {to} {port.target}:{port.port}"
    why = "a rule that does not ask for the host's own addresses takes calls of anybody's"
    return [firewall.put(chains[0], text, number, why)]


def _target(scene: Scene, port: Published) -> tuple[Box, Wire]:
    return scene.owner(port.target)


def _unpublished(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    return port.removed(scene.firewall(port.space), _target(scene, port)[0].space)


def _wrong_port(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    box, _ = _target(scene, port)
    near = (box.space, *(other.space for other in scene.boxes))
    there = {x.port for space in near for x in scene.survey.listeners(space)}
    wrong = next(n for n in range(port.port + 1, 65536) if n not in there)
    return port.led(scene.firewall(port.space), port.target, wrong, box.space)


def _wrong_address(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    box, wire = _target(scene, port)
    wrong = scene.unused(wire.network)
    return port.led(scene.firewall(port.space), wrong, port.port, box.space)


def _moved(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    """As after a restart in another order: two containers have each other's address, and the rule
    does not know."""
    box, wire = _target(scene, port)
    other, theirs = _deaf_neighbour(scene, box, wire, port)
    assert wire.address is not None
    assert theirs.address is not None
    forget = scene.forget(scene.net_of(wire), wire.address.ip, theirs.address.ip)
    return [
        *forget,
        scene.remember(wire.device),
        scene.remember(theirs.device),
        TakeAddress(box.space, wire.device.name, wire.address.cidr),
        TakeAddress(other.space, theirs.device.name, theirs.address.cidr),
        *_given(scene, box, wire, theirs.address.cidr),
        *_given(scene, other, theirs, wire.address.cidr),
        *forget,
    ]


def _given(scene: Scene, box: Box, wire: Wire, cidr: str) -> list[FaultStep]:
    """Another address, and the default route that goes with the old one."""
    name = wire.device.name
    steps: list[FaultStep] = [GiveAddress(box.space, name, cidr)]
    route = scene.default(box.space)
    if route and route.device == name:
        steps.append(GiveRoute(box.space, name, "default", route.via, route.metric))
    return steps


def _deaf_neighbour(scene: Scene, box: Box, wire: Wire, port: Published) -> tuple[Box, Wire]:
    """Somebody on the same bridge who does not listen on the port, or to nothing at all. Raises
    `Unfit`."""
    for other in sorted(scene.boxes, key=lambda each: len(scene.survey.listeners(each.space))):
        own = scene.survey.listeners(other.space)
        busy = any(x.port == port.port and x.protocol == port.protocol for x in own)
        if other.space == box.space or busy:
            continue
        for theirs in other.wires:
            if theirs.bridge == wire.bridge and theirs.address:
                return other, theirs
    raise Unfit(f"{box.label} has no neighbour that does not listen on port {port.port}, too")


def _output_hook(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    rules = port.at("output")
    if not rules:
        raise Unfit(f"port {port.label} is published in prerouting only", "nft list ruleset")
    firewall = scene.firewall(port.space)
    why = "what the host itself sends does not pass prerouting"
    return [firewall.drop(rule, why) for rule in reversed(rules)]


def _stale_flow(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    if port.protocol != "udp":
        raise Unfit(f"port {port.label} is TCP, where each connection is a new flow")
    _, wire = _target(scene, port)
    caller, own = _way_out(scene, port.space)
    gone = scene.unused(wire.network)
    return [StaleFlow(port.space, caller, 40053, own, port.number, gone, port.port)]


KINDS = (
    Kind("NAT.NO_MASQ", NETWORK, "It goes out under its own addresses.", _no_masquerade),
    Kind("NAT.WRONG_HOOK", NETWORK, "Its addresses are rewritten in the wrong hook.", _wrong_hook),
    Kind("NAT.MASQ_TOO_WIDE", NETWORK, "Every caller appears as the host.", _too_wide),
    Kind("NAT.NO_DNAT", PORT, "It is not published any more.", _unpublished),
    Kind("NAT.DNAT_TOO_WIDE", PORT, "It swallows the same port of all others.", _any_address),
    Kind("NAT.DNAT_REFUSED", PORT, "It leads to a port where nobody listens.", _wrong_port),
    Kind("NAT.DNAT_DEAD", PORT, "It leads to an address that nobody has.", _wrong_address),
    Kind("NAT.STALE_TARGET", PORT, "Its container and a neighbour have changed addresses.", _moved),
    Kind("NAT.OUTPUT_HOOK", PORT, "The host itself cannot call it.", _output_hook),
    Kind("NAT.HAIRPIN_NO_MASQ", NETWORK, "Who calls itself gets an answer from itself.", _hairpin),
    Kind("NAT.BRNF_SHORTCUT", NETWORK, "Neighbours answer each other past the NAT.", _short_cut),
    Kind("NAT.LOCAL_SRC", NETWORK, "Calls of 127.0.0.1 keep their source.", _local_source),
    Kind("CT.STALE", PORT, "An old flow goes on to an old address.", _stale_flow),
)
