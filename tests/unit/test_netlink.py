"""Our batch encoder against pyroute2: what we send is what it understands."""

from __future__ import annotations

from typing import Any

import pytest

from nsnet.kernel import address, link
from nsnet.kernel.netlink import attr, attributes

pyroute2 = pytest.importorskip("pyroute2")
from pyroute2.netlink.rtnl.ifaddrmsg import ifaddrmsg  # noqa: E402
from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg  # noqa: E402
from pyroute2.netlink.rtnl.rtmsg import rtmsg  # noqa: E402


class Wire:
    """Stands where a channel would and keeps what would be sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, bytes]] = []

    def add(self, kind: int, flags: int, body: bytes, token: object = None) -> None:
        self.sent.append((kind, body))

    def decoded(self, message: Any) -> Any:
        """The last message as pyroute2 reads it."""
        _, body = self.sent[-1]
        size = 16 + len(body)
        head = size.to_bytes(4, "little") + b"\0" * 12
        read = message(head + body)
        read.decode()
        return read


def test_bridge() -> None:
    wire = Wire()
    link.add_bridge(wire, "br0", "02:42:ac:11:00:01", 1500, 77, 900, None)  # type: ignore[arg-type]
    read = wire.decoded(ifinfmsg)
    assert read["index"] == 900
    assert read["flags"] & 1
    assert read.get("ifname") == "br0"
    assert read.get("address") == "02:42:ac:11:00:01"
    assert read.get("mtu") == 1500
    assert read.get("group") == 77
    assert read.get(("linkinfo", "kind")) == "bridge"


def test_veth_with_its_peer_in_a_namespace() -> None:
    wire = Wire()
    link.add_veth(
        wire,  # type: ignore[arg-type]
        "veth-a",
        "06:42:ac:11:00:02",
        1400,
        77,
        1001,
        900,
        "eth0",
        "02:42:ac:11:00:02",
        10,
        33,
        None,
    )
    read = wire.decoded(ifinfmsg)
    assert (read["index"], read["flags"] & 1) == (1001, 1)
    assert read.get("master") == 900
    assert read.get("mtu") == 1400
    peer = read.get("linkinfo").get("data").get("VETH_INFO_PEER")
    assert peer["index"] == 10
    assert peer.get("ifname") == "eth0"
    assert peer.get("address") == "02:42:ac:11:00:02"
    assert peer.get("mtu") == 1400
    assert peer.get("net_ns_fd") == 33 or peer.get("IFLA_NET_NS_FD") == 33


@pytest.mark.parametrize(
    ("cidr", "broadcast"),
    [("172.17.0.2/16", "172.17.255.255"), ("10.0.0.5/30", "10.0.0.7"), ("fd00::2/64", None)],
)
def test_address(cidr: str, broadcast: str | None) -> None:
    wire = Wire()
    address.add_address(wire, 10, cidr, None)  # type: ignore[arg-type]
    read = wire.decoded(ifaddrmsg)
    text, _, prefix = cidr.partition("/")
    assert (read["index"], read["prefixlen"]) == (10, int(prefix))
    assert read.get("local") == read.get("address") == text
    assert read.get("broadcast") == broadcast


@pytest.mark.parametrize(
    ("destination", "via"),
    [("default", "172.17.0.1"), ("default", "fd00::1"), ("10.0.0.0/8", "172.17.0.1")],
)
def test_route(destination: str, via: str) -> None:
    wire = Wire()
    address.add_route(wire, destination, via, 10, None)  # type: ignore[arg-type]
    read = wire.decoded(rtmsg)
    assert read.get("gateway") == via
    assert read.get("oif") == 10
    assert (read["table"], read["proto"], read["type"]) == (254, 3, 1)
    if destination != "default":
        assert f"{read.get('dst')}/{read['dst_len']}" == destination


def test_attributes_are_padded_and_read_back() -> None:
    data = b"".join(attr(kind, b"x" * kind) for kind in range(1, 9))
    assert len(data) % 4 == 0
    assert list(attributes(data)) == [(kind, b"x" * kind) for kind in range(1, 9)]
