"""Which rule of Docker a rule of ours stands for: by its chain and what it does.

Docker writes a set of rules for each network and each port, where we have chains and maps that all
share. What is named here is what `nsnet rules --as iptables` writes, which recordings of Docker
20.10 hold to the truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...plan.steps.nft import USER_CHAIN
from ...topology.layout import Binding, Layout, Segment
from ...topology.naming import safe
from ...value import Value
from .. import iptables
from .model import Element, Line

#: Rules that all networks share, by their chain and a piece of their text.
_SHARED = (
    (
        "raw-prerouting",
        "daddr",
        "no rule: its proxy listens on 127.0.0.1, which nobody else reaches",
    ),
    (
        "nat-prerouting",
        "dnat",
        "-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER, and a DNAT rule for each port",
    ),
    (
        "nat-output",
        "dnat",
        "-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER; its proxy takes the "
        "calls to 127.0.0.1",
    ),
    ("filter-forward", USER_CHAIN, "-A FORWARD -j DOCKER-USER"),
    ("filter-forward", "@from-network", "a set of rules in FORWARD for each network, -i BRIDGE"),
    ("filter-forward", "@to-network", "-A FORWARD -o BRIDGE -j DOCKER for each network"),
    ("nat-postrouting", "@nat-to", "-A POSTROUTING -s IP -d IP -j MASQUERADE for each port"),
    ("nat-postrouting", "@nat-from", "-A POSTROUTING -s SUBNET ! -o BRIDGE for each network"),
    ("nat-postrouting", "@nat-own", "-A POSTROUTING -s SUBNET ! -o BRIDGE, the gateway included"),
    ("bridge-forward", "@isolated", "-A FORWARD -i BRIDGE -o BRIDGE -j DROP (by br_netfilter)"),
    ("output", "127.0.0.11 udp", "-A DOCKER_OUTPUT -d 127.0.0.11 -p udp --dport 53 -j DNAT"),
    ("output", "127.0.0.11 tcp", "-A DOCKER_OUTPUT -d 127.0.0.11 -p tcp --dport 53 -j DNAT"),
)


class Known(Value):
    """What is up: networks by their names as chains have them, ports by their elements'
    comments."""

    networks: dict[str, Segment]
    ports: dict[str, Binding]

    @classmethod
    def of(cls, layouts: Iterable[Layout]) -> Known:
        """Of these topologies."""
        chosen = list(layouts)
        networks = {safe(s.name): s for each in chosen for s in each.segments}
        ports = {
            f"{b.container} {b.where}/{b.protocol}": b for each in chosen for b in each.bindings
        }
        return cls(networks, ports)

    def network_of(self, chain: str) -> Segment | None:
        """The network that a chain (``to-front``) is about."""
        for prefix in _PREFIXES:
            if chain.startswith(prefix):
                return self.networks.get(chain.removeprefix(prefix))
        return None


_PREFIXES = ("nat-from-", "nat-to-", "from-", "to-")


def rule(line: Line, known: Known) -> str:
    """Docker's rule for `line`, "" where there is none to name (the user's own rules)."""
    for chain, piece, words in _SHARED:
        if line.chain == chain and piece in f"{line.text} ":
            return words
    net = known.network_of(line.chain)
    if net is None:
        return ""
    prefix = next(p for p in _PREFIXES if line.chain.startswith(p))
    return _OF_NETWORK[prefix](line.text, net)


def _leaving(text: str, net: Segment) -> str:
    device = net.device
    if "established" in text:
        return "no rule: it shuts an internal network for what goes elsewhere, answers or not"
    if "status dnat" in text:
        return f"-A DOCKER-ISOLATION-STAGE-1 -i {device} ! -o {device} -j DOCKER-ISOLATION-STAGE-2"
    if "drop" in text:
        inside = f"! -d {net.v4.subnet} " if net.v4 else ""
        return f"-A DOCKER-ISOLATION-STAGE-1 {inside}-i {device} -j DROP"
    return f"-A FORWARD -i {device} ! -o {device} -j ACCEPT"


def _entering(text: str, net: Segment) -> str:
    device = net.device
    if "established" in text:
        return f"-A FORWARD -o {device} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
    if "status dnat" in text:
        return f"-A DOCKER -d IP ! -i {device} -o {device} -p tcp --dport PORT -j ACCEPT"
    if "iifname" in text:
        verdict = "DROP" if "drop" in text else "ACCEPT"
        return f"-A FORWARD -i {device} -o {device} -j {verdict}"
    return f"-A DOCKER-ISOLATION-STAGE-2 -o {device} -j DROP, and the policy DROP of FORWARD"


def _calling(text: str, net: Segment) -> str:
    if "127.0.0.0/8" in text:
        return "no rule: its proxy calls the container in the host's place"
    return "-A POSTROUTING -s IP -d IP -p tcp --dport PORT -j MASQUERADE for each port"


def _going_out(text: str, net: Segment) -> str:
    span = net.v6 if "ip6 " in text else net.v4
    return f"-A POSTROUTING -s {span.subnet if span else '?'} ! -o {net.device} -j MASQUERADE"


_OF_NETWORK: dict[str, Callable[[str, Segment], str]] = {
    "from-": _leaving,
    "to-": _entering,
    "nat-to-": _calling,
    "nat-from-": _going_out,
}


def element(item: Element, known: Known) -> str:
    """Docker's rule for a published port, "" for elements of other maps."""
    port = known.ports.get(item.comment)
    net = known.networks.get(safe(port.network)) if port else None
    return iptables.dnat(port, net.device) if port and net else ""
