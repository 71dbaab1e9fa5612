"""Visits to chains have no time: where they go among the passages over interfaces."""

from __future__ import annotations

from nsnet.diagnose.trace.order import Sight, in_order
from nsnet.diagnose.trace.sights import Passage, Visit
from nsnet.diagnose.walk import Packet
from nsnet.kernel.trace import Traced
from nsnet.value import replace

_BEFORE = Packet("tcp", "1.1.1.1", "2.2.2.2", 40000, 8080, "S")
_AFTER = replace(_BEFORE, dst="3.3.3.3", dport=80)


def at(device: str, out: bool, packet: Packet = _BEFORE, master: str = "") -> Passage:
    return Passage("request", "", 0, device, out, packet, master)


def visit(
    hook: str, packet: Packet = _BEFORE, iif: str = "", oif: str = "", verdict: str = "accept"
) -> Visit:
    step = Traced("rule", "ip", "t", hook, 1, verdict, 1)
    return Visit("request", "", "ip", "t", hook, hook, packet, iif, oif, (step,))


def told(story: list[Sight]) -> list[str]:
    return [each.hook if isinstance(each, Visit) else each.device for each in story]


def test_a_forwarded_packet() -> None:
    passages = [at("wan", out=False), at("br0", out=True, packet=_AFTER)]
    passages.append(at("v1", out=True, packet=_AFTER, master="br0"))
    visits = [visit("prerouting", iif="wan"), visit("forward", _AFTER, "wan", "br0")]
    visits.append(visit("postrouting", _AFTER, oif="br0"))
    story = told(in_order(passages, visits))
    assert story == ["wan", "prerouting", "forward", "postrouting", "br0", "v1"]


def test_a_bridged_packet_that_goes_up_to_its_host() -> None:
    """By the interface that netfilter names; but where br_netfilter has shown it to the IP hooks
    before, the header tells."""
    up = [at("v1", out=False, master="br0"), at("br0", out=False)]
    assert told(in_order(up, [visit("prerouting", iif="br0")])) == ["v1", "br0", "prerouting"]
    changed = [up[0], at("br0", out=False, packet=_AFTER)]
    assert told(in_order(changed, [visit("prerouting", iif="br0")])) == ["v1", "prerouting", "br0"]


def test_out_and_back_by_the_same_interface() -> None:
    passages = [at("v1", out=False, master="br0"), at("br0", out=False), at("br0", out=True)]
    passages.append(at("v1", out=True, master="br0"))
    visits = [visit("prerouting", iif="br0"), visit("postrouting", oif="br0")]
    story = told(in_order(passages, visits))
    assert story == ["v1", "br0", "prerouting", "postrouting", "br0", "v1"]


def test_what_is_dropped_is_told_last() -> None:
    passages = [at("wan", out=False)]
    visits = [visit("prerouting", iif="wan"), visit("forward", oif="br0", verdict="drop")]
    assert told(in_order(passages, visits)) == ["wan", "prerouting", "forward"]


def test_a_packet_that_no_interface_saw() -> None:
    assert told(in_order([], [visit("output", oif="eth0", verdict="drop")])) == ["output"]


def test_locally_made_and_over_loopback() -> None:
    passages = [at("lo", out=True), at("lo", out=False)]
    visits = [visit("output", oif="lo"), visit("postrouting", oif="lo")]
    visits += [visit("prerouting", iif="lo"), visit("input", iif="lo")]
    story = told(in_order(passages, visits))
    assert story == ["output", "postrouting", "lo", "lo", "prerouting", "input"]
