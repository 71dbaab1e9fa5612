"""Out and in: the simulated outside machine and the edge of the networks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nsnet.engine.engine import Engine
from nsnet.engine.outside import ensure
from nsnet.kernel import netns, process
from nsnet.plan import outside
from nsnet.topology.model import Attachment, Container, Network, Port, Topology
from tests.support import fetch, pings, run, status

WORLD, HOST = outside.ADDRESS, outside.HOST_ADDRESS


@pytest.fixture
def world(host: None) -> Iterator[None]:
    """A host with an outside machine, which is put away afterwards."""
    settings = run("sysctl", "net.ipv4.ip_forward")
    ensure()
    yield
    for pid in process.processes_in(netns.inode(outside.NAME)):
        process.kill(process.Process(pid, process.start_time(pid)), 9)
    run("ip", "link", "delete", "wan0-port")
    run("ip", "link", "delete", "wan0")
    run("ip", "netns", "delete", outside.NAME)
    run("rm", "-rf", "/run/nsnet-outside")
    assert run("sysctl", "net.ipv4.ip_forward") == settings


def shop(*ports: Port, **options: bool) -> Topology:
    front = Network("shop_front", **options)  # type: ignore[arg-type]
    containers = (
        Container("web", attachments=(Attachment("shop_front"),), ports=ports, stub=True),
        Container("app", attachments=(Attachment("shop_front"),)),
    )
    return Topology("shop", (front,), containers)


def address(engine: Engine, container: str) -> str:
    endpoints = engine.state().records["shop"].layout.endpoints_of(container)
    return endpoints[0].ipv4


class TestBridge:
    @pytest.fixture(autouse=True)
    def _take_down(self, world: None) -> Iterator[None]:
        self.engine = Engine()
        yield
        self.engine.down("shop")

    def test_it_is_the_name_server_of_its_sandbox(self) -> None:
        self.engine.up(shop())
        inside = ("ip", "netns", "exec", "app")
        assert run(*inside, "getent", "ahostsv4", "example.com").split()[0] == WORLD
        assert status(*inside, "timeout", "3", "getent", "hosts", "nobody.example") == 2

    def test_containers_go_out_under_the_host_s_address(self) -> None:
        self.engine.up(shop())
        assert pings("app", WORLD)
        assert pings("app", "8.8.8.8")
        assert f"saw {HOST}:" in fetch("app", f"http://{WORLD}/")

    def test_a_published_port_is_open_and_the_caller_is_seen(self) -> None:
        self.engine.up(shop(Port(80, 8080)))
        assert f"saw {WORLD}:" in fetch(outside.NAME, f"http://{HOST}:8080/")

    def test_what_is_not_published_stays_shut_even_with_a_route(self) -> None:
        self.engine.up(shop(Port(80, 8080)))
        run("ip", "-n", outside.NAME, "route", "add", "172.16.0.0/12", "via", HOST)
        web, app = address(self.engine, "web"), address(self.engine, "app")
        assert not fetch(outside.NAME, f"http://{web}/")
        assert not pings(outside.NAME, app, wait=0.3)
        assert pings("app", web), "the control: neighbours reach each other"

    def test_loopback_only_is_loopback_only(self) -> None:
        self.engine.up(shop(Port(80, 9090, host_ip="127.0.0.1")))
        assert fetch("", "http://127.0.0.1:9090/").startswith("web ")
        assert not fetch(outside.NAME, f"http://{HOST}:9090/")
        assert not fetch("app", f"http://{HOST}:9090/")

    def test_nobody_outside_gets_at_the_host_s_loopback(self) -> None:
        """CVE-2020-8558: a neighbour routes 127.0.0.1 to us."""
        self.engine.up(shop(Port(80, 9090, host_ip="127.0.0.1")))
        for key in ("all", "default", "eth0"):
            inside = ("ip", "netns", "exec", outside.NAME)
            run(*inside, "sysctl", "-qw", f"net.ipv4.conf.{key}.route_localnet=1")
        local = ["127.0.0.0/8", "dev", "lo", "table", "local"]
        run("ip", "-n", outside.NAME, "route", "delete", "local", *local)
        run("ip", "-n", outside.NAME, "route", "delete", "local", "127.0.0.1", *local[1:])
        run("ip", "-n", outside.NAME, "route", "add", "127.0.0.0/8", "via", HOST)
        assert not fetch(outside.NAME, "http://127.0.0.1:9090/")
        rules = run("nft", "list", "chain", "ip", "nsnet", "raw-prerouting")
        assert "packets 0 " not in rules, "the guard has not seen it"

    def test_an_internal_network_has_no_way_out(self) -> None:
        self.engine.up(shop(Port(80, 8080), internal=True))
        assert pings("app", address(self.engine, "web"))
        assert not pings("app", WORLD, wait=0.3)
        assert not fetch(outside.NAME, f"http://{HOST}:8080/")

    def test_udp_is_published_too(self) -> None:
        self.engine.up(shop(Port(53, 5353, "udp")))
        ask = (
            "import socket; s = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(2);"
            f"s.sendto(b'x', ('{HOST}', 5353)); print(s.recv(200).decode())"
        )
        answer = run("ip", "netns", "exec", outside.NAME, "python3", "-c", ask)
        assert f"saw {WORLD}:" in answer

    def test_ipv6(self) -> None:
        self.engine.up(shop(enable_ipv6=True))
        layout = self.engine.state().records["shop"].layout
        web = layout.endpoints_of("web")[0].ipv6
        assert pings("app", web)
        assert layout.segments[0].v6
        assert pings("app", layout.segments[0].v6.gateway)
