"""Port specs as Docker reads them, and the host side that is chosen for them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsnet.topology.allocate import allocate
from nsnet.topology.config import Config
from nsnet.topology.layout import Layout
from nsnet.topology.model import (
    Attachment,
    Container,
    Network,
    Pool,
    Port,
    Topology,
    TopologyError,
)
from nsnet.topology.ports import PortError, long_port, parse_expose, parse_port
from nsnet.topology.taken import Taken


@pytest.mark.parametrize(
    ("spec", "ports"),
    [
        ("80", [Port(80)]),
        ("8080:80", [Port(80, 8080)]),
        (":80", [Port(80)]),
        ("0:80", [Port(80)]),
        (" 8080:80 ", [Port(80, 8080)]),
        ("53:53/udp", [Port(53, 53, "udp")]),
        ("80/TCP", [Port(80)]),
        ("127.0.0.1:8080:80", [Port(80, 8080, "tcp", "127.0.0.1")]),
        ("127.0.0.1::80", [Port(80, 0, "tcp", "127.0.0.1")]),
        (":8080:80", [Port(80, 8080)]),
        ("[::1]:8080:80", [Port(80, 8080, "tcp", "::1")]),
        ("::1:8080:80", [Port(80, 8080, "tcp", "::1")]),
        ("3000-3001", [Port(3000), Port(3001)]),
        ("9000-9001:80-81", [Port(80, 9000), Port(81, 9001)]),
        ("9000-9010:80", [Port(80, 9000, "tcp", "", 9010)]),
        ("9000-9000:80", [Port(80, 9000)]),
    ],
)
def test_short_form(spec: str, ports: list[Port]) -> None:
    assert parse_port(spec) == tuple(ports)


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("", "names no container port"),
        (":", "names no container port"),
        ("8080:", "names no container port"),
        ("a:80", "is not a number"),
        ("80:b", "is not a number"),
        ("-1:80", "is not a number"),
        ("٣:80", "is not a number"),
        ("8080:0", "does not exist"),
        ("65536:80", "does not exist"),
        ("8080:80/sctp", "protocol not supported: use tcp or udp"),
        ("8080:80/icmp", "use tcp or udp"),
        ("90-80:90-80", "runs backwards"),
        ("8000-8002:80-81", "equally long"),
        ("localhost:8080:80", "not an address"),
        ("1.2.3.4.5:8080:80", "not an address"),
    ],
)
def test_what_docker_refuses(spec: str, reason: str) -> None:
    with pytest.raises(PortError, match=reason):
        parse_port(spec)


def test_long_form() -> None:
    assert long_port("80") == (Port(80),)
    assert long_port("80", "8080", "127.0.0.1", "udp") == (Port(80, 8080, "udp", "127.0.0.1"),)
    assert long_port("80", "8000-8005") == (Port(80, 8000, "tcp", "", 8005),)
    with pytest.raises(PortError, match="no target"):
        long_port("", "8080")


def test_expose() -> None:
    assert parse_expose("3000") == ((3000, "tcp"),)
    assert parse_expose("53-54/udp") == ((53, "udp"), (54, "udp"))
    with pytest.raises(PortError, match="does not exist"):
        parse_expose("0")


@given(st.from_regex(r"[0-9a:.\[\]/ud p-]{0,20}", fullmatch=True))
def test_any_text_is_ports_or_a_port_error(spec: str) -> None:
    try:
        ports = parse_port(spec)
    except PortError:
        return
    assert all(1 <= port.container_port <= 65535 for port in ports)


@given(
    st.integers(1, 65535),
    st.integers(0, 65535),
    st.sampled_from(["tcp", "udp"]),
    st.sampled_from(["", "127.0.0.1", "::1"]),
)
def test_a_port_reads_back_as_it_prints(container: int, host: int, protocol: str, ip: str) -> None:
    port = Port(container, host, protocol, ip)
    assert parse_port(str(port)) == (port,)


def laid_out(
    *containers: Container, taken: Taken | None = None, previous: Layout | None = None
) -> Layout:
    """A layout of containers on one network with both address families, and one without."""
    pools = (Pool("10.0.0.0/24"), Pool("fd00::/64"))
    nets = (Network("both", enable_ipv6=True, pools=pools), Network("four"))
    return allocate(Topology("t", nets, containers), taken or Taken(), previous)


def on(network: str, *ports: Port, name: str = "web", **more: Any) -> Container:
    return Container(name, attachments=(Attachment(network),), ports=ports, **more)


def published(layout: Layout) -> list[tuple[str, str, int]]:
    return [(b.container, b.host_ip, b.host_port) for b in layout.bindings]


def test_a_container_with_ipv6_is_published_on_all_addresses_of_both_families() -> None:
    made = laid_out(on("both", Port(80, 8080)), on("four", Port(80, 8081), name="old"))
    assert published(made) == [
        ("web", "0.0.0.0", 8080),
        ("web", "::", 8080),
        ("old", "0.0.0.0", 8081),
    ]
    assert [b.ip for b in made.bindings] == ["10.0.0.2", "fd00::2", "172.18.0.2"]


@pytest.mark.parametrize("host_ip", ["0.0.0.0", "127.0.0.1", "::"])
def test_a_host_address_is_of_one_family(host_ip: str) -> None:
    made = laid_out(on("both", Port(80, 8080, host_ip=host_ip)))
    assert published(made) == [("web", host_ip, 8080)]


@pytest.mark.parametrize(
    ("taken", "why"),
    [
        (Taken(), "this host has no IPv6"),
        (Taken(ipv6=True, config=Config(userland_proxy=False)), "userland-proxy is off"),
    ],
)
@pytest.mark.parametrize(("network", "host_ip"), [("four", "::"), ("both", "::1")])
def test_what_only_a_relay_could_do_is_noted(
    network: str, host_ip: str, taken: Taken, why: str
) -> None:
    made = laid_out(on(network, Port(80, 8080, host_ip=host_ip)), taken=taken)
    assert not made.bindings
    assert "is not published" in made.notes[0]
    assert why in made.notes[0]


@pytest.mark.parametrize(
    ("network", "host_ip", "wanted"),
    [
        ("four", "", [("0.0.0.0", "172.18.0.2", ""), ("::", "172.18.0.2", "::")]),
        ("four", "0.0.0.0", [("0.0.0.0", "172.18.0.2", "")]),
        ("four", "127.0.0.1", [("127.0.0.1", "172.18.0.2", "")]),
        ("four", "::", [("::", "172.18.0.2", "::")]),
        ("four", "::1", [("::1", "172.18.0.2", "::1")]),
        ("four", "fd00::1", [("fd00::1", "172.18.0.2", "fd00::1")]),
        ("both", "", [("0.0.0.0", "10.0.0.2", ""), ("::", "fd00::2", "::1")]),
        ("both", "::", [("::", "fd00::2", "::1")]),
        ("both", "::1", [("::1", "fd00::2", "::1")]),
        ("both", "fd00::1", [("fd00::1", "fd00::2", "")]),
    ],
)
def test_what_the_kernel_cannot_translate_is_relayed(
    network: str, host_ip: str, wanted: list[tuple[str, str, str]]
) -> None:
    made = laid_out(on(network, Port(80, 8080, host_ip=host_ip)), taken=Taken(ipv6=True))
    assert [(b.host_ip, b.ip, b.relayed_on) for b in made.bindings] == wanted
    assert not made.notes
    firewalled = [b.host_ip for b in made.bindings if b.translated]
    kernels = {"0.0.0.0", "127.0.0.1", *(("::", "fd00::1") if network == "both" else ())}
    assert firewalled == [ip for ip, *_ in wanted if ip in kernels]


def test_both_families_get_the_same_random_port() -> None:
    busy = Taken(ipv6=True, port_free=lambda protocol, ip, port: (ip, port) != ("::", 32768))
    made = laid_out(on("four", Port(80)), taken=busy)
    assert published(made) == [("web", "0.0.0.0", 32769), ("web", "::", 32769)]


def test_a_network_s_host_address_is_the_default() -> None:
    options = (("com.docker.network.bridge.host_binding_ipv4", "127.0.0.1"),)
    net = Network("n", enable_ipv6=True, options=options)
    each = on("n", Port(80, 8080), Port(81, 8081, host_ip="0.0.0.0"))
    made = allocate(Topology("t", (net,), (each,)), Taken())
    assert published(made) == [("web", "127.0.0.1", 8080), ("web", "0.0.0.0", 8081)]


def test_random_ports_only_go_up_and_wrap() -> None:
    two = on("four", Port(80), Port(81))
    assert [b.host_port for b in laid_out(two).bindings] == [32768, 32769]
    later = laid_out(two, taken=Taken(last_port=40000))
    assert [b.host_port for b in later.bindings] == [40001, 40002]
    last = laid_out(two, taken=Taken(last_port=60998))
    assert [b.host_port for b in last.bindings] == [60999, 32768]


def test_a_random_port_stays_while_the_container_runs_and_is_a_new_one_after_a_stop() -> None:
    first = laid_out(on("four", Port(80)))
    taken = Taken(last_port=32768)
    again = laid_out(on("four", Port(80)), on("four", Port(80), name="new"), previous=first)
    assert published(again) == [("web", "0.0.0.0", 32768), ("new", "0.0.0.0", 32769)]
    stopped = laid_out(on("four", Port(80), stopped=True), taken=taken, previous=first)
    assert not stopped.bindings
    started = laid_out(on("four", Port(80)), taken=taken, previous=stopped)
    assert published(started) == [("web", "0.0.0.0", 32769)]


def test_a_random_port_stays_beside_others_of_the_same_port_that_are_asked_for() -> None:
    """``-p 80 -p 22405:80 -p 22406:80``: the random one does not take what another one wants."""
    each = on("four", Port(80), Port(80, 22405), Port(80, 22406))
    first = laid_out(each)
    again = laid_out(each, on("four", name="new"), taken=Taken(last_port=32768), previous=first)
    assert published(again) == published(first)
    assert [b.host_port for b in first.bindings] == [32768, 22405, 22406]


def test_ranges_take_the_next_free_port() -> None:
    each = [on("four", Port(80, 9000, host_port_end=9002), name=name) for name in "abcd"]
    busy = Taken(port_free=lambda protocol, ip, port: port != 9001)
    assert [b.host_port for b in laid_out(*each[:2], taken=busy).bindings] == [9000, 9002]
    with pytest.raises(TopologyError, match=r"d: no port .*9000-9002.* all ports are allocated"):
        laid_out(*each)


def test_every_exposed_port_with_publish_all() -> None:
    exposed = ((443, "tcp"), (80, "tcp"), (53, "udp"))
    made = laid_out(on("four", Port(80, 8080), expose=exposed, publish_all=True))
    found = [(b.port, b.protocol, b.host_port) for b in made.bindings]
    assert found == [(80, "tcp", 8080), (53, "udp", 32768), (443, "tcp", 32769)]
    assert made.endpoints[0].hairpin


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        (Port(80, 80), Port(80, 80), True),
        (Port(80, 80), Port(81, 80), True),
        (Port(80, 80), Port(80, 80, host_ip="127.0.0.1"), True),
        (Port(80, 80, host_ip="::"), Port(80, 80), True),
        (Port(80, 80), Port(80, 80, "udp"), False),
        (Port(80, 80, host_ip="127.0.0.1"), Port(80, 80, host_ip="127.0.0.2"), False),
    ],
)
def test_which_ports_clash(first: Port, second: Port, clash: bool) -> None:
    each = (on("both", first, name="a"), on("both", second, name="b"))
    if not clash:
        assert laid_out(*each).bindings
        return
    with pytest.raises(TopologyError, match=r"b: port .*80/tcp is already allocated by a"):
        laid_out(*each)


def test_a_host_address_that_is_not_here_is_refused() -> None:
    here = Taken(own=[("127.0.0.1/8", "lo"), ("203.0.113.1/24", "ext0")])
    for host_ip in ("203.0.113.1", "127.0.0.9", "10.0.0.1", "0.0.0.0", ""):
        assert laid_out(on("both", Port(80, 80, host_ip=host_ip)), taken=here).bindings
    with pytest.raises(TopologyError, match=r"requested address 198\.51\.100\.7"):
        laid_out(on("both", Port(80, 80, host_ip="198.51.100.7")), taken=here)
