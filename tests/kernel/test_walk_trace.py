"""What is predicted is what happens: random machines, random calls, each predicted first and then
sent and seen. The two stories have to be the same: interfaces, headers, deciding rules, end."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from nsnet.diagnose.predict import predict
from nsnet.diagnose.trace import trace
from nsnet.diagnose.walk import Event, Walk
from nsnet.kernel.stack import Stack
from nsnet.looking.places import places
from nsnet.topology.layout import Layout
from nsnet.topology.model import Container, Network, Topology
from tests.kernel.test_published import (
    HOST,
    HOST6,
    OUT,
    OUT6,
    built,
    container,
    machine,
    names,
    web,
)
from tests.support import run

pytestmark = pytest.mark.usefixtures("host")

_OPTIONS = (
    (("com.docker.network.bridge.enable_icc", "false"),),
    (("com.docker.network.bridge.enable_ip_masquerade", "false"),),
)
#: The port that stands for the one that the kernel chose.
_PORT = 40000
#: Rules that a learner may have written, into chains of his own.
_FOREIGN = (
    "",
    "",
    "type filter hook forward priority 5; policy drop; ct state established,related accept; "
    "ip protocol icmp accept;",
    "type filter hook input priority 0; policy accept; tcp dport 80 reject with tcp reset; "
    "icmp type echo-request reject;",
    "type filter hook prerouting priority -150; policy accept; udp dport 5300-5399 drop;",
    'type filter hook output priority 0; policy accept; oifname "br*" tcp dport 80 drop;',
)
#: What may be broken on top of that: `{a}` is the first network's bridge, `{c}` c0's cable.
_DAMAGES = (
    "true",
    "true",
    "sysctl -qw net.ipv4.ip_forward=0",
    "ip -n c0 route delete default",
    "ip link set {c} down",
    "ip link set {c} nomaster",
    "ip link set {a} down",
    "bridge link set dev {c} hairpin off",
    "sysctl -qw net.ipv4.conf.{a}.route_localnet=0",
    "ip address flush dev {a} scope global",
    "ip -n c0 address flush dev eth0",
    "ip -n c0 link set lo down",
    "nft flush chain ip nsnet nat-postrouting",
    "nft flush chain ip nsnet nat-prerouting",
    "nft flush chain ip nsnet filter-forward",
    "ip -n out route add blackhole 172.18.0.0/15",
    "sysctl -qw net.ipv4.conf.all.rp_filter=1; ip route add 203.0.113.2 dev {a}",
    "ip netns exec c1 sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
)
_DECIDE = ("drop", "reject", "dnat", "snat", "masquerade", "redirect")


def random_machine(dice: random.Random) -> Topology:
    """Two or three networks of all sorts, and containers on one or two of them."""
    networks = tuple(
        Network(
            name,
            internal=dice.random() < 0.2,
            enable_ipv6=dice.random() < 0.3,
            options=dice.choice(((), (), *_OPTIONS)),
        )
        for name in ("na", "nb", "nc")[: dice.randint(1, 3)]
    )
    return Topology("t", networks, tuple(_containers(dice, networks)))


def _containers(dice: random.Random, networks: tuple[Network, ...]) -> Iterator[Container]:
    for number in range(dice.randint(2, 4)):
        on = dice.sample(networks, min(len(networks), dice.randint(1, 2)))
        ports = [web(8080 + number, dice.choice(("", "", "127.0.0.1", HOST)))]
        ports += [names(5353 + number)]
        kept = tuple(dice.sample(ports, dice.randint(0, 2)))
        yield container(f"c{number}", *(each.name for each in on), ports=kept)


def calls(dice: random.Random, addresses: list[str], count: int) -> Iterator[tuple[str, str, str]]:
    """(who calls, whom, how)."""
    callers = ["host", "out", "c0", "c1"]
    everywhere = [HOST, OUT, HOST6, OUT6, *addresses, *addresses]
    for _ in range(count):
        caller = dice.choice(callers)
        address = dice.choice([*everywhere, "127.0.0.1"])
        protocol = dice.choice(("tcp", "tcp", "udp", "icmp"))
        ports = {"tcp": (80, 8080, 8081, 81), "udp": (53, 5353, 54), "icmp": ()}[protocol]
        where = f"[{address}]" if ":" in address and ports else address
        yield caller, f"{where}:{dice.choice(ports)}" if ports else where, protocol


def both(source: str, target: str, protocol: str) -> tuple[Walk, Walk]:
    """The prediction, and what was seen."""
    with Stack() as stack:
        known = places(stack)
        start = known.source(source)
        end = known.target(target, start)
        if start.space:  # What it is just asking in vain would not be asked again.
            run("ip", "-n", start.space, "neigh", "flush", "nud", "incomplete")
        predicted = predict(known.survey, start, end, protocol)
        return predicted, trace(stack, places(stack), start, end, protocol, 0.25).walk


def passages(walk: Walk) -> list[str]:
    """The interfaces that it goes over, with its header there."""
    return [
        f"{e.leg} {e.kind} {e.label}:{e.device} {_header(walk, e)}"
        for e in walk.events
        if e.kind in ("in", "out") and _of_interest(walk, e)
    ]


def _of_interest(walk: Walk, event: Event) -> bool:
    """A trace also sees how a stack complains about an answer that it has not asked for."""
    return event.leg != "error" or walk.outcome != "lost"


def decisions(walk: Walk) -> list[str]:
    """The rules that decided something, and policies that did."""
    return [
        f"{e.leg} {e.label} {e.rule.where} {e.verdict} {_header(walk, e)}"
        for e in walk.events
        if e.rule and e.verdict in _DECIDE
    ]


def lost_in(walk: Walk) -> str:
    """The namespace that a lost packet ended in; "" if nothing is said of that."""
    lost = [e.label for e in walk.events if e.kind == "drop"]
    return lost[-1] if lost and walk.outcome == "lost" else ""


def _header(walk: Walk, event: Event) -> str:
    first = next(e.packet.sport for e in walk.events if e.leg == "request")
    return " ".join("*" if first and each == first else str(each) for each in event.packet.header)


def differences(predicted: Walk, traced: Walk) -> list[str]:
    """What is in one story and not in the other. Their order is not compared: of two taps that
    saw a packet in the same microsecond, a trace cannot say which was first."""
    found = []
    for view in (passages, decisions):
        one, other = Counter(view(predicted)), Counter(view(traced))
        found += [f"only predicted: {each}" for each in one - other]
        found += [f"only seen: {each}" for each in other - one]
    ends = [(walk.outcome, lost_in(walk)) for walk in (predicted, traced)]
    if ends[0][0] != ends[1][0] or ("" not in (ends[0][1], ends[1][1]) and ends[0] != ends[1]):
        found.append(f"predicted: {ends[0]}; seen: {ends[1]}")
    return found


@contextmanager
def broken(dice: random.Random, layout: Layout) -> Iterator[str]:
    """Somebody's own rules, and something that is broken."""
    rules, damage = dice.choice(_FOREIGN), dice.choice(_DAMAGES)
    device = next(e.host_device for e in layout.endpoints if e.container == "c0")
    _know(HOST6, OUT6)
    try:
        if rules:
            run("nft", f"table ip mine {{ chain c {{ {rules} }}\n}}")
        run("sh", "-ec", damage.format(a=layout.segments[0].device, c=device), check=False)
        yield f"{damage}; {rules}"
    finally:
        run("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0")
        run("nft", "delete table ip mine", check=False)


@contextmanager
def unhurried() -> Iterator[None]:
    """No limit on ICMP errors, which a circle of packets uses up; no second in which the host's
    own IPv6 addresses are tentative. No prediction knows of either."""
    keys = (
        "net.ipv4.icmp_ratelimit",
        "net.ipv6.icmp.ratelimit",
        "net.ipv6.conf.default.accept_dad",
    )
    before = [run("sysctl", "-n", each).strip() for each in keys]
    try:
        run("sysctl", "-qw", *(f"{each}=0" for each in keys))
        yield
    finally:
        run("sysctl", "-qw", *map("=".join, zip(keys, before, strict=True)))


def _know(here: str, there: str) -> None:
    """The two ends of the cable to the outside know each other: in its first second, while the
    link-local addresses are tentative, IPv6 finds nobody."""
    for inside, device, address, at in (
        ((), "ext0", there, ("-n", "out")),
        (("-n", "out"), "eth0", here, ()),
    ):
        other = "eth0" if device == "ext0" else "ext0"
        mac = json.loads(run("ip", "-j", *at, "link", "show", other))[0]["address"]
        run("ip", *inside, "neigh", "replace", address, "lladdr", mac, "dev", device)


@pytest.mark.parametrize("seed", range(int(os.environ.get("NSNET_WALKS", "10"))))
def test_the_prediction_is_what_happens(seed: int) -> None:
    dice = random.Random(seed)
    topology = random_machine(dice)
    wrong: list[str] = []
    with (
        unhurried(),
        machine(dice.random() < 0.5, forwarding=dice.random() < 0.5),
        built(topology) as layout,
        broken(dice, layout) as damage,
    ):
        addresses = [x for e in layout.endpoints for x in (e.ipv4, e.ipv6) if x]
        addresses += [s.v4.gateway for s in layout.segments if s.v4]
        for source, target, protocol in calls(dice, addresses, 8):
            predicted, traced = both(source, target, protocol)
            found = [f"    {each}" for each in differences(predicted, traced)]
            wrong += [f"{source} -> {target} {protocol}:", *found] * bool(found)
    assert not wrong, "\n".join((damage, *wrong))


@pytest.mark.parametrize(
    ("network", "damage", "targets", "reason"),
    [
        # The rule against talk between neighbours drops the question on its way to them: that is
        # not why nobody answers.
        (
            Network("na", options=_OPTIONS[0]),
            ("ip", "address", "flush", "dev", "br-na", "scope", "global"),
            ("172.18.0.1:80", f"{HOST}:80"),
            ("L3.NO_SUCH_HOST", "L3.GW_UNREACHABLE"),
        ),
        # Of IPv6, who has no address sends from ::1, and gets no further than that.
        (
            Network("na", enable_ipv6=True),
            ("ip", "-n", "c0", "address", "flush", "dev", "eth0"),
            (f"[{HOST6}]:80",),
            ("L3.NO_ADDR",),
        ),
    ],
    ids=["icc and no gateway", "no IPv6 address"],
)
def test_once_it_was_not(
    network: Network, damage: tuple[str, ...], targets: tuple[str, ...], reason: tuple[str, ...]
) -> None:
    topology = Topology("t", (network,), (container("c0", "na"), container("c1", "na")))
    with machine(True, forwarding=True), built(topology):
        run(*damage)
        for target in targets:
            predicted, traced = both("c0", target, "tcp")
            assert not differences(predicted, traced), target
            assert predicted.last is not None
            assert predicted.last.reason in reason, predicted.last
