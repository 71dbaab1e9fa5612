"""``network create``, ``connect`` and ``prune`` as Docker's users type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsnet.topology.flags import filters
from nsnet.topology.flags.errors import BadFlag, Impossible
from nsnet.topology.flags.network import Flags, Plug, attachment, network
from nsnet.topology.model import Attachment, Link, Network, Pool, TopologyError

SUBNET = "10.62.0.0/24"


def test_nothing_asked_for_is_nothing_chosen() -> None:
    assert network("n", Flags()) == Network("n", "n")


def test_everything_lands_where_it_belongs() -> None:
    made = network(
        "n",
        Flags(
            driver="macvlan",
            subnets=("10.62.0.5/24", "fd00:1::/64"),
            gateways=("fd00:1::9", "10.62.0.254"),
            ranges=("10.62.0.128/25",),
            aux=("rt=10.62.0.129", "six=fd00:1::5", "rt=10.62.0.130"),
            internal=True,
            ipv6=True,
            attachable=True,
            options=("parent=eth0", "flag", "a=b=c"),
            labels=("tier=back", "plain"),
        ),
    )
    assert made.pools == (
        Pool("10.62.0.5/24", "10.62.0.254", "10.62.0.128/25", (("rt", "10.62.0.130"),)),
        Pool("fd00:1::/64", "fd00:1::9", None, (("six", "fd00:1::5"),)),
    )
    assert (made.driver, made.internal, made.enable_ipv6, made.attachable) == ("macvlan",) + (
        True,
    ) * 3
    assert made.options == (("parent", "eth0"), ("flag", ""), ("a", "b=c"))
    assert made.labels == (("tier", "back"), ("plain", ""))


@pytest.mark.parametrize(
    "name", ["a b", "a/b", "-abc", ".abc", "a@b", "네트워크", "x", "n" * 300, "container:x", "E1"]
)
def test_names_that_docker_takes(name: str) -> None:
    assert network(name, Flags()).name == name


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        (Flags(subnets=("foo",)), "Invalid subnet foo"),
        (Flags(subnets=("10.62.0.0",)), "invalid CIDR address: 10.62.0.0"),
        (Flags(subnets=("10.62.0.0/33",)), "Invalid subnet"),
        (Flags(subnets=("10.256.0.0/24",)), "Invalid subnet"),
        (Flags(subnets=("",)), "Invalid subnet"),
        (Flags(subnets=(SUBNET,), gateways=("10.63.0.1",)), "no matching subnet for gateway 10.63"),
        (Flags(subnets=(SUBNET,), gateways=("nope",)), "no matching subnet for gateway nope"),
        (Flags(gateways=("10.62.0.1",)), "must have a corresponding subnet"),
        (Flags(ranges=("10.62.0.1/25",)), "must have a corresponding subnet"),
        (Flags(subnets=(SUBNET,), gateways=("10.62.0.1", "10.62.0.2")), "must have a corresp"),
        (
            Flags(subnets=(SUBNET, "fd00::/64"), gateways=("10.62.0.1", "10.62.0.2")),
            "cannot configure multiple gateways",
        ),
        (Flags(subnets=(SUBNET,), ranges=("10.63.0.0/25",)), "no matching subnet for range"),
        (Flags(subnets=(SUBNET,), ranges=("xx",)), "no matching subnet for range xx"),
        (Flags(subnets=(SUBNET,), aux=("a=10.63.0.5",)), "no matching subnet for aux-address"),
        (Flags(subnets=(SUBNET,), aux=("a",)), "no matching subnet for aux-address"),
        (Flags(aux=("a=10.63.0.5",)), "add --subnet"),
        (Flags(subnets=(SUBNET, "10.62.0.0/25")), "multiple overlapping subnet configuration"),
        (Flags(driver="nosuch"), 'plugin "nosuch" not found'),
        (Flags(driver="host"), 'only one instance of "host"'),
        (Flags(driver="null"), 'only one instance of "null"'),
        (Flags(ingress=True), "Ingress network can only be global scope"),
        (Flags(scope="swarm"), "--scope swarm"),
        (Flags(ipam_driver="other"), "IPAM driver other"),
        (Flags(config_only=True), "--config-only"),
        (Flags(config_from="x"), "--config-from"),
        (Flags(labels=("=x",)), "invalid label"),
    ],
)
def test_what_docker_refuses(flags: Flags, problem: str) -> None:
    with pytest.raises(TopologyError) as caught:
        network("n", flags)
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", "\t", "a\nb", "a\x1b[0m"])
def test_names_that_no_line_can_show(name: str) -> None:
    with pytest.raises(Impossible, match="invalid name"):
        network(name, Flags())


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(Impossible) as caught:
        network(" ", Flags(driver="x", subnets=("foo",)))
    assert len(caught.value.problems) == 3


def test_a_plug() -> None:
    plug = Plug("172.28.0.9", "FD00::9", ("db", "db"), ("a:b",), ("169.254.1.1",), ("k=v",), "lan0")
    assert attachment("n", plug) == Attachment(
        "n",
        aliases=("db",),
        ipv4="172.28.0.9",
        ipv6="fd00::9",
        link_local_ips=("169.254.1.1",),
        options=(("k", "v"),),
        device="lan0",
        links=(Link("a", "b"),),
    )


@pytest.mark.parametrize(
    ("plug", "problem"),
    [
        (Plug(ip="foo"), "invalid IPv4 address: foo"),
        (Plug(ip="fd00::1"), "invalid IPv4"),
        (Plug(ip6="10.0.0.1"), "invalid IPv6"),
        (Plug(interface="a/b"), "--interface"),
        (Plug(interface="x" * 16), "16 bytes"),
        (Plug(mac_address="zz"), "not a valid mac address"),
        (Plug(links=("a:b:c",)), "bad format for links"),
    ],
)
def test_a_plug_that_cannot_be(plug: Plug, problem: str) -> None:
    with pytest.raises(TopologyError, match=problem):
        attachment("n", plug)


NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("until", "created"),
    [
        ("24h", NOW - 86400),
        ("1h30m", NOW - 5400),
        ("1.5h", NOW - 5400),
        ("1700000000", 1_700_000_000.0),
        ("2023-11-14T22:13:20Z", 1_700_000_000.0),
        ("2023-11-14T23:13:20+01:00", 1_700_000_000.0),
    ],
)
def test_until(until: str, created: float) -> None:
    wanted = filters.read((f"until={until}",), NOW)
    assert wanted.takes(created - 1, {})
    assert not wanted.takes(created, {})


def test_labels() -> None:
    wanted = filters.read(("label=tier=back", "label=x", "label!=keep"), NOW)
    assert wanted.takes(0, {"tier": "back", "x": "1"})
    assert not wanted.takes(0, {"tier": "front", "x": "1"})
    assert not wanted.takes(0, {"tier": "back"})
    assert not wanted.takes(0, {"tier": "back", "x": "", "keep": ""})


@pytest.mark.parametrize("word", ["label", "color=red", "until=soon", "until="])
def test_filters_that_mean_nothing(word: str) -> None:
    with pytest.raises(BadFlag, match="--filter"):
        filters.read((word,), NOW)


_WORD = st.from_regex(r"[0-9a-f:./=x-]{0,12}", fullmatch=True)


@given(st.lists(_WORD, max_size=3), st.lists(_WORD, max_size=2), st.lists(_WORD, max_size=2), _WORD)
def test_any_words_are_a_network_or_told(
    subnets: list[str], gateways: list[str], ranges: list[str], aux: str
) -> None:
    flags = Flags(
        subnets=tuple(subnets), gateways=tuple(gateways), ranges=tuple(ranges), aux=(aux,)
    )
    try:
        made = network("n", flags)
    except TopologyError:
        return
    assert [pool.subnet for pool in made.pools] == subnets
