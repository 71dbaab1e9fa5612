"""Faults of filters: what a firewall drops or rejects."""

from __future__ import annotations

import re

from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.setting import Setting
from ..plan.steps.fault.table import OwnTable
from .errors import Unfit
from .firewall import Chain, Firewall, Rule
from .kind import CONTAINER, NETWORK, PORT, Kind
from .published import Published
from .scene import Box, Net, Scene, Wire
from .wires import bridged

#: Do frames between the ports of a bridge pass the tables of IP?
BRIDGED = "net.bridge.bridge-nf-call-iptables"
_FORWARD = "type filter hook forward priority"


def _firewall(scene: Scene, net: Net | Wire) -> Firewall:
    assert net.bridge is not None
    return scene.firewall(net.bridge.space)


def _leaving(firewall: Firewall, net: Net) -> Chain:
    """The chain that judges what a network sends: nsnet's own, or the first in forward."""
    for chain in firewall.chains.values():
        if chain.key == ("ip", "nsnet", f"from-{net.label}"):
            return chain
    found = [chain for chain in firewall.base("filter", "forward") if chain.table != "nsnet"]
    if not found:
        raise Unfit("there is no chain in the forward hook", "nft list ruleset")
    return found[0]


def _entering(firewall: Firewall, net: Net) -> list[Rule]:
    """The rules that judge what comes into a network."""
    for chain in firewall.chains.values():
        if chain.key == ("ip", "nsnet", f"to-{net.label}"):
            return firewall.of(chain)
    return [r for r in firewall.rules if r.hooks == ("forward",) and r.chain.table != "nsnet"]


def _closes(firewall: Firewall, rule: Rule) -> bool:
    """Is what comes to the end of the rule's chain dropped?"""
    rules = firewall.of(rule.chain)
    last = rules[-1]
    return rule.chain.policy == "drop" or (last.has("drop") and not _asks(last))


def _asks(rule: Rule) -> bool:
    return any("match" in each for each in rule.expr)


def _verdict(scene: Scene, box: Box, number: int, verdict: str) -> list[FaultStep]:
    wire, _, _ = bridged(box)
    net = scene.net_of(wire)
    firewall = _firewall(scene, wire)
    if wire.address is None:
        raise Unfit(f"{box.label} has no IPv4 address")
    text = f"ip saddr {wire.address.ip} counter {verdict}"
    why = f"packets from {box.label} that the host forwards meet this rule first"
    return [firewall.put(_leaving(firewall, net), text, number, why)]


def _drop(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    return _verdict(scene, box, number, "drop")


def _reject(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    return _verdict(scene, box, number, "reject")


def _policy(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    firewall = _firewall(scene, net)
    chains = list(firewall.base("filter", "forward"))
    chains.sort(key=lambda chain: (net.topology != "") != (chain.table == "nsnet"))
    if not chains:
        raise Unfit("there is no chain in the forward hook", "nft list ruleset")
    if chains[0].policy != "drop":
        return [firewall.policy(chains[0], "drop")]
    accepting = [
        rule
        for rule in firewall.of(chains[0])
        if rule.has("accept") and not rule.established and _speaks_of(rule, net)
    ]
    if not accepting:
        raise Unfit(f"no rule accepts what {net.label} sends: it is dropped already")
    why = "what no rule accepts is dropped by the policy of the chain"
    return [firewall.drop(rule, why) for rule in reversed(accepting)]


def _speaks_of(rule: Rule, net: Net) -> bool:
    """Is it a rule about what a network sends?"""
    source = rule.network("saddr")
    if source is not None and source.overlaps(net.network):
        return True
    return rule.match("meta", "iifname") == ("==", net.bridge.name)


def _no_established(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    firewall = _firewall(scene, net)
    found = [r for r in _entering(firewall, net) if r.established and _closes(firewall, r)]
    if not found:
        raise Unfit(f"no rule accepts answers for {net.label}, or they need none")
    why = "the question gets out, and its answer does not get in"
    return [firewall.drop(rule, why) for rule in reversed(found)]


def _foreign(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    rule = f"ip saddr {net.network} counter drop"
    return [OwnTable(net.bridge.space, number, "ip", f"{_FORWARD} -10;", (rule,))]


def _order(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    firewall = scene.firewall(port.space)
    found = _accepting(scene, port)
    rule = found[0]
    before, index = firewall.line(rule)
    text = re.sub(r' comment "[^"]*"$', "", before[index].text)
    why = "the first rule that decides wins: one behind it is never asked"
    drop = re.sub(r"\baccept\b", "drop", text)
    return [firewall.put(rule.chain, drop, number, why, rule.handle)]


def _accepting(scene: Scene, port: Published) -> list[Rule]:
    """The rules in forward that let callers of a port in. Raises `Unfit`."""
    firewall = scene.firewall(port.space)
    _, wire = scene.owner(port.target)
    net = scene.net_of(wire)
    found = []
    for rule in _entering(firewall, net):
        asked = rule.match("payload", "dport")
        if not rule.has("accept") or rule.established or not _closes(firewall, rule):
            continue
        if asked == ("==", port.port) or (asked is None and rule.match("ct", "status")):
            found.append(rule)
    if not found:
        raise Unfit(f"no rule of its own lets callers of port {port.label} in")
    return found


def _before_dnat(scene: Scene, port: Published, number: int) -> list[FaultStep]:
    if port.number == port.port:
        raise Unfit(f"port {port.label} is {port.port} inside, too: it makes no difference")
    firewall = scene.firewall(port.space)
    steps: list[FaultStep] = []
    why = "the forward hook sees the packet after DNAT: with the container's port"
    for rule in _accepting(scene, port):
        before, index = firewall.line(rule)
        text, count = re.subn(rf"\bdport {port.port}\b", f"dport {port.number}", before[index].text)
        if not count:
            asked = f"{port.protocol} dport {port.number}"
            text = before[index].text.replace("ct status dnat", f"ct status dnat {asked}", 1)
        steps.append(firewall.change(rule, text, why))
    return steps


def _one_way(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    wire, _, _ = bridged(box)
    net = scene.net_of(wire)
    if wire.address is None or len(net.wires) < 2:
        raise Unfit(f"{box.label} has no neighbour")
    if scene.survey.sysctl(net.bridge.space, BRIDGED) != "1":
        raise Unfit("frames between neighbours do not pass the forward hook (br_netfilter is off)")
    firewall = _firewall(scene, wire)
    chain = _leaving(firewall, net)
    why = "a rule for one direction: the other one is open, but its answers meet this rule"
    there = [w.address.ip for w in net.wires if w.address and w.address != wire.address]
    mine = f"ip saddr {wire.address.ip}"
    return [firewall.put(chain, f"{mine} ip daddr {x} counter drop", number, why) for x in there]


def _bypassed(scene: Scene, net: Net, number: int) -> list[FaultStep]:
    """Neighbours shall not talk, says a rule that their frames do not come by."""
    space, name = net.bridge.space, net.bridge.name
    rule = f'iifname "{name}" oifname "{name}" counter drop'
    table = OwnTable(space, number, "ip", f"{_FORWARD} -10;", (rule,))
    if scene.survey.sysctl(space, BRIDGED) == "1":
        return [Setting(space, BRIDGED, "0", "1"), table]
    return [table]


KINDS = (
    Kind("FLT.DROP", CONTAINER, "A rule drops what it sends through the host.", _drop),
    Kind("FLT.REJECT", CONTAINER, "A rule rejects what it sends through the host.", _reject),
    Kind("FLT.POLICY_DROP", NETWORK, "What no rule accepts is dropped.", _policy),
    Kind("FLT.NO_ESTABLISHED", NETWORK, "Answers are not let in.", _no_established),
    Kind("FLT.FOREIGN_DROP", NETWORK, "Another firewall drops what it sends.", _foreign),
    Kind("FLT.BRIDGED_BYPASS", NETWORK, "A rule against talk there is passed by.", _bypassed),
    Kind("FLT.ORDER", PORT, "A dropping rule stands before the accepting one.", _order),
    Kind("FLT.PRE_DNAT_PORT", PORT, "The filter asks for the port before DNAT.", _before_dnat),
    Kind("FLT.ONE_WAY", CONTAINER, "What it sends to its neighbours is dropped.", _one_way),
)
