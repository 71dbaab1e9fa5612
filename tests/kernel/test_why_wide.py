"""`nsnet why` on what is larger than a bridge: sizes, macvlans, VXLANs between two hosts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from nsnet.diagnose.texts import message
from tests.kernel.ladder import MACHINES, SCENE, machine, sh, why

pytestmark = pytest.mark.usefixtures("host")

Names = Mapping[str, str]
both = pytest.mark.parametrize("names", MACHINES, ids=lambda names: names["c1"])

#: Two hosts, each a namespace with a bridge and a VXLAN, and a container on either.
OVERLAY = """
    ip netns add hA; ip netns add hB
    ip -n hA link add u0 type veth peer name u0 netns hB
    n=1; for x in "hA {c1} 2 1" "hB {c2} 1 2"; do set -- $x
        ip -n $1 address add {ow}$n/8 dev u0; ip -n $1 link set u0 up; n=$((n+1))
        ip netns add $2 && ip -n $2 link set lo up
        ip -n $1 link add {br} type bridge && ip -n $1 link set {br} up
        ip -n $1 link add {v1} type veth peer name {e} netns $2
        ip -n $1 link set {v1} master {br} up
        ip -n $2 address add {n}.$4/{len} dev {e} && ip -n $2 link set {e} mtu 1450 up
        ip -n $1 link add vx0 type vxlan id ${{VNI:-42}} dstport ${{PORT:-4789}} REMOTE dev u0
        ip -n $1 link set vx0 master {br} up
        VNI=$VNI2 PORT=$PORT2
    done
"""


def overlay(names: Names, head: str = "", remote: str = "remote {ow}$3") -> tuple[Names, str]:
    """The scene with underlay addresses that differ in their last digit."""
    return {**names, "ow": names["ow"][:-1]}, head + "\n" + OVERLAY.replace("REMOTE", remote)


@both
def test_two_hosts_that_understand_each_other(names: Names) -> None:
    given, script = overlay(names)
    with machine(given, script):
        finding = why(given["c1"], given["c2"])
    assert finding.ok
    assert finding.id is None


@both
@pytest.mark.parametrize(
    ("head", "remote", "name", "text"),
    [
        ("VNI2=43", "remote {ow}$3", "VX.VNI_MISMATCH", "43"),
        ("PORT2=8472", "remote {ow}$3", "VX.PORT", "8472"),
        ("", "", "VX.NO_REMOTE", "vx0"),
    ],
)
def test_tunnels(names: Names, head: str, remote: str, name: str, text: str) -> None:
    given, script = overlay(names, head, remote)
    with machine(given, script):
        finding = why(given["c1"], given["c2"])
    assert finding.id == name, finding
    assert finding.broken is not None
    assert text in message(finding.broken)
    assert "?" not in message(finding.broken)


def test_a_tunnel_that_is_switched_off_has_lost_no_address() -> None:
    given, script = overlay(MACHINES[0])
    with machine(given, script + "ip -n hB link set vx0 down\n"):
        finding = why(given["c1"], given["c2"])
    assert finding.id == "L1.LINK_DOWN", finding


@both
def test_large_packets_through_a_tunnel(names: Names) -> None:
    given, script = overlay(names)
    with machine(given, script):
        sh("for x in {c1} {c2}; do ip -n $x link set {e} mtu 1500; done", given)
        finding = why(given["c1"], given["c2"])
    assert finding.id == "MTU.OVERLAY", finding
    assert not finding.ok
    assert finding.broken is not None
    assert "1450" in message(finding.broken)


@both
@pytest.mark.parametrize("port", ["v1", "v2"])
def test_large_packets_over_a_bridge(names: Names, port: str) -> None:
    with machine(names, SCENE):
        sh(f"ip link set {{{port}}} mtu 1400", names)
        finding = why(names["c1"], names["c2"])
    assert finding.id == "MTU.BLACKHOLE", finding
    assert finding.broken is not None
    assert finding.broken.facts["device"] == names[port]
    assert finding.broken.facts["mtu"] == 1400


@both
def test_a_route_that_knows_the_size_is_no_black_hole(names: Names) -> None:
    with machine(names, SCENE):
        sh("ip link set {v2} mtu 1400; ip -n {c1} route replace {net} dev {e} mtu 1400", names)
        finding = why(names["c1"], names["c2"])
    assert finding.ok, finding


@both
def test_a_router_that_tells_is_no_black_hole(names: Names) -> None:
    with machine(names, SCENE):
        sh("ip -n {out} route add {net} via {hw}; ip link set {wan} mtu 1400", names)
        sh("ip -n {out} link set eth0 mtu 1400", names)
        finding = why(names["c1"], names["ow"])
    assert finding.ok, finding


@both
def test_a_macvlan_and_its_parent(names: Names) -> None:
    script = SCENE + "ip netns add mac && ip -n mac link set lo up\n"
    script += "ip link add mv0 link {wan} type macvlan mode bridge && ip link set mv0 netns mac\n"
    with machine(names, script):
        near = names["hw"].rpartition(".")[0] + ".77"
        sh(f"ip -n mac address add {near}/24 dev mv0 && ip -n mac link set mv0 up", names)
        assert why("mac", names["out"]).ok
        for source, target in (("mac", names["hw"]), ("host", near)):
            finding = why(source, target)
            assert finding.id == "MODE.MACVLAN_PARENT", finding
            assert finding.broken is not None
            assert names["wan"] in message(finding.broken)


@both
def test_networks_that_overlap(names: Names) -> None:
    script = (
        SCENE
        + """
        ip link add brx type bridge && ip link set brx up && ip netns add far
        ip link add vfar type veth peer name {e} netns far && ip link set vfar master brx up
        ip -n far address add {n}.66/{len} dev {e} && ip -n far link set {e} up
        ip address add {n}.65/{len} dev brx
    """
    )
    with machine(names, script):
        finding = why("host", "far")
        other = why(names["c1"], "far")
    assert finding.id == other.id == "IPAM.OVERLAP", (finding, other)
    assert finding.broken is not None
    assert "brx" in message(finding.broken)
