"""The texts about names, compared with what a dockerd 20.10 wrote for the same wishes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nsnet.plan import etc, links, names
from nsnet.plan.names import Book
from nsnet.topology.allocate import allocate
from nsnet.topology.model import Attachment, Container, Link, Network, Port, Topology
from nsnet.topology.taken import Taken

HOST = "# a comment\nsearch lan\nnameserver 10.255.255.53\noptions edns0\n"
PLAIN = "nameserver 10.255.255.53\n"
ID = "be20f6014872" + "0" * 52


def book(*containers: Container, host: str = PLAIN) -> Book:
    """A layout with the default bridge and two networks, qn and (internal) an."""
    networks = (Network("bridge"), Network("qn"), Network("an", internal=True))
    return Book(allocate(Topology("t", networks, containers), Taken()), host)


def on(*networks: str) -> tuple[Attachment, ...]:
    return tuple(Attachment(network) for network in networks)


def one(network: str = "qn", **more: object) -> Container:
    return Container("c", attachments=on(network), **more)  # type: ignore[arg-type]


def own_hosts(container: Container, *others: Container) -> list[str]:
    """What is added to the six lines that everybody has."""
    return etc.hosts(book(container, *others), container).splitlines()[6:]


@pytest.mark.parametrize(
    ("host", "container", "wanted"),
    [
        (PLAIN, one(), "nameserver 127.0.0.11\noptions ndots:0\n"),
        (HOST, one(), "search lan\nnameserver 127.0.0.11\noptions edns0 ndots:0\n"),
        (
            PLAIN,
            one(
                dns=("203.0.113.2",),
                dns_search=("example.test", "corp.local"),
                dns_opt=("ndots:2",),
            ),
            "search example.test corp.local\nnameserver 127.0.0.11\noptions ndots:2\n",
        ),
        (HOST, one(dns_search=(".",)), "nameserver 127.0.0.11\noptions edns0 ndots:0\n"),
        (
            PLAIN,
            one(dns=("fd00::53", "10.9.9.9"), dns_opt=("timeout:1",)),
            "nameserver 127.0.0.11\nnameserver fd00::53\noptions timeout:1 ndots:0\n",
        ),
        (
            PLAIN,
            one(dns_search=(".", "a.b"), dns_opt=("ndots:0", "use-vc")),
            "search . a.b\nnameserver 127.0.0.11\noptions ndots:0 use-vc\n",
        ),
        (HOST, one("bridge"), HOST),
        (
            HOST,
            one("bridge", dns_search=("example.test",)),
            "search example.test\nnameserver 10.255.255.53\noptions edns0\n",
        ),
        (
            HOST,
            one("bridge", dns=("127.0.0.1",)),
            "search lan\nnameserver 127.0.0.1\noptions edns0\n",
        ),
        (HOST, one("bridge", dns_search=(".",)), "nameserver 10.255.255.53\noptions edns0\n"),
        (
            HOST,
            one("bridge", resolver=True),
            "search lan\nnameserver 127.0.0.11\noptions edns0 ndots:0\n",
        ),
        ("nameserver 127.0.0.53\nnameserver 10.0.0.9\n", one("bridge"), "nameserver 10.0.0.9\n"),
        ("nameserver fd00::9\nnameserver 10.0.0.9\n", one("bridge"), "nameserver 10.0.0.9\n"),
    ],
)
def test_resolv_conf(host: str, container: Container, wanted: str) -> None:
    assert etc.resolv_conf(book(container, host=host), container) == wanted


@pytest.mark.parametrize("search", [(), ("lan",)])
def test_where_no_nameserver_is_left_the_file_says_so(search: tuple[str, ...]) -> None:
    container = one("bridge", dns_search=search)
    text = etc.resolv_conf(book(container, host="nameserver 127.0.0.53\n"), container)
    lines = text.splitlines()
    assert "--dns" in text
    assert [line for line in lines if not line.startswith("#")] == ["search lan"] * bool(search)


@pytest.mark.parametrize(
    ("container", "wanted"),
    [
        (one(id=ID), ["172.18.0.2\tbe20f6014872"]),
        (one(), ["172.18.0.2\tc"]),
        (one(hostname="my-host.example.org"), ["172.18.0.2\tmy-host.example.org my-host"]),
        (one(hostname="h5", domainname="dom.test"), ["172.18.0.2\th5.dom.test h5"]),
        (one(hostname="a.b", domainname="c.d"), ["172.18.0.2\ta.b.c.d a"]),
        (
            one(extra_hosts=(("m", "10.1.2.3"), ("gw", "host-gateway"), ("six", "fd00::5"))),
            ["10.1.2.3\tm", "172.17.0.1\tgw", "fd00::5\tsix", "172.18.0.2\tc"],
        ),
        (
            Container("c", attachments=on("qn", "bridge", "an")),
            ["172.18.0.2\tc", "172.17.0.2\tc", "172.19.0.2\tc"],
        ),
        (Container("c", mode="none"), []),
    ],
)
def test_hosts(container: Container, wanted: list[str]) -> None:
    assert own_hosts(container) == wanted


def test_host_gateway_without_the_default_bridge_is_the_host_on_another_network() -> None:
    container = one(extra_hosts=(("gw", "host-gateway"),))
    topology = Topology("t", (Network("other"), Network("qn")), (container,))
    found = etc.hosts(Book(allocate(topology, Taken())), container)
    assert "172.19.0.1\tgw\n" in found


def test_a_link_names_alias_hostname_and_container_once_each() -> None:
    db = Container("db", attachments=on("bridge"), id="7c7e7355b64f" + "0" * 52)
    app = Container(
        "app",
        attachments=on("bridge"),
        links=(Link("db", "database"), Link("db", "db"), Link("gone", "x"), Link("web", "y")),
    )
    web = Container("web", attachments=on("qn"))
    assert own_hosts(app, db, web) == [
        "172.17.0.3\tdatabase 7c7e7355b64f db",
        "172.17.0.3\tdb 7c7e7355b64f",
        "172.17.0.2\tapp",
    ]
    assert own_hosts(app, replace(db, stopped=True)) == ["172.17.0.2\tapp"]


def test_variables_of_a_link() -> None:
    """As recorded: --expose 5432 --expose 80-82 --expose 53/udp -e SECRET=x -e HOME=/h."""
    db = Container(
        "h2-db",
        attachments=on("bridge"),
        expose=((5432, "tcp"), (80, "tcp"), (81, "tcp"), (82, "tcp"), (53, "udp")),
        ports=(Port(80, 8080),),
        environment=(("SECRET", "x"), ("HOME", "/h")),
    )
    app = Container("h2-app", attachments=on("bridge"), links=(Link("h2-db", "data-base"),))
    found = dict(links.environment(book(db, app), app))
    wanted = {
        "PORT": "udp://172.17.0.2:53",
        "PORT_80_TCP_START": "tcp://172.17.0.2:80",
        "PORT_80_TCP_PORT_START": "80",
        "PORT_80_TCP_END": "tcp://172.17.0.2:82",
        "PORT_80_TCP_PORT_END": "82",
        "NAME": "/h2-app/data-base",
        "ENV_SECRET": "x",
    }
    for port, protocol in ((53, "udp"), (80, "tcp"), (81, "tcp"), (82, "tcp"), (5432, "tcp")):
        key = f"PORT_{port}_{protocol.upper()}"
        wanted |= {
            key: f"{protocol}://172.17.0.2:{port}",
            f"{key}_ADDR": "172.17.0.2",
            f"{key}_PORT": str(port),
            f"{key}_PROTO": protocol,
        }
    assert found == {f"DATA_BASE_{key}": value for key, value in wanted.items()}


def test_what_the_resolver_is_told() -> None:
    container = Container(
        "c",
        attachments=(
            Attachment("an", aliases=("inner",)),
            Attachment("bridge"),
            Attachment("qn", aliases=("www", "c"), links=(Link("web", "site"),)),
        ),
        id=ID,
        hostname="h.example",
        links=(Link("db", "database"),),
        dns=("203.0.113.2",),
        dns_opt=("timeout:1", "ndots:2"),
    )
    assert json.loads(names.entry(book(container), container)) == {
        "netns": "/run/netns/c",
        "port": names.PORT,
        "networks": [
            {
                "name": "qn",
                "ipv4": "172.18.0.2",
                "ipv6": "",
                "names": ["c", "be20f6014872", "h.example", "www"],
            },
            {
                "name": "an",
                "ipv4": "172.19.0.2",
                "ipv6": "",
                "names": ["c", "be20f6014872", "h.example", "inner"],
            },
        ],
        "links": {"database": "db", "site": "web"},
        "dns": ["203.0.113.2"],
        "ndots": 2,
    }


def test_a_foreign_namespace_has_names_but_no_sockets() -> None:
    foreign = Container("f", mode="namespace", namespace="/run/netns/f", attachments=on("qn"))
    found = json.loads(names.entry(book(foreign), foreign))
    assert (found["netns"], found["port"]) == ("", 0)
    assert found["networks"][0]["names"][0] == "f"


@pytest.mark.parametrize(
    ("container", "asks"),
    [
        (one(), True),
        (one("bridge"), False),
        (one("bridge", resolver=True), True),
        (Container("c", mode="none"), False),
        (Container("c", mode="host"), False),
        (Container("c", mode="container", share="x"), False),
        (Container("c", mode="namespace", attachments=on("qn")), False),
    ],
)
def test_who_asks_the_resolver(container: Container, asks: bool) -> None:
    assert names.asks_resolver(container) is asks
