"""The texts of a container's /etc/hosts and /etc/resolv.conf, as Docker writes them.

Two things are not copied. A name of its own that a container has lost with a network goes, and
those that it still has stay (Docker 20.10 leaves the line of a left default bridge there, and
removes all lines when another network is left). And where the host has no nameserver that a
container could reach, Docker puts public ones (8.8.8.8): here the file says what is missing,
since whom a machine asks for names is its owner's choice.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from ..topology.model import DEFAULT_NETWORK, Container
from ..value import Value
from .names import ADDRESS, Book, asks_resolver, hostname

#: The first lines of /etc/hosts, the same six as Docker's.
_PREAMBLE = (
    "127.0.0.1\tlocalhost",
    "::1\tlocalhost ip6-localhost ip6-loopback",
    "fe00::0\tip6-localnet",
    "ff00::0\tip6-mcastprefix",
    "ff02::1\tip6-allnodes",
    "ff02::2\tip6-allrouters",
)

_NOTHING_LEFT = """\
# The host's nameservers are on its own loopback, where a container cannot reach them.
# Name some with --dns, or use a network of your own: its resolver asks from the host.
"""


def hosts(book: Book, container: Container) -> str:
    """/etc/hosts: what everybody has, what the user added, linked containers, itself."""
    lines = list(_PREAMBLE)
    for name, address in container.extra_hosts:
        chosen = host_gateway(book, container) if address == "host-gateway" else address
        lines.append(f"{chosen}\t{name}")
    lines += _linked(book, container)
    names = own_names(container)
    for endpoint in book.endpoints(container.name):
        lines += [f"{address}\t{names}" for address in (endpoint.ipv4, endpoint.ipv6) if address]
    return "\n".join(lines) + "\n"


def own_names(container: Container) -> str:
    """How a container calls itself: with its domain first, where it has one, then without."""
    full = hostname(container)
    if container.domainname:
        full += f".{container.domainname}"
    first = full.partition(".")[0]
    return full if first == full else f"{full} {first}"


def host_gateway(book: Book, container: Container) -> str:
    """The host's address that ``host-gateway`` stands for: that of the default bridge (Docker).
    Where this topology has none, it is the host's on a network of the container."""
    default = book.segments.get(DEFAULT_NETWORK)
    ours = [book.segments[e.network] for e in book.endpoints(container.name)]
    found = [s.v4.gateway for s in (default, *ours, *book.layout.segments) if s and s.v4]
    return next((gateway for gateway in found if gateway), "127.0.0.1")


def linked(book: Book, container: Container) -> Iterator[tuple[str, Container, str]]:
    """(alias, container, address) for each link over the default bridge to what runs there."""
    if not container.links or not book.endpoint(container.name, DEFAULT_NETWORK):
        return
    for link in container.links:
        target = book.containers.get(link.container)
        there = book.endpoint(link.container, DEFAULT_NETWORK)
        if target and there and there.ipv4:
            yield link.alias, target, there.ipv4


def _linked(book: Book, container: Container) -> Iterator[str]:
    for alias, target, address in linked(book, container):
        names = dict.fromkeys((alias, hostname(target), target.name))
        yield f"{address}\t{' '.join(names)}"


class Resolv(Value):
    """What a resolv.conf says (resolv.conf(5)): the last ``search`` and ``options`` count."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Resolv:
        """Read one; what is not understood is passed over."""
        servers: list[str] = []
        rest: dict[str, tuple[str, ...]] = {}
        for line in text.splitlines():
            words = line.partition("#")[0].partition(";")[0].split()
            if words[:1] == ["nameserver"] and len(words) > 1:
                servers.append(words[1])
            elif words[:1] in (["search"], ["options"]):
                rest[words[0]] = tuple(words[1:])
        return cls(tuple(servers), rest.get("search", ()), rest.get("options", ()))

    def text(self) -> str:
        """The lines in Docker's order. A search of "." alone means none."""
        lines = []
        if self.search and self.search != (".",):
            lines.append("search " + " ".join(self.search))
        lines += [f"nameserver {server}" for server in self.servers]
        if self.options:
            lines.append("options " + " ".join(self.options))
        return "\n".join(lines) + "\n" if lines else ""


def resolv_conf(book: Book, container: Container) -> str:
    """/etc/resolv.conf: 127.0.0.11 where the resolver serves, else the host's own; in both
    with what the user asked for in place of the host's."""
    host = Resolv.parse(book.resolv_conf)
    ipv6 = any(endpoint.ipv6 for endpoint in book.endpoints(container.name))
    asked = container.dns or container.dns_search or container.dns_opt
    if asks_resolver(container):
        return Resolv(
            (ADDRESS, *(server for server in container.dns if ":" in server)),
            container.dns_search or host.search,
            _with_ndots(container.dns_opt or host.options),
        ).text()
    if not asked:
        return _copy(book.resolv_conf, ipv6)
    servers = container.dns or tuple(each for each in host.servers if _reachable(each, ipv6))
    search = container.dns_search or host.search
    found = Resolv(servers, search, container.dns_opt or host.options).text()
    return found if servers else _NOTHING_LEFT + found


def _with_ndots(options: tuple[str, ...]) -> tuple[str, ...]:
    """``ndots:0``, unless the options have one: a name without a dot is asked as it is first."""
    if any(option.startswith("ndots:") for option in options):
        return options
    return (*options, "ndots:0")


def _copy(text: str, ipv6: bool) -> str:
    """The host's file without the nameservers that a container cannot reach."""
    kept = []
    servers = 0
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["nameserver"] and len(words) > 1:
            if not _reachable(words[1], ipv6):
                continue
            servers += 1
        kept.append(line)
    return ("" if servers else _NOTHING_LEFT) + "".join(f"{line}\n" for line in kept)


def _reachable(server: str, ipv6: bool) -> bool:
    """Could a container ask there? The host's loopback is not its own (127.0.0.53)."""
    try:
        address = ip_address(server.partition("%")[0])
    except ValueError:
        return True
    return not address.is_loopback and (ipv6 or address.version == 4)
