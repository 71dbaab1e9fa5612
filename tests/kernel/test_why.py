"""`nsnet why` on networks made by hand: cables, bridges, addresses, routes. Each fault is made on
two machines that share nothing but their shape."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from nsnet.diagnose.ladder import diagnosis
from nsnet.diagnose.ladder.case import Case
from nsnet.diagnose.probe import Probe
from nsnet.diagnose.texts import message
from tests.kernel.ladder import MACHINES, SCENE, listening, machine, sh, why

pytestmark = pytest.mark.usefixtures("host")

Names = Mapping[str, str]


class Fault(NamedTuple):
    """What is broken, who notices, and how it is to be called."""

    script: str
    source: str
    target: str
    id: str
    text: str = ""


#: First the address, then the move: the usual order of mistakes.
_MOVED = (
    "ip link delete {v1} && ip link add {v1} type veth peer name {e} && "
    "ip address add {n}.2/{len} dev {e} && ip link set {e} up && ip link set {e} netns {c1} && "
    "ip link set {v1} master {br} up"
)

FAULTS = [
    Fault("ip -n {c1} link set lo down", "{c1}", "127.0.0.1", "L1.LO_DOWN", "{c1}"),
    Fault("ip -n {c1} link set lo down", "{c1}", "{n}.2", "L1.LO_DOWN"),
    Fault("ip -n {c1} link set {e} down", "{c1}", "{c2}", "L1.LINK_DOWN", "{e} in {c1}"),
    Fault("ip -n {c2} link set {e} down", "{c1}", "{c2}", "L1.LINK_DOWN", "{e} in {c2}"),
    Fault("ip link set {v1} down", "{c1}", "{c2}", "L1.PEER_DOWN", "{v1} in host"),
    Fault("ip link set {v2} down", "{c1}", "{c2}", "L1.PEER_DOWN", "{v2} in host"),
    Fault("ip link set {v2} down", "host", "{c2}", "L1.PEER_DOWN", "{v2} in host"),
    Fault("ip link set {v1} nomaster", "{c1}", "{c2}", "L2.NO_MASTER", "{v1} in host"),
    Fault("ip link set {v2} nomaster", "{c1}", "{c2}", "L2.NO_MASTER", "{v2} in host"),
    Fault("ip link set {v1} nomaster", "{c1}", "{ow}", "L2.NO_MASTER", "{v1} in host"),
    Fault("ip link set {br} down", "{c1}", "{c2}", "L2.BRIDGE_DOWN", "{br}"),
    Fault("ip link set {br} down", "{c1}", "{n}.1", "L2.BRIDGE_DOWN", "{br}"),
    Fault(
        "ip address delete {n}.1/{len} dev {br} && ip address add {n}.1/{len} dev {v1}",
        "{c1}", "{n}.1", "L2.IP_ON_PORT", "{v1}",
    ),
    Fault(
        "bridge link set dev {v1} isolated on && bridge link set dev {v2} isolated on",
        "{c1}", "{c2}", "L2.ISOLATED", "{v1}",
    ),
    Fault("ip -n {c1} address flush dev {e}", "{c1}", "{c2}", "L3.NO_ADDR", "{e}"),
    Fault("ip -n {c2} address flush dev {e}", "{c1}", "{c2}", "L3.NO_ADDR", "{e}"),
    Fault(_MOVED, "{c1}", "{c2}", "L3.ADDR_LOST_ON_MOVE", "{e}"),
    Fault(_MOVED + " && ip -n {c1} link set {e} up", "{c2}", "{c1}", "L3.ADDR_LOST_ON_MOVE", "{e}"),
    Fault(
        "ip link delete {v1} && ip link add {v1} type veth peer name lost",
        "{c1}", "{c2}", "L1.END_IN_HOST", "still lies in the host",
    ),
    Fault("ip link delete {v1}", "{c1}", "{c2}", "MODE.NONE", "{c1}"),
    Fault(
        "ip -n {c1} address flush dev {e} && ip -n {c1} address add {n}.2 dev {e}",
        "{c1}", "{c2}", "L3.PREFIX32", "{n}.2/32",
    ),
    Fault(
        "ip -n {c2} address flush dev {e} && ip -n {c2} address add {n}.3 dev {e}",
        "{c1}", "{c2}", "L3.PREFIX32", "{n}.3/32",
    ),
    Fault("ip address flush dev {br}", "{c1}", "{n}.1", "L3.NO_GW_ADDR", "{br} in host"),
    Fault("ip address flush dev {br}", "{c1}", "{ow}", "L3.NO_GW_ADDR", "{br} in host"),
    Fault(
        "ip -n {c2} address flush dev {e} && ip -n {c2} address add {n}.2/{len} dev {e}",
        "host", "{n}.2", "L3.DUP_ADDR", "{n}.2",
    ),
    Fault("ip -n {c1} route delete default", "{c1}", "{ow}", "L3.NO_DEFAULT", "{ow}"),
    Fault(
        "ip -n {c1} route replace default via {n}.99", "{c1}", "{ow}", "L3.GW_UNREACHABLE", "{n}.99"
    ),
    Fault(
        "ip -n {c1} link set {e} down && ip -n {c1} link set {e} up",
        "{c1}", "{ow}", "L3.ROUTE_LOST_ON_FLAP", "{e}",
    ),
    Fault("ip -n {c1} route add blackhole {ow}", "{c1}", "{ow}", "L3.ROUTE_FORBIDS", "blackhole"),
    Fault("ip -n {c2} route delete default", "{out}", "{n}.3", "L3.NO_ROUTE_BACK", "{c2}"),
    Fault("true", "{c1}", "{n}.77", "L3.NO_SUCH_HOST", "{n}.77"),
    Fault("sysctl -qw net.ipv4.ip_forward=0", "{c1}", "{ow}", "L3.FORWARD_OFF", "ip_forward"),
    Fault(
        "sysctl -qw net.ipv4.ip_forward=0; for x in {c1} {c2} {out}; do "
        "ip netns exec $x sysctl -qw net.ipv4.ip_forward=0; done; "
        "ip netns exec {c1} sysctl -qw net.ipv4.ip_forward=1",
        "{c1}", "{ow}", "SYSCTL.WRONG_NS", "{c1}",
    ),
    Fault(
        "ip netns exec {c2} sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
        "{c1}", "{c2}", "SYSCTL.ECHO_IGNORED", "{c2}",
    ),
]  # fmt: skip

#: The machine outside knows the way to the containers: nothing needs to be rewritten.
_ROUTED = SCENE + "ip -n {out} route add {net} via {hw}\n"


@pytest.fixture(params=MACHINES, ids=lambda names: names["c1"])
def names(request: pytest.FixtureRequest) -> Names:
    given: Names = request.param
    return given


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f"{f.id}-{f.source}-{f.target}")
def test_a_fault_is_called_by_its_name(fault: Fault, names: Names) -> None:
    with machine(names, _ROUTED):
        sh(fault.script, names)
        finding = why(fault.source.format_map(names), fault.target.format_map(names))
    assert finding.id == fault.id, finding
    assert not finding.ok
    assert finding.broken is not None
    assert fault.text.format_map(names) in message(finding.broken)
    assert "?" not in message(finding.broken)


def test_what_works_is_not_complained_about(names: Names) -> None:
    places = ["{c1}", "{c2}", "{out}", "host"]
    with machine(names, _ROUTED):
        for source in places:
            for target in [*places, "{n}.1", "{n}.2"]:
                finding = why(source.format_map(names), target.format_map(names))
                assert finding.ok, (source, target, finding)
                assert not finding.remarks


def test_a_program_that_begins_meanwhile(names: Names, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused a moment ago, and nothing is wrong now: it is asked again."""
    ask = diagnosis._ask
    with machine(names), ExitStack() as opened:

        def asked(case: Case, measuring: list[Probe]) -> None:
            monkeypatch.setattr(diagnosis, "_ask", ask)
            ask(case, measuring)
            assert case.code == "refused"
            opened.enter_context(listening(names["c2"], "", 80))

        monkeypatch.setattr(diagnosis, "_ask", asked)
        finding = why(names["c1"], f"{names['c2']}:80")
    assert finding.ok, finding
