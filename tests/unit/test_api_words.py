"""The words of `Lab.network` and `Lab.container`, as programs give them: in any type that can only
mean one thing; and for nonsense one clear line, never Python's words about our insides."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from nsnet import KernelError, Lab, TopologyError
from nsnet.topology.codec import plain, restore
from nsnet.topology.model import Topology

_NONSENSE: list[Any] = [
    None,
    0,
    -1,
    1.5,
    True,
    70000,
    "",
    "x",
    "a b",
    "\n",
    "x\0y",
    "é",
    "10.0.0.9",
    b"x",
    object(),
    range(3),
    lambda: 1,
    ["x"],
    [None],
    [1],
    [["x"]],
    [()],
    [{"target": 80}],
    ("x", "y"),
    {"x"},
    {"x": 1},
    {"x": None},
    {1: "x"},
    {"x": {"y": 1}},
    ip_address("10.0.0.1"),
    ip_network("10.0.0.0/24"),
    float("nan"),
]

_NETWORK = (
    "name subnet gateway ip_range aux ipv6 driver internal external icc masquerade mtu options"
)
_CONTAINER = (
    "name networks ports command mode expose links hostname dns extra_hosts sysctls environment "
    "stub"
)
_ENDPOINT = "ipv4 ipv6 aliases mac gw_priority"
_PLACE = "wishes connect to disconnect from remove item lab"


def shop() -> Lab:
    lab = Lab()
    lab.network("front", subnet="172.28.0.0/16", ipv6="fd00::/64")
    lab.container("db", "front")
    return lab


def network(lab: Lab, word: str, value: Any) -> None:
    words = {"name": "n", word: value}
    if word in ("gateway", "ip_range", "aux"):
        words["subnet"] = "10.0.0.0/24"
    lab.network(**words)


def container(lab: Lab, word: str, value: Any) -> None:
    lab.container(**{"name": "c", word: value})


def endpoint(lab: Lab, word: str, value: Any) -> None:
    lab.container("c", {"front": {word: value}})


def connect(lab: Lab, word: str, value: Any) -> None:
    lab.network("back", subnet="10.0.0.0/24", ipv6="fd01::/64")
    lab.connect("db", "back", **{word: value})


def place(lab: Lab, word: str, value: Any) -> None:
    """Where a container or a network of the lab is named."""
    calls: dict[str, Callable[[], object]] = {
        "wishes": lambda: lab.container("c", {"front": value}),
        "connect": lambda: lab.connect(value, "front"),
        "to": lambda: lab.connect("db", value),
        "disconnect": lambda: lab.disconnect(value, "front"),
        "from": lambda: lab.disconnect("db", value),
        "remove": lambda: lab.remove(value),
        "item": lambda: lab[value],
        "lab": lambda: Lab(value),
    }
    calls[word]()


@pytest.mark.parametrize(
    ("call", "word"),
    [
        *((network, word) for word in _NETWORK.split()),
        *((container, word) for word in _CONTAINER.split()),
        *((endpoint, word) for word in _ENDPOINT.split()),
        *((connect, word) for word in _ENDPOINT.split()),
        *((place, w) for w in _PLACE.split()),
    ],
)
def test_it_works_or_is_refused_in_one_line(call: Any, word: str) -> None:
    for value in _NONSENSE:
        lab = shop()
        before = lab.topology
        try:
            call(lab, word, value)
        except (TopologyError, KernelError) as error:
            text = str(error)
            assert "\n" not in text, (value, text)
            assert len(text) < 200
            assert call is connect or lab.topology == before, value
        else:
            topology = lab.topology
            assert restore(Topology, plain(topology)) == topology, value
            assert hash(topology)


def made(**words: Any) -> Any:
    return shop().container("c", **words).wish


def test_extra_hosts_in_every_spelling() -> None:
    expected = (("db", "10.0.0.9"),)
    for given in (
        {"db": "10.0.0.9"},
        {"db": ip_address("10.0.0.9")},
        {"db": ["10.0.0.9"]},
        ["db:10.0.0.9"],
        ["db=10.0.0.9"],
        ("db:10.0.0.9" for _ in range(1)),
        "db:10.0.0.9",
    ):
        assert made(extra_hosts=given).extra_hosts == expected
    six = made(extra_hosts=["db:::1", "db=[fd00::1]", "far:host-gateway"])
    assert six.extra_hosts == (("db", "::1"), ("db", "fd00::1"), ("far", "host-gateway"))
    for bad in (["db"], ["db:"], [":10.0.0.9"], ["a b:10.0.0.9"], ["a#b:10.0.0.9"], {"db": "ten"}):
        with pytest.raises(TopologyError, match=r"^container c: extra_hosts "):
            made(extra_hosts=bad)


def test_settings_and_variables_in_every_spelling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "here")
    monkeypatch.delenv("NOBODYS", raising=False)
    for given in ({"A": "b", "N": 1}, ["A=b", "N=1"], ["A=x", "A=b", "N=1"]):
        assert made(environment=given).environment == (("A", "b"), ("N", "1"))
    assert made(environment="A=b=c").environment == (("A", "b=c"),)
    for alone in (["MINE", "NOBODYS"], {"MINE": None, "NOBODYS": None}):
        assert made(environment=alone).environment == (("MINE", "here"),)
    assert made(environment={"A": "two\nlines"}).environment == (("A", "two\nlines"),)
    forward = "net.ipv4.ip_forward"
    for told in ({forward: 1}, {forward: True}, {forward: "1"}, [f"{forward}=1"], f"{forward}=1"):
        assert made(sysctls=told).sysctls == ((forward, "1"),)
    with pytest.raises(TopologyError, match="it has no value"):
        made(sysctls=[forward])


def test_ports_and_commands_of_numbers() -> None:
    for given in (80, "80", [80], ("80",), range(80, 81), [80, "80"]):
        assert [each.container_port for each in made(ports=given).ports] == [80]
        assert made(expose=given).expose == ((80, "tcp"),)
    with pytest.raises(TopologyError, match=r'ports .*: write "8080:80" \(host:container\)'):
        made(ports={"80/tcp": 8080})
    assert made(command=["sleep", 0.5]).command == ("sleep", "0.5")
    assert made(command=["cat", Path("/etc/hosts")]).command == ("cat", "/etc/hosts")
    assert made(command="sh -c 'a b'").command == ("sh", "-c", "a b")
    with pytest.raises(TopologyError, match="No closing quotation"):
        made(command="echo 'x")


def test_links_and_addresses() -> None:
    for given in ("db:base", ["db:base"], {"db": "base"}):
        (link,) = made(links=given).links
        assert (link.container, link.alias) == ("db", "base")
    assert made(dns=ip_address("9.9.9.9")).dns == made(dns=["9.9.9.9"]).dns == ("9.9.9.9",)
    lab = Lab()
    net = lab.network(
        "n",
        subnet=ip_network("172.30.0.0/24"),  # type: ignore[arg-type]
        gateway=ip_address("172.30.0.254"),  # type: ignore[arg-type]
        aux=["router=172.30.0.9"],
        ipv6=ip_network("fd00::/64"),  # type: ignore[arg-type]
        options=["com.docker.network.bridge.name=br9"],
    )
    assert [pool.subnet for pool in net.wish.pools] == ["172.30.0.0/24", "fd00::/64"]
    assert net.wish.pools[0].aux_addresses == (("router", "172.30.0.9"),)
    assert net.wish.option("com.docker.network.bridge.name") == "br9"
    one = lab.container("c", {net: {"ipv4": ip_address("172.30.0.5")}})
    assert one.wish.attachments[0].ipv4 == "172.30.0.5"


def test_what_is_removed_by_its_name() -> None:
    lab = shop()
    lab.network("db")
    lab.remove("db")
    assert (list(lab.containers), list(lab.networks)) == ([], ["front", "db"])
    lab.remove("db")
    lab.remove("front")
    assert not lab.networks
    with pytest.raises(KernelError, match="no container front in this lab"):
        lab.remove("front")


def test_what_was_removed_is_not_plugged_again() -> None:
    lab = shop()
    gone = lab["db"]
    lab.remove(gone)
    with pytest.raises(KernelError, match="no container db in this lab"):
        lab.connect(gone, "front")
