"""What is wanted: the words every other room speaks.

Plain frozen data. Nothing here knows of a kernel, a file or a command; a value of these
types can be printed, compared, stored as JSON and built by hand in a notebook.

The nouns are those of libnetwork: a *container* owns a *sandbox* (its network namespace),
an *endpoint* joins it to a *network*, and *publish* opens one of its ports on the host.
"""

from __future__ import annotations

from ..value import Value

#: The network that `docker run` uses when none is named; it sits on a bridge of its own.
DEFAULT_NETWORK = "bridge"

#: Who owns the network stack of a container (Compose's ``network_mode``). ``namespace``: it was
#: made by somebody else, and nsnet only plugs networks into it (`Container.namespace`).
MODES = ("bridge", "none", "host", "container", "namespace")

#: The topology of what is made by single commands (``nsnet run``, ``nsnet network create``).
BY_HAND = "by-hand"

#: Networks that are there without anybody creating them, and their drivers.
PREDEFINED = {"bridge": "bridge", "host": "host", "none": "null"}


class TopologyError(Exception):
    """A description that cannot be built. Carries every problem found, not only the first.

    ``problems`` is a tuple of one-line texts, each naming what, which value and how to put
    it right; with a place (``file:line: ``) in front where there is a file.
    """

    exit_code = 2

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Pool(Value):
    """One ``ipam.config`` entry: a subnet to draw addresses from (CIDR text)."""

    subnet: str | None = None
    gateway: str | None = None
    ip_range: str | None = None
    aux_addresses: tuple[tuple[str, str], ...] = ()


class Network(Value):
    """A network as asked for; what the kernel needs besides is chosen by the allocator.

    ``name`` is the full name (``shop_front``), ``key`` the one used in the file (``front``).
    ``options`` are Docker's driver options (``com.docker.network.bridge.name`` …). ``id`` (64 hex
    digits) and ``created`` (seconds since 1970) are empty where a file declares it: `identity`.
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
    id: str = ""
    created: float = 0.0
    attachable: bool = False

    def option(self, key: str, default: str = "") -> str:
        """The value of driver option `key`, or `default`."""
        return dict(self.options).get(key, default)


class Port(Value):
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


class Link(Value):
    """``links: [db:database]``: reach `container` under `alias` (Docker's --link)."""

    container: str
    alias: str


class Attachment(Value):
    """A container's wish to be on a network, with what it wants there.

    ``device`` is the interface's name, "" for the next number; ``links`` are those of
    ``docker network connect --link``.
    """

    network: str
    aliases: tuple[str, ...] = ()
    ipv4: str = ""
    ipv6: str = ""
    mac: str = ""
    gw_priority: int = 0
    link_local_ips: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    device: str = ""
    links: tuple[Link, ...] = ()


class Container(Value):
    """One container: a sandbox (or a share in another's), its endpoints and its command.
    `refusal` is what keeps it from being started: Docker lets such a one be created.

    ``mode`` is one of `MODES`; with ``container`` the sandbox is that of ``share``.
    ``command`` is run on the host's own files; empty means that nothing runs in it, unless
    ``stub`` asks for the small listener that answers on its ports and exposed ports.

    ``id`` and ``created`` as in `Network`. ``stopped``: described, but without a sandbox,
    addresses and process; what it was given is free for others. ``namespace`` is the path of a
    foreign network namespace (mode ``namespace``). ``plugged`` counts the interfaces that it has
    had since it was started: a number is not used twice (Docker). ``resolver``: its resolv.conf
    names 127.0.0.11, though it may have left the user-defined networks since. ``adrift``: it
    shared the sandbox of a container that has stopped since. ``restarts`` counts what its
    restart policy (``no``, ``always``, ``unless-stopped``, ``on-failure[:N]``) has done; while
    that waits to do so again, the container is ``restarting``. ``started`` and ``finished``
    (seconds since 1970, 0: never) and ``exit_code`` are of its last run, where a single command
    started or stopped it.
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
    id: str = ""
    created: float = 0.0
    stopped: bool = False
    paused: bool = False
    publish_all: bool = False
    auto_remove: bool = False
    refusal: str = ""
    tty: bool = False
    interactive: bool = False
    image: str = ""
    namespace: str = ""
    plugged: int = 0
    resolver: bool = False
    adrift: bool = False
    restarts: int = 0
    restarting: bool = False
    started: float = 0.0
    finished: float = 0.0
    exit_code: int = 0


class Topology(Value):
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

    def owner(self, container: Container) -> Container | None:
        """The container whose sandbox `container` uses: itself, or the one at the end of
        ``container:`` modes; None where that is not in this topology."""
        owner: Container | None = container
        while owner and owner.mode == "container":
            owner = self.container(owner.share)
        return owner
