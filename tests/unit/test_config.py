"""``config.toml``: what dockerd's daemon.json means."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsnet.topology.allocate import allocate
from nsnet.topology.config import Config, load, read
from nsnet.topology.layout import Layout
from nsnet.topology.model import Attachment, Container, Network, Port, Topology, TopologyError
from nsnet.topology.taken import Taken

FULL = b"""
bip = "10.200.0.9/24"
fixed-cidr = "10.200.0.128/25"
mtu = 1400
icc = false
ip-masq = false
ip = "127.0.0.1"
dns = ["203.0.113.2"]
dns-opts = ["ndots:2"]
dns-search = ["example.org"]
default-address-pools = [{base = "10.10.0.0/16", size = 24}, {base = "fd00:9::/48", size = 64}]
"""


def layout(config: Config, *networks: Network) -> Layout:
    plugs = tuple(Attachment(n.name) for n in networks)
    one = Container("c", attachments=plugs, ports=(Port(80, 8080),))
    return allocate(Topology("t", networks, (one,)), Taken(config=config))


def test_every_key() -> None:
    assert read(FULL) == Config(
        bip="10.200.0.9/24",
        fixed_cidr="10.200.0.128/25",
        mtu=1400,
        icc=False,
        ip_masq=False,
        ip="127.0.0.1",
        pools=(("10.10.0.0/16", 24), ("fd00:9::/48", 64)),
        dns=("203.0.113.2",),
        dns_opts=("ndots:2",),
        dns_search=("example.org",),
    )


def test_the_default_bridge_obeys() -> None:
    made = layout(read(FULL), Network("bridge"))
    (net,) = made.segments
    assert net.v4
    assert (net.v4.subnet, net.v4.gateway) == ("10.200.0.0/24", "10.200.0.9")
    assert (net.mtu, net.icc, net.masquerade, net.host_ip) == (1400, False, False, "127.0.0.1")
    assert made.endpoints[0].ipv4 == "10.200.0.128"
    assert made.bindings[0].host_ip == "127.0.0.1"


def test_other_networks_only_take_from_the_pools() -> None:
    made = layout(read(FULL), Network("n", enable_ipv6=True), Network("m", enable_ipv6=True))
    first, second = made.segments
    assert first.v4
    assert first.v6
    assert second.v6
    assert (first.v4.subnet, first.v6.subnet) == ("10.10.0.0/24", "fd00:9::/64")
    assert second.v6.subnet == "fd00:9:0:1::/64"
    assert (first.mtu, first.icc, first.masquerade, first.host_ip) == (1500, True, True, "")


def test_the_first_pool_is_the_default_bridge_s() -> None:
    config = read(b'default-address-pools = [{base = "10.10.0.0/16", size = 24}]')
    assert config.default_subnet == "10.10.0.0/24"
    assert [s.v4.subnet for s in layout(config, Network("n")).segments if s.v4] == ["10.10.1.0/24"]


def test_with_bip_the_first_pool_is_free() -> None:
    config = read(b'bip = "192.168.99.1/24"')
    assert [s.v4.subnet for s in layout(config, Network("n")).segments if s.v4] == ["172.17.0.0/16"]


def test_a_range_of_the_default_bridge() -> None:
    made = layout(read(b'fixed-cidr = "172.17.5.0/24"'), Network("bridge"))
    assert (made.segments[0].mac, made.endpoints[0].ipv4) == ("02:42:ac:11:05:00", "172.17.5.1")


def test_dns_is_for_those_that_name_none() -> None:
    config = read(FULL)
    assert config.with_dns(Container("c")).dns == ("203.0.113.2",)
    assert config.with_dns(Container("c", dns=("1.1.1.1",))).dns == ("1.1.1.1",)
    assert config.with_dns(Container("c", dns=("1.1.1.1",))).dns_opt == ("ndots:2",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("ip = 5", "ip: 5: write an IP address"),
        ('bip = "10.0.0.1"', 'as "192.168.1.1/24"'),
        ('bip = "10.0.0.0/24"', "an end of its subnet"),
        ('bip = "10.0.0.1/31"', "no room"),
        ('bip = "fd00::1/64"', "IPv4 address"),
        ('fixed-cidr = "10.9.0.0/24"', "outside 172.17.0.0/16"),
        ('fixed-cidr = "172.16.0.0/12"', "outside 172.17.0.0/16"),
        ("mtu = 50", "50: the kernel allows 68 to 65535"),
        ('mtu = "1500"', "write a number"),
        ('icc = "false"', "write true or false"),
        ('ip = "localhost"', "IP address"),
        ('dns = ["nope"]', "IP address"),
        ('dns = "1.1.1.1"', "list of texts"),
        ('default-address-pools = "10.0.0.0/8"', "list of pools"),
        ('default-address-pools = [{base = "10.0.0.0/8"}]', "base and size"),
        ('default-address-pools = [{base = "10.0.0.0/8", size = 31}]', "use 8 to 30"),
        ('default-address-pools = [{base = "10.0.0.0/24", size = 16}]', "use 24 to 30"),
        ("userland-proxy = 0", "userland-proxy: 0: write true or false"),
        ("mtus = 3", "did you mean mtu?"),
        ("x = 3", "known are bip, fixed-cidr"),
        ("bip = ", "not TOML"),
    ],
)
def test_what_is_wrong_is_told(text: str, problem: str) -> None:
    with pytest.raises(TopologyError) as caught:
        read(text.encode(), "/x.toml")
    assert problem in str(caught.value)
    assert str(caught.value).startswith("/x.toml: ")


def test_all_problems_at_once() -> None:
    with pytest.raises(TopologyError) as caught:
        read(b'mtu = 1\nicc = 2\nnope = 3\nbip = "x"')
    assert len(caught.value.problems) == 4


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "c.toml"
    monkeypatch.setenv("NSNET_CONFIG", str(file))
    with pytest.raises(TopologyError, match="no such file: create it, or unset NSNET_CONFIG"):
        load()
    file.write_text("mtu = 1400\n")
    assert load() == Config(mtu=1400)
    file.write_bytes(b"\xff")
    with pytest.raises(TopologyError, match="not TOML"):
        load()
    monkeypatch.setenv("NSNET_CONFIG", str(tmp_path))
    with pytest.raises(TopologyError, match="cannot be read"):
        load()
