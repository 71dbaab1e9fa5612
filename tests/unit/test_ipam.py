"""Subnets and addresses: Docker's pools, order and rules."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from nsnet.topology.ipam import (
    DEFAULT_POOLS,
    Pools,
    Subnet,
    choose_subnet,
    mac_from_ip,
    parse_net,
    unique_local,
)
from nsnet.topology.model import Pool, TopologyError


def test_docker_s_pools_in_order() -> None:
    pools = [str(DEFAULT_POOLS[n]) for n in range(len(DEFAULT_POOLS))]
    assert pools[0] == "172.17.0.0/16"
    assert pools[14:16] == ["172.31.0.0/16", "192.168.0.0/20"]
    assert (pools[-1], len(pools)) == ("192.168.240.0/20", 31)
    with pytest.raises(IndexError):
        DEFAULT_POOLS[31]


def test_the_first_free_pool_is_taken() -> None:
    used = [ip_network("172.17.0.0/16"), ip_network("172.18.5.0/24")]
    assert str(choose_subnet(used)) == "172.19.0.0/16"


@pytest.mark.parametrize(
    ("after", "chosen"),
    [
        ("172.20.0.0/16", "172.21.0.0/16"),
        ("172.31.0.0/16", "192.168.0.0/20"),
        ("192.168.96.0/20", "192.168.112.0/20"),
        ("192.168.240.0/20", "172.17.0.0/16"),
        ("10.0.0.0/24", "172.17.0.0/16"),
        ("172.20.0.0/24", "172.17.0.0/16"),
    ],
)
def test_the_next_pool_is_behind_the_last(after: str, chosen: str) -> None:
    assert str(choose_subnet([], after)) == chosen


def test_pools_that_are_used_up_are_told() -> None:
    every = [DEFAULT_POOLS[n] for n in range(len(DEFAULT_POOLS))]
    assert str(choose_subnet([n for n in every if str(n) != "172.19.0.0/16"], "172.22.0.0/16")) == (
        "172.19.0.0/16"
    )
    with pytest.raises(TopologyError, match="non-overlapping IPv4 address pool among the defaults"):
        choose_subnet(every)


def test_pools_of_one_s_own_are_not_spelled_out() -> None:
    pools = Pools([(ip_network("10.0.0.0/8"), 30), (ip_network("fd00::/16"), 64)])
    assert str(pools[4194303]) == "10.255.255.252/30"
    assert str(pools[4194304 + 5]) == "fd00:0:0:5::/64"
    assert str(choose_subnet([], "10.255.255.248/30", pools=pools)) == "10.255.255.252/30"


@pytest.mark.parametrize(
    ("pool", "gateway", "first"),
    [
        (Pool("172.28.0.0/16"), "172.28.0.1", "172.28.0.2"),
        (Pool("172.28.0.0/16", "172.28.0.254"), "172.28.0.254", "172.28.0.1"),
        (Pool("172.30.0.0/16", "172.30.0.1", "172.30.5.128/25"), "172.30.0.1", "172.30.5.128"),
        (Pool("172.31.0.0/16", None, "172.31.7.0/24"), "172.31.7.0", "172.31.7.1"),
        (Pool("10.0.0.0/24", aux_addresses=(("x", "10.0.0.2"),)), "10.0.0.1", "10.0.0.3"),
        (Pool("10.62.0.5/24"), "10.62.0.1", "10.62.0.2"),
        (Pool("10.62.0.0/24", None, "10.62.0.0/25"), "10.62.0.1", "10.62.0.2"),
        (Pool("10.62.0.0/24", None, "10.62.0.0/16"), "10.62.0.1", "10.62.0.2"),
        (Pool("10.62.0.0/24", None, "10.62.0.252/30"), "10.62.0.252", "10.62.0.253"),
        (Pool("10.0.0.0/24", "10.0.0.2", None, (("x", "10.0.0.1"),)), "10.0.0.2", "10.0.0.3"),
        (Pool("fd00:1::/64"), "fd00:1::1", "fd00:1::2"),
    ],
)
def test_gateway_and_first_address(pool: Pool, gateway: str, first: str) -> None:
    subnet = Subnet(pool)
    assert (subnet.gateway, subnet.next("c")) == (gateway, first)


def test_addresses_run_out() -> None:
    subnet = Subnet(Pool("10.0.0.0/30"))
    assert subnet.next("a") == "10.0.0.2"
    with pytest.raises(TopologyError, match=r"b: no available IPv4 .* is left in 10\.0\.0\.0/30"):
        subnet.next("b")


def test_a_range_runs_out_before_its_subnet() -> None:
    subnet = Subnet(Pool("10.65.0.0/24", None, "10.65.0.8/31"))
    assert (subnet.gateway, subnet.next("a")) == ("10.65.0.8", "10.65.0.9")
    with pytest.raises(TopologyError, match=r"left in 10\.65\.0\.8/31 of network er"):
        subnet.next("b", "er")


@pytest.mark.parametrize(
    ("pool", "problem"),
    [
        (Pool("10.62.0.0/31"), "failed to allocate gateway"),
        (Pool("10.62.0.0/32"), "failed to allocate gateway"),
        (Pool("fd00::/128"), "failed to allocate gateway"),
        (Pool("10.62.0.0/24", "10.62.0.0"), r"gateway \(10\.62\.0\.0\): Address already in use"),
        (Pool("10.62.0.0/24", "10.62.0.255"), "Address already in use"),
        (Pool("fd00::/64", "fd00::"), "Address already in use"),
        (Pool("10.62.0.0/24", "10.63.0.1"), "no matching subnet for gateway"),
        (Pool("10.62.0.0/24", "nope"), "no matching subnet for gateway nope"),
        (Pool("10.62.0.0/24", None, "10.63.0.0/25"), "no matching subnet for range"),
        (Pool("10.62.0.0/24", None, "fd00::/64"), "no matching subnet for range"),
        (Pool("10.62.0.0/24", None, None, (("a", "10.62.0.1"),)), r"\(a:10\.62\.0\.1\): Address"),
        (Pool("10.62.0.0/24", None, None, (("a", "10.62.0.255"),)), "secondary ip address"),
        (Pool("10.62.0.0/24", None, None, (("a", "10.63.0.1"),)), "no matching subnet for aux"),
    ],
)
def test_what_no_subnet_can_have(pool: Pool, problem: str) -> None:
    with pytest.raises(TopologyError, match=problem):
        Subnet(pool)


def test_the_ends_of_a_subnet_are_nobody_s() -> None:
    subnet = Subnet(Pool("10.0.0.0/24"))
    for address in ("10.0.0.0", "10.0.0.255", "10.0.0.1"):
        with pytest.raises(TopologyError, match="Address already in use"):
            subnet.claim(address, "a")
    assert Subnet(Pool("fd00::/126")).claim("fd00::3", "a") == "fd00::3"


def test_a_claimed_address_is_not_given_out() -> None:
    subnet = Subnet(Pool("10.0.0.0/24"))
    subnet.claim("10.0.0.2", "static")
    assert subnet.next("a") == "10.0.0.3"
    with pytest.raises(TopologyError, match="Address already in use"):
        subnet.claim("10.0.0.3", "b")
    with pytest.raises(TopologyError, match="outside the subnet"):
        subnet.claim("10.0.1.3", "b")


def test_macs_and_ula() -> None:
    assert mac_from_ip("172.17.0.2") == "02:42:ac:11:00:02"
    assert unique_local("x").prefixlen == 64
    assert unique_local("x").is_private
    assert unique_local("x") != unique_local("y")


def test_a_bad_subnet_is_named() -> None:
    with pytest.raises(TopologyError, match=r"'10\.0\.0/8'"):
        parse_net("10.0.0/8")
