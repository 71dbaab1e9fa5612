"""Subnets and addresses: Docker's pools, order and rules."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from nsnet.topology.ipam import (
    Subnet,
    choose_subnet,
    default_pools,
    mac_from_ip,
    parse_net,
    unique_local,
)
from nsnet.topology.model import Pool, TopologyError


def test_docker_s_pools_in_order() -> None:
    pools = [str(net) for net in default_pools()]
    assert pools[0] == "172.17.0.0/16"
    assert pools[14:16] == ["172.31.0.0/16", "192.168.0.0/20"]
    assert (pools[-1], len(pools)) == ("192.168.240.0/20", 31)


def test_the_first_free_pool_is_taken() -> None:
    used = [ip_network("172.17.0.0/16"), ip_network("172.18.5.0/24")]
    assert str(choose_subnet(used)) == "172.19.0.0/16"


def test_pools_that_are_used_up_are_told() -> None:
    with pytest.raises(TopologyError, match="no free address pool"):
        choose_subnet(list(default_pools()))


@pytest.mark.parametrize(
    ("pool", "gateway", "first"),
    [
        (Pool("172.28.0.0/16"), "172.28.0.1", "172.28.0.2"),
        (Pool("172.28.0.0/16", "172.28.0.254"), "172.28.0.254", "172.28.0.1"),
        (Pool("172.30.0.0/16", "172.30.0.1", "172.30.5.128/25"), "172.30.0.1", "172.30.5.128"),
        (Pool("172.31.0.0/16", None, "172.31.7.0/24"), "172.31.7.0", "172.31.7.1"),
        (Pool("10.0.0.0/24", aux_addresses=(("x", "10.0.0.2"),)), "10.0.0.1", "10.0.0.3"),
        (Pool("10.62.0.5/24"), "10.62.0.1", "10.62.0.2"),
        (Pool("fd00:1::/64"), "fd00:1::1", "fd00:1::2"),
    ],
)
def test_gateway_and_first_address(pool: Pool, gateway: str, first: str) -> None:
    subnet = Subnet(pool)
    assert (subnet.gateway, subnet.next("c")) == (gateway, first)


def test_addresses_run_out() -> None:
    subnet = Subnet(Pool("10.0.0.0/30"))
    assert subnet.next("a") == "10.0.0.2"
    with pytest.raises(TopologyError, match=r"b: no free address is left in 10\.0\.0\.0/30"):
        subnet.next("b")


def test_a_claimed_address_is_not_given_out() -> None:
    subnet = Subnet(Pool("10.0.0.0/24"))
    subnet.claim("10.0.0.2", "static")
    assert subnet.next("a") == "10.0.0.3"
    with pytest.raises(TopologyError, match="already in use"):
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
