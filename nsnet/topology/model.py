"""What is wanted: the words every other room speaks.

Plain frozen data. Nothing here knows of a kernel, a file or a command; a value of these
types can be printed, compared, stored as JSON and built by hand in a notebook.

The nouns are those of libnetwork: a *container* owns a *sandbox* (its network namespace),
an *endpoint* joins it to a *network*, and *publish* opens one of its ports on the host.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The network that `docker run` uses when none is named; it sits on a bridge of its own.
DEFAULT_NETWORK = "bridge"

#: Who owns the network stack of a container (Compose's ``network_mode``).
MODES = ("bridge", "none", "host", "container")


class TopologyError(Exception):
    """A description that cannot be built. Carries every problem found, not only the first.

    ``problems`` is a tuple of one-line texts, each naming what, which value and how to put
    it right; with a place (``file:line: ``) in front where there is a file.
    """

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Pool:
    """One ``ipam.config`` entry: a subnet to draw addresses from (CIDR text)."""

    subnet: str | None = None
    gateway: str | None = None
    ip_range: str | None = None
    aux_addresses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """A network as asked for; what the kernel needs besides is chosen by the allocator.

    ``name`` is the full name (``shop_front``), ``key`` the one used in the file (``front``).
    ``options`` are Docker's driver options (``com.docker.network.bridge.name`` …).
    """

    name: str
    key: str = ""
    driver: str = "bridge"
    options: tuple[tuple[str, str], ...] = ()
    internal: bool = False
    external: bool = False
    enable_ipv6: bool = False
    pools: tuple[Pool, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()

    def option(self, key: str, default: str = "") -> str:
        """The value of driver option `key`, or `default`."""
        return dict(self.options).get(key, default)


@dataclass(frozen=True, slots=True)
class Port:
    """One published port. ``host_port`` 0 means "any free one"; a range of choice is
    ``host_port``..``host_port_end`` (Docker: ``-p 9000-9010:80``)."""

    container_port: int
    host_port: int = 0
    protocol: str = "tcp"
    host_ip: str = ""
    host_port_end: int = 0

    def __str__(self) -> str:
        host = f"{self.host_port or ''}" + (f"-{self.host_port_end}" if self.host_port_end else "")
        ip = f"[{self.host_ip}]" if ":" in self.host_ip else self.host_ip
        return f"{ip}{':' * bool(ip)}{host}:{self.container_port}/{self.protocol}"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A container's wish to be on a network, with what it wants there."""

    network: str
    aliases: tuple[str, ...] = ()
    ipv4: str = ""
    ipv6: str = ""
    mac: str = ""
    gw_priority: int = 0
    link_local_ips: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """``links: [db:database]``: reach `container` under `alias` (Docker's --link)."""

    container: str
    alias: str


@dataclass(frozen=True, slots=True)
class Container:
    """One container: a sandbox (or a share in another's), its endpoints and its command.

    ``mode`` is one of `MODES`; with ``container`` the sandbox is that of ``share``.
    ``command`` is run on the host's own files; empty means that nothing runs in it, unless
    ``stub`` asks for the small listener that answers on its ports and exposed ports.
    """

    name: str
    service: str = ""
    mode: str = "bridge"
    share: str = ""
    attachments: tuple[Attachment, ...] = ()
    ports: tuple[Port, ...] = ()
    expose: tuple[tuple[int, str], ...] = ()
    links: tuple[Link, ...] = ()
    hostname: str = ""
    domainname: str = ""
    dns: tuple[str, ...] = ()
    dns_search: tuple[str, ...] = ()
    dns_opt: tuple[str, ...] = ()
    extra_hosts: tuple[tuple[str, str], ...] = ()
    sysctls: tuple[tuple[str, str], ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    command: tuple[str, ...] = ()
    stub: bool = False
    depends_on: tuple[str, ...] = ()
    restart: str = "no"
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Topology:
    """A named set of networks and containers: one compose file, one `Lab`.

    ``containers`` stand in start order (a container after those it depends on or shares).
    ``notes`` are one-line remarks for the user, ``tries`` commands worth typing next.
    """

    name: str
    networks: tuple[Network, ...] = ()
    containers: tuple[Container, ...] = ()
    source: str = ""
    notes: tuple[str, ...] = ()
    tries: tuple[str, ...] = ()

    def container(self, name: str) -> Container | None:
        """The container called `name`, or None."""
        return next((c for c in self.containers if c.name == name), None)
