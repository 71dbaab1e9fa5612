"""What is in a picture of a host's networking.

Nothing in here depends on the order in which things were made: no indexes, no counters. All texts
may be printed as they are (`clean`), and everything is sorted by name.
"""

from __future__ import annotations

import re

from ...value import Value

#: The mark of a card that could not be read.
CLOSED = "only root can look inside"

#: (card, plug): an interface by the key of its namespace and its own name.
Spot = tuple[str, str]


class Plug(Value):
    """An interface. `state` is ``up``, ``down`` or ``no carrier``; `bridge` the one that it is a
    port of; `lan` the key of the `Lan` that it is on. `gateways` are the next hops of the default
    routes that go out here ("" is one without: the route names the interface alone).

    `about` tells in words what its kind needs besides (``id 42 to 10.0.0.2``), `marks` what is
    unusual: ``isolated``, ``hairpin``, ``promiscuous``. `unseen`: its other end is in a namespace
    that could not be looked into."""

    name: str
    kind: str
    addresses: tuple[str, ...] = ()
    mac: str = ""
    mtu: int = 0
    state: str = "up"
    bridge: str = ""
    lan: str = ""
    gateways: tuple[str, ...] = ()
    about: str = ""
    marks: tuple[str, ...] = ()
    unseen: bool = False


class Card(Value):
    """A network namespace. `names` are the containers in it (several share one), or what it is
    called itself. `role` is ``host``, ``outside``, ``container`` or ``namespace``; `mode` that of
    the container (``bridge``, ``none`` …), `about` its image or command. `marks` are what holds
    for all of it: ``ip_forward on``, ``lo down``."""

    key: str
    names: tuple[str, ...]
    role: str
    mode: str = ""
    about: str = ""
    plugs: tuple[Plug, ...] = ()
    marks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What is written above it."""
        return ", ".join(self.names)

    def plug(self, name: str) -> Plug | None:
        """The plug of that name, or None."""
        return next((each for each in self.plugs if each.name == name), None)


class Lan(Value):
    """What shares one wire, and so one colour: a bridge with what hangs on it, a parent with its
    macvlans, the two ends of a cable, the ends of a tunnel.

    `kind` is that of its wires. `card` and `device` say where its bridge or parent is, both empty
    for a mere cable. `name` is that of the Docker network, "" if there is none. `marks` are
    ``internal``, ``icc=off`` …; `masquerade` says in words which of its packets leave under
    another address (``172.17.0.0/16 by eth0``)."""

    key: str
    kind: str
    card: str = ""
    device: str = ""
    name: str = ""
    marks: tuple[str, ...] = ()
    masquerade: tuple[str, ...] = ()


class Wire(Value):
    """A connection of two interfaces: `kind` is ``veth``, ``macvlan``, ``ipvlan``, ``vlan`` or
    ``vxlan``. `ends` are sorted, but for a macvlan and its like, where the parent is first."""

    kind: str
    ends: tuple[Spot, Spot]
    lan: str


class Published(Value):
    """A port of `card` that leads somewhere else: ``host_ip:host_port`` to ``ip:port``. `to` is
    the title of whose address that is (or the address), `lan` where that is. `how` says what does
    it: ``dnat`` (a rule), ``relay`` (a process), ``none``: recorded, but no rule is there."""

    card: str
    host_ip: str
    host_port: str
    protocol: str
    ip: str
    port: str
    to: str
    lan: str = ""
    how: str = "dnat"

    @property
    def where(self) -> str:
        """The host side: ``0.0.0.0:8080``."""
        return f"[{self.host_ip}]:{self.host_port}" if ":" in self.host_ip else self._plain

    @property
    def _plain(self) -> str:
        return f"{self.host_ip}:{self.host_port}"

    @property
    def target(self) -> str:
        """The other side: ``80/tcp``."""
        return f"{self.port}/{self.protocol}"


class Graph(Value):
    """The whole picture. `notes` are remarks for the reader, a line each."""

    cards: tuple[Card, ...] = ()
    lans: tuple[Lan, ...] = ()
    wires: tuple[Wire, ...] = ()
    published: tuple[Published, ...] = ()
    notes: tuple[str, ...] = ()

    def card(self, key: str) -> Card | None:
        """The card of a namespace, or None."""
        return next((each for each in self.cards if each.key == key), None)

    def lan(self, key: str) -> Lan | None:
        """The LAN of a key, or None."""
        return next((each for each in self.lans if each.key == key), None)


def clean(text: str) -> str:
    """`text` without what would do something to a terminal or a page: control characters, marks
    that turn the direction of writing, bytes that are no text."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


#: What a text is sorted by.
Key = tuple[tuple[int, int, str], ...]


def natural(text: str) -> Key:
    """A key to sort by: ``app-2`` before ``app-10``."""
    parts = re.findall(r"([0-9]{1,18})|([^0-9]+|[0-9]+)", text)
    return tuple((0, int(n), "") if n.isascii() and n else (1, 0, rest) for n, rest in parts)


def naturally(spot: Spot) -> tuple[Key, Key]:
    """The same for an interface."""
    return natural(spot[0]), natural(spot[1])
