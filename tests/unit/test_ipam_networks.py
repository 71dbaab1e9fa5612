"""Networks laid out beside others: automatic subnets, overlaps, ranges, options, names."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsnet.plan.before import Before
from nsnet.plan.build import desired
from nsnet.topology.allocate import allocate
from nsnet.topology.layout import Layout
from nsnet.topology.model import Attachment, Container, Network, Pool, Topology, TopologyError
from nsnet.topology.naming import MAX_NAME, bridge_device, device_problem, safe
from nsnet.topology.taken import Taken

_BRIDGE = "com.docker.network.bridge."
_MTU = "com.docker.network.driver.mtu"
_PREFIX = "com.docker.network.container_iface_prefix"


def laid(*networks: Network, taken: Taken | None = None, previous: Layout | None = None) -> Layout:
    return allocate(Topology("t", networks), taken or Taken(), previous)


def subnets(made: Layout) -> list[str]:
    return [segment.v4.subnet for segment in made.segments if segment.v4]


def on(network: str, name: str, **wishes: str) -> Container:
    return Container(name, attachments=(Attachment(network, **wishes),))  # type: ignore[arg-type]


def test_automatic_subnets_follow_each_other() -> None:
    assert subnets(laid(*(Network(n) for n in "abc"))) == [
        "172.18.0.0/16",
        "172.19.0.0/16",
        "172.20.0.0/16",
    ]
    made = laid(*(Network(n) for n in "ab"), taken=Taken(after="192.168.224.0/20"))
    assert subnets(made) == ["192.168.240.0/20", "172.18.0.0/16"]


def test_a_gap_is_filled_last() -> None:
    """p1, p2, p3 are made and p2 removed: p4 comes behind p3 (measured: o2-alloc)."""
    other = allocate(
        Topology("o", (Network("p1"), Network("p3", pools=(Pool("172.20.0.0/16"),)))), Taken()
    )
    made = laid(Network("p4"), taken=Taken([other], after="172.20.0.0/16"))
    assert subnets(made) == ["172.21.0.0/16"]


def test_thirty_and_no_more() -> None:
    names = [f"n{number}" for number in range(30)]
    made = laid(*(Network(name) for name in names), taken=Taken(after="172.25.0.0/16"))
    assert len(set(subnets(made))) == 30
    assert "172.17.0.0/16" not in subnets(made)
    with pytest.raises(TopologyError, match="could not find an available, non-overlapping IPv4"):
        laid(*(Network(name) for name in (*names, "one more")))


def test_host_routes_and_name_servers_are_avoided_by_the_automatic_choice_alone() -> None:
    taken = Taken(nets=[ip_network("172.18.4.0/24")], nameservers=["172.19.0.53", "fe80::1%eth0"])
    assert subnets(laid(Network("a"), taken=taken)) == ["172.20.0.0/16"]
    chosen = Network("a", pools=(Pool("172.18.0.0/16"),))
    assert subnets(laid(chosen, taken=taken)) == ["172.18.0.0/16"]


def test_what_was_chosen_before_stays() -> None:
    first = laid(Network("a"), Network("b"))
    changed = Network("b", labels=(("x", ""),))
    second = laid(changed, taken=Taken(after="172.30.0.0/16"), previous=first)
    assert subnets(second) == ["172.19.0.0/16"]


@pytest.mark.parametrize(
    "subnet", ["10.61.0.0/24", "10.61.0.0/16", "10.61.0.128/25", "172.17.0.0/16", "0.0.0.0/0"]
)
def test_overlaps_of_networks(subnet: str) -> None:
    other = allocate(Topology("o", (Network("e1", pools=(Pool("10.61.0.0/24"),)),)), Taken())
    with pytest.raises(TopologyError, match=r"Pool overlaps .* of network (e1|bridge): choose"):
        laid(Network("e2", pools=(Pool(subnet),)), taken=Taken([other]))


def test_the_host_s_own_172_17_is_nobody_s_default() -> None:
    taken = Taken(nets=[ip_network("172.17.0.0/16")])
    assert subnets(laid(Network("bridge"), taken=taken)) == ["172.18.0.0/16"]
    assert subnets(laid(Network("n", pools=(Pool("172.17.0.0/16"),)), taken=taken))


@pytest.mark.parametrize(
    ("network", "problem"),
    [
        (Network("n", pools=(Pool("10.1.0.0/24"), Pool("10.2.0.0/24"))), "multiple subnets"),
        (Network("n", pools=(Pool("10.1.0.0/31"),)), "network n: failed to allocate gateway"),
        (Network("n", options=((_MTU, "abc"),)), "failed to parse .*mtu value: mtu 'abc'"),
        (Network("n", options=((_MTU, "-5"),)), "invalid MTU number"),
        (Network("n", options=((_MTU, "50"),)), "not between 68 and 65535"),
        (Network("n", options=((_MTU, "70000"),)), "not between 68 and 65535"),
        (Network("n", enable_ipv6=True, options=((_MTU, "1279"),)), "IPv6 needs 1280"),
        (Network("n", options=((_BRIDGE + "enable_icc", "maybe"),)), "failed to parse .*'maybe'"),
        (Network("n", options=((_BRIDGE + "enable_icc", ""),)), "failed to parse"),
        (Network("n", options=((_BRIDGE + "host_binding_ipv4", "zz"),)), "failed to parse .*'zz'"),
        (Network("n", options=((_BRIDGE + "name", "a/b"),)), "bridge name 'a/b'"),
        (Network("n", options=((_BRIDGE + "name", 'a"b'),)), "bridge name"),
        (Network("n", options=((_BRIDGE + "name", "nsnet0"),)), "another network uses it"),
        (Network("n", options=((_PREFIX, "a/"),)), "container_iface_prefix 'a/'"),
        (Network("n", options=((_PREFIX, "fifteen-letters"),)), "16 bytes"),
    ],
)
def test_what_cannot_be(network: Network, problem: str) -> None:
    with pytest.raises(TopologyError, match=problem):
        laid(network)


@pytest.mark.parametrize(("text", "mtu"), [("0", 1500), ("68", 68), ("65535", 65535), ("+9", None)])
def test_mtu(text: str, mtu: int | None) -> None:
    network = Network("n", options=((_MTU, text),))
    if mtu is None:
        with pytest.raises(TopologyError, match="invalid MTU"):
            laid(network)
    else:
        assert laid(network).segments[0].mtu == mtu


def test_unknown_options_are_nobody_s_business() -> None:
    assert laid(Network("n", options=(("foo", "bar"),))).segments[0].options == (("foo", "bar"),)


def test_ipv6_only_where_it_is_asked_for() -> None:
    unused = laid(Network("n", pools=(Pool("fd00:1::/64"),))).segments[0]
    assert unused.v6 is None
    assert unused.v4
    assert unused.v4.subnet == "172.18.0.0/16"
    used = laid(Network("n", enable_ipv6=True, pools=(Pool("fd00:1::/64"),))).segments[0]
    assert used.v6
    assert (used.v6.subnet, used.v6.gateway) == ("fd00:1::/64", "fd00:1::1")
    own = laid(Network("n", enable_ipv6=True)).segments[0]
    assert own.v6
    assert ip_network(own.v6.subnet).is_private


def test_host_bits_are_kept_as_they_were_written() -> None:
    made = laid(Network("n", pools=(Pool("10.62.0.5/24"),)))
    assert made.topology.networks[0].pools[0].subnet == "10.62.0.5/24"
    assert subnets(made) == ["10.62.0.0/24"]


def test_a_borrowed_network_gives_addresses_as_its_owner_said() -> None:
    pool = Pool("10.62.0.0/24", None, "10.62.0.128/25", (("rt", "10.62.0.129"),))
    owner = allocate(Topology("o", (Network("n", pools=(pool,)),), (on("n", "a"),)), Taken())
    made = allocate(Topology("t", (Network("n", external=True),), (on("n", "b"),)), Taken([owner]))
    assert owner.endpoints[0].ipv4 == "10.62.0.130"
    assert made.endpoints[0].ipv4 == "10.62.0.131"


def test_who_runs_keeps_its_address() -> None:
    nets = (Network("n", pools=(Pool("10.62.0.0/24"),)),)
    topology = Topology("t", nets, (on("n", "a"),))
    first = allocate(topology, Taken())
    both = replace(topology, containers=(on("n", "a"), on("n", "b", ipv4="10.62.0.2")))
    with pytest.raises(TopologyError, match=r"b: Address already in use: 10\.62\.0\.2"):
        allocate(both, Taken(keeping=True), first)
    moved = allocate(both, Taken(), first)  # an edited file says it all: there a gives way
    assert [e.ipv4 for e in moved.endpoints] == ["10.62.0.3", "10.62.0.2"]


def test_another_wish_is_another_address() -> None:
    nets = (Network("n", pools=(Pool("10.62.0.0/24"),)),)
    first = allocate(Topology("t", nets, (on("n", "a", ipv4="10.62.0.7"),)), Taken())
    again = allocate(
        Topology("t", nets, (on("n", "a", ipv4="10.62.0.9"), on("n", "b", ipv4="10.62.0.7"))),
        Taken(keeping=True),
        first,
    )
    assert [e.ipv4 for e in again.endpoints] == ["10.62.0.9", "10.62.0.7"]


@pytest.mark.parametrize("name", ["web", "shop_front", "-abc", ".abc", "a-b.c_d", "x" * MAX_NAME])
def test_ordinary_names_are_safe(name: str) -> None:
    assert safe(name) == name


@given(st.text(min_size=1, max_size=400))
def test_any_name_has_a_safe_form(name: str) -> None:
    form = safe(name)
    assert form.isascii()
    assert 0 < len(form) <= MAX_NAME
    assert all(c.isalnum() or c in "-_." for c in form)
    assert not device_problem(bridge_device(name))


def test_names_that_look_alike_differ() -> None:
    assert len({safe(name) for name in ("a b", "a/b", "a-b", "a@b", "네트워크", "网络")}) == 6


def test_a_name_reaches_the_firewall_in_its_safe_form() -> None:
    made = laid(Network('a "b" 네트워크' + "n" * 300))
    lines = [word for step in desired(made, Before(), "/x") for c in step.commands() for word in c]
    firewall = [line for line in lines if "chain" in line and "from-a" in line]
    assert firewall
    assert all(line.isascii() and '"b"' not in line for line in firewall)
