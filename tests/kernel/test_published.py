"""Who reaches whom through published ports, and whom the container sees: as Docker with its
userland proxy, without one. The topologies are those that Docker was recorded with, in one."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import NamedTuple

import pytest

from nsnet.engine import clean
from nsnet.engine.engine import Engine
from nsnet.kernel.conntrack import entries
from nsnet.kernel.netlink import Channel
from nsnet.kernel.syscalls import CLONE_NEWNET, setns
from nsnet.operations import containers
from nsnet.topology.layout import Layout
from nsnet.topology.model import (
    BY_HAND,
    DEFAULT_NETWORK,
    Attachment,
    Container,
    Network,
    Pool,
    Port,
    Topology,
)
from tests.support import pings, run, status

pytestmark = pytest.mark.usefixtures("host")

HOST, HOST6 = "203.0.113.1", "2001:db8:203::1"
OUT, OUT6 = "203.0.113.2", "2001:db8:203::2"
DROPPED, REFUSED = "timeout", "refused"
_NO_MASQUERADE = (("com.docker.network.bridge.enable_ip_masquerade", "false"),)
_NO_ICC = (("com.docker.network.bridge.enable_icc", "false"),)


class Call(NamedTuple):
    """Somebody asks for something, and what comes of it: ``WHO saw ADDRESS`` or an error."""

    caller: str
    address: str
    port: int
    answer: str
    protocol: str = "tcp"

    def __str__(self) -> str:
        return f"{self.caller or 'host'} -> {self.address} {self.port}/{self.protocol}"


def container(name: str, *networks: str, ports: tuple[Port, ...] = ()) -> Container:
    """A stub that answers on 80/tcp and 53/udp in any case."""
    return Container(
        name,
        attachments=tuple(map(Attachment, networks)),
        ports=ports,
        expose=((80, "tcp"), (53, "udp")),
        stub=True,
    )


def web(number: int, host_ip: str = "") -> Port:
    return Port(80, number, host_ip=host_ip)


def names(number: int) -> Port:
    return Port(53, number, "udp")


@contextmanager
def machine(filtered: bool, forwarding: bool) -> Iterator[None]:
    """A host with an outside machine beside it that knows the way to private addresses."""
    value = str(int(filtered))
    for family in ("ip", "ip6"):
        run("sysctl", "-qw", f"net.bridge.bridge-nf-call-{family}tables={value}", check=False)
    if filtered and run("sysctl", "-n", "net.bridge.bridge-nf-call-iptables", check=False) != "1\n":
        pytest.skip("this kernel lacks br_netfilter")
    run("sysctl", "-qw", f"net.ipv4.ip_forward={int(forwarding)}")
    script = f"""
        ip netns add out && ip -n out link set lo up
        ip link add ext0 type veth peer name eth0 netns out
        ip address add {HOST}/24 dev ext0 && ip address add {HOST6}/64 dev ext0 nodad
        ip -n out address add {OUT}/24 dev eth0 && ip -n out address add {OUT6}/64 dev eth0 nodad
        ip link set ext0 up && ip -n out link set eth0 up
        ip -n out route add 172.16.0.0/12 via {HOST} && ip -n out route add fd00::/8 via {HOST6}
        ip route add default via {OUT} && ip -6 route add default via {OUT6}
    """
    try:
        subprocess.run(["sh", "-ec", script], check=True)
        yield
    finally:
        run("ip", "link", "delete", "ext0", check=False)
        run("ip", "netns", "delete", "out", check=False)
        run("sysctl", "-qw", "net.ipv4.ip_forward=0")
        for family in ("ip", "ip6"):
            run("sysctl", "-qw", f"net.bridge.bridge-nf-call-{family}tables=1", check=False)


@contextmanager
def built(topology: Topology) -> Iterator[Layout]:
    engine = Engine()
    try:
        yield engine.up(topology).layout
    finally:
        engine.down(topology.name)


def open_socket(namespace: str, call: Call) -> socket.socket:
    """A socket of another namespace: it stays there when the thread is back."""
    family = socket.AF_INET6 if ":" in call.address else socket.AF_INET
    kind = socket.SOCK_STREAM if call.protocol == "tcp" else socket.SOCK_DGRAM
    if not namespace:
        return socket.socket(family, kind)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    try:
        setns(there, CLONE_NEWNET)
        return socket.socket(family, kind)
    finally:
        setns(home, CLONE_NEWNET)
        os.close(there)
        os.close(home)


def ask(sock: socket.socket, call: Call) -> str:
    """``WHO saw ADDRESS``, or why there was no answer."""
    sock.settimeout(1 if call.answer == DROPPED else 5)
    try:
        sock.connect((call.address, call.port))
        sock.send(b"who\n")
        return spell(sock.recv(500))
    except TimeoutError:
        return DROPPED
    except ConnectionRefusedError:
        return REFUSED
    except OSError as error:
        return str(error)
    finally:
        sock.close()


def spell(answer: bytes) -> str:
    """An answer of the stub without its own address and the caller's port."""
    who, _, _, peer = answer.decode().split()
    return f"{who} saw {peer.rpartition(':')[0].strip('[]')}"


def wrong(calls: list[Call]) -> list[str]:
    """Calls that came out otherwise, all made at once."""
    sockets = [open_socket(call.caller, call) for call in calls]
    with ThreadPoolExecutor(32) as pool:
        found = pool.map(ask, sockets, calls)
    return [
        f"{call}: {answer}, not {call.answer}"
        for call, answer in zip(calls, found, strict=True)
        if answer != call.answer
    ]


class Places:
    """Addresses of a layout by name."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def gateway(self, network: str, version: int = 4) -> str:
        segment = self.layout.segment(network)
        span = segment and (segment.v4 if version == 4 else segment.v6)
        assert span
        return span.gateway

    def of(self, name: str, network: str, version: int = 4) -> str:
        plug = next(e for e in self.layout.endpoints_of(name) if e.network == network)
        return plug.ipv4 if version == 4 else plug.ipv6


everywhere = pytest.mark.parametrize(
    ("filtered", "forwarding"),
    [(False, False), (False, True), (True, False), (True, True)],
    ids=["nf=0", "nf=0,forward=1", "nf=1", "nf=1,forward=1"],
)


@everywhere
def test_every_way_to_a_published_port(filtered: bool, forwarding: bool) -> None:
    topology = Topology(
        "ports",
        (Network("a"), Network("b"), Network("z"), Network("plain", options=_NO_MASQUERADE)),
        (
            container("web", "a", ports=(web(8080), names(5353))),
            container("lo", "a", ports=(web(8081, "127.0.0.1"),)),
            container("on", "a", ports=(web(8082, HOST),)),
            container("both", "b", "z", ports=(web(8083), names(5383))),
            container("peer", "b"),
            container("far", "z"),
            container("bare", "plain"),
        ),
    )
    with machine(filtered, forwarding), built(topology) as layout:
        at = Places(layout)
        a, b, z = (at.gateway(name) for name in "abz")
        calls = [
            *[Call("out", HOST, 8080, f"web saw {OUT}"), Call("", HOST, 8080, f"web saw {HOST}")],
            Call("out", HOST, 5353, f"web saw {OUT}", "udp"),
            # Both are on z: they answer where the host asked from, not straight into z.
            Call("", z, 5383, f"both saw {b}", "udp"),
            *[Call("", "127.0.0.1", 8080, f"web saw {a}"), Call("", b, 8080, f"web saw {a}")],
            Call("", "127.0.0.1", 5353, f"web saw {a}", "udp"),
            *[Call("lo", "127.0.0.1", 8080, REFUSED), Call("web", "127.0.0.1", 8080, REFUSED)],
            *[Call("out", HOST, 8081, REFUSED), Call("", HOST, 8081, REFUSED)],
            *[Call("", "127.0.0.1", 8081, f"lo saw {a}"), Call("peer", b, 8081, REFUSED)],
            *[Call("web", a, 8081, REFUSED), Call("lo", HOST, 8081, REFUSED)],
            *[Call("out", HOST, 8082, f"on saw {OUT}"), Call("", "127.0.0.1", 8082, REFUSED)],
            *[Call("peer", HOST, 8082, f"on saw {a}"), Call("web", a, 8082, REFUSED)],
            *[Call("out", HOST, 8083, f"both saw {OUT}"), Call("", z, 8083, f"both saw {b}")],
            *[Call("out", at.of("web", "a"), 80, DROPPED), Call("out", HOST, 9, REFUSED)],
            *[Call("out", at.of("web", "a"), 8080, DROPPED)],
            *[Call("out", at.of("peer", "b"), 80, DROPPED)],
            *[Call("peer", at.of("web", "a"), 80, DROPPED)],
            *[Call("peer", at.of("both", "z"), 80, DROPPED)],
            *[Call("far", at.of("both", "z"), 80, f"both saw {at.of('far', 'z')}")],
            *[Call("web", at.of("lo", "a"), 80, f"lo saw {at.of('web', 'a')}")],
        ]
        # Its network has no masquerade: as with Docker, isolation has the last word.
        calls += [Call("bare", HOST, 8080, DROPPED), Call("bare", b, 5383, DROPPED, "udp")]
        for address in (HOST, a, b, z):  # itself, a neighbour, other networks
            for caller in ("web", "lo", "peer", "far", "both"):
                calls += [
                    Call(caller, address, 8080, f"web saw {a}"),
                    Call(caller, address, 5353, f"web saw {a}", "udp"),
                    Call(caller, address, 8083, f"both saw {b}"),
                    Call(caller, address, 5383, f"both saw {b}", "udp"),
                ]
        assert not wrong(calls)
        assert not pings("out", at.of("web", "a"))


@everywhere
def test_networks_that_do_not_talk(filtered: bool, forwarding: bool) -> None:
    """icc=false keeps neighbours apart, but not from what they publish; an internal network
    publishes nothing and gets to nothing that others publish."""
    topology = Topology(
        "silent",
        (
            Network("quiet", options=_NO_ICC, enable_ipv6=True),
            Network("inner", internal=True),
            Network("open"),
        ),
        (
            container("x", "quiet", ports=(web(8080), names(5353))),
            container("y", "quiet"),
            container("i", "inner"),
            container("j", "inner", ports=(web(8081),)),
            container("o", "open", ports=(web(8082),)),
        ),
    )
    with machine(filtered, forwarding), built(topology) as layout:
        at = Places(layout)
        quiet, quiet6, inner = at.gateway("quiet"), at.gateway("quiet", 6), at.gateway("inner")
        calls = [
            Call("y", at.of("x", "quiet"), 80, DROPPED),
            Call("x", at.of("y", "quiet"), 80, DROPPED),
            Call("y", at.of("x", "quiet"), 53, DROPPED, "udp"),
            Call("y", at.of("x", "quiet", 6), 80, DROPPED),
            Call("", at.of("y", "quiet"), 80, f"y saw {quiet}"),
            *[Call("y", g, 8080, f"x saw {quiet}") for g in (quiet, inner, HOST)],
            *[Call("x", g, 8080, f"x saw {quiet}") for g in (quiet, inner, HOST)],
            *[Call("y", g, 5353, f"x saw {quiet}", "udp") for g in (quiet, inner, HOST)],
            *[Call("y", g, 8080, f"x saw {quiet6}") for g in (quiet6, HOST6)],
            *[Call("x", g, 8080, f"x saw {quiet6}") for g in (quiet6, HOST6)],
            Call("out", HOST, 8080, f"x saw {OUT}"),
            Call("o", HOST, 8080, f"x saw {quiet}"),
            Call("i", at.of("j", "inner"), 80, f"j saw {at.of('i', 'inner')}"),
            *[Call("i", g, 8080, DROPPED) for g in (inner, HOST)],
            *[Call("i", g, 8082, DROPPED) for g in (inner, HOST)],
            *[Call("", g, 8081, REFUSED) for g in ("127.0.0.1", inner, HOST)],
            Call("out", HOST, 8081, REFUSED),
            Call("out", at.of("j", "inner"), 80, DROPPED),
            Call("", at.of("j", "inner"), 80, f"j saw {inner}"),
        ]
        assert not wrong(calls)
        assert not pings("y", at.of("x", "quiet"))
        assert not pings("x", at.of("y", "quiet"))
        assert pings("y", quiet)
        assert pings("y", OUT)
        assert not pings("i", OUT)
    assert status("nft", "list", "table", "bridge", "nsnet") != 0


@everywhere
def test_ipv6(filtered: bool, forwarding: bool) -> None:
    """Containers with IPv6 are published on [::], too, and networks are isolated."""
    pools = (Pool("fd00:5::/64"),)
    global_pools = (Pool("2001:db8:5::/64"),)
    topology = Topology(
        "six",
        (
            Network("v6", enable_ipv6=True, pools=pools),
            Network("v6b", enable_ipv6=True),
            Network("v6g", enable_ipv6=True, pools=global_pools),
        ),
        (
            container("s", "v6", ports=(web(8080), names(5353), web(8081, HOST6))),
            container("t", "v6"),
            container("u", "v6b"),
            container("g", "v6g"),
        ),
    )
    with machine(filtered, forwarding), built(topology) as layout:
        at = Places(layout)
        gateway = at.gateway("v6", 6)
        calls = [
            *[Call("out", HOST6, 8080, f"s saw {OUT6}"), Call("", HOST6, 8080, f"s saw {HOST6}")],
            Call("out", HOST6, 5353, f"s saw {OUT6}", "udp"),
            *[Call("out", HOST6, 8081, f"s saw {OUT6}"), Call("", gateway, 8081, REFUSED)],
            *[Call("t", x, 8080, f"s saw {gateway}") for x in (HOST6, gateway)],
            *[Call("s", x, 8080, f"s saw {gateway}") for x in (HOST6, gateway)],
            *[Call("u", x, 8080, f"s saw {gateway}") for x in (HOST6, at.gateway("v6b", 6))],
            Call("u", HOST6, 5353, f"s saw {gateway}", "udp"),
            Call("t", at.of("s", "v6", 6), 80, f"s saw {at.of('t', 'v6', 6)}"),
            Call("u", at.of("s", "v6", 6), 80, DROPPED),
            Call("out", at.of("s", "v6", 6), 80, DROPPED),
            Call("", "::1", 8080, "s saw fd00:5::1"),  # by the relay
        ]
        assert not wrong(calls)
        assert pings("t", OUT6)  # under the host's address: nobody out there knows fd00:5::
        run("ip", "-n", "out", "route", "delete", "fd00::/8")
        assert pings("t", OUT6)
        assert not pings("g", OUT6)  # a global address is not hidden, and has no way back here
        run("ip", "-n", "out", "route", "add", "2001:db8:5::/64", "via", HOST6)
        assert pings("g", OUT6)


@pytest.mark.parametrize("host_ip", ["", HOST])
def test_a_running_udp_flow_follows_its_port(host_ip: str) -> None:
    """The same socket goes on sending: published, moved to another container, unpublished."""

    def topology(publisher: str) -> Topology:
        ports = (Port(53, 5353, "udp", host_ip),)
        names = ("a", "b")
        each = [container(n, "net", ports=ports if n == publisher else ()) for n in names]
        return Topology("flow", (Network("net"),), tuple(each))

    engine = Engine()
    with machine(filtered=True, forwarding=True), built(topology("")):
        call = Call("out", HOST, 5353, "", "udp")
        other = Call("out", HOST, 5354, "", "udp")
        with open_socket("out", call) as sock, open_socket("out", other) as rest:
            rest.connect((HOST, 5354))
            rest.send(b"x")
            sock.connect((HOST, 5353))
            assert spoken(sock) == REFUSED
            for publisher, answer in (("a", f"a saw {OUT}"), ("b", f"b saw {OUT}"), ("", REFUSED)):
                engine.up(topology(publisher))
                assert spoken(sock) == answer
                assert tracked(5354)  # nobody else's flow is ended


def test_silence_is_repaired_and_cleaned_up() -> None:
    topology = Topology(
        "quiet", (Network("q", options=_NO_ICC),), (container("x", "q"), container("y", "q"))
    )
    engine = Engine()
    with machine(filtered=False, forwarding=True):
        at = Places(engine.up(topology).layout)
        run("nft", "delete", "table", "bridge", "nsnet")
        assert pings("x", at.of("y", "q"))
        assert not engine.up(topology).unchanged
        assert engine.up(topology).unchanged
        assert not pings("x", at.of("y", "q"))
        run("nft", "delete", "element", "bridge", "nsnet", "isolated", "{", "veth-x", "}")
        assert [c.step.what for c in engine.up(topology).changes] == ["add veth-x to isolated"]
        assert not pings("x", at.of("y", "q"))
        clean.clean()
        assert "bridge" not in run("nft", "list", "tables")


def test_a_random_port_is_a_new_one_at_each_start() -> None:
    engine = Engine()
    each = replace(container("web", DEFAULT_NETWORK), publish_all=True)
    containers.run(engine, each)
    found = []
    for _ in range(2):
        layout = engine.state().records[BY_HAND].layout
        found.append(sorted({(b.port, b.host_port) for b in layout.bindings}))
        containers.restart(engine, "web", 0)
    containers.remove(engine, "web", force=True)
    assert found == [[(53, 32768), (80, 32769)], [(53, 32770), (80, 32771)]]


def spoken(sock: socket.socket) -> str:
    """What is answered to one more datagram of a socket."""
    sock.settimeout(5)
    try:
        sock.send(b"who\n")
        return spell(sock.recv(500))
    except ConnectionRefusedError:
        return REFUSED
    except TimeoutError:
        return DROPPED


def tracked(port: int) -> bool:
    """Does the kernel remember a UDP flow to that port?"""
    channel = Channel(12)  # NETLINK_NETFILTER
    try:
        return any(number == port for _, number, _ in list(entries(channel, socket.AF_INET)))
    finally:
        channel.close()
