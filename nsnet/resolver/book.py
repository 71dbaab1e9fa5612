"""Who is called what, and for whom: the names of all containers, by network.

The order of search is that of Docker's libnetwork 20.10, as recorded: first the whole name on
each of the querier's networks, in their order, then what stands before its last dot on the
network that is called as the rest, and so on. The first network that knows a name wins.
"""

from __future__ import annotations

import _socket

_AF = {4: _socket.AF_INET, 6: _socket.AF_INET6}
_LENGTH = {4: 4, 6: 16}


class Place:
    """A container's place on one network: its names there (lower case) and packed addresses."""

    __slots__ = ("name", "names", "network", "packed")

    def __init__(self, network: str, names: list[str], packed: dict[int, bytes]) -> None:
        self.network, self.packed = network, packed
        self.name = names[0] if names else ""
        self.names = tuple(dict.fromkeys(each.lower().rstrip(".") for each in names))


class Entry:
    """What one file of the names folder tells; see `parse`."""

    __slots__ = ("dns", "links", "name", "ndots", "netns", "places", "port")

    def __init__(self, name: str, told: dict[str, object]) -> None:
        self.name = name
        self.netns = _text(told.get("netns", ""))
        port = told.get("port", 0)
        if not isinstance(port, int) or not 0 <= port <= 65535:
            raise ValueError("port")
        self.port: int = port
        self.places = [_place(each) for each in _list(told.get("networks", []))]
        links = told.get("links", {})
        if not isinstance(links, dict):
            raise TypeError("links")
        self.links = {_text(k).lower(): _text(v).lower() for k, v in links.items()}
        self.dns = [_text(each) for each in _list(told.get("dns", []))]
        ndots = told.get("ndots")
        self.ndots = ndots if isinstance(ndots, int) else 0


def parse(name: str, text: bytes) -> Entry | None:
    """The file of container `name`; None if nobody could understand it."""
    import json

    try:
        told = json.loads(text)
        return Entry(name, told) if isinstance(told, dict) else None
    except (ValueError, TypeError, RecursionError):
        return None


class Network:
    """The places of one network, by name and by address."""

    __slots__ = ("addresses", "names")

    def __init__(self) -> None:
        self.names: dict[str, list[Place]] = {}
        self.addresses: dict[bytes, Place] = {}

    def add(self, place: Place) -> None:
        for name in place.names:
            self.names.setdefault(name, []).append(place)
        for packed in place.packed.values():
            self.addresses[packed] = place

    def remove(self, place: Place) -> None:
        for name in place.names:
            left = [each for each in self.names.get(name, ()) if each is not place]
            if left:
                self.names[name] = left
            else:
                self.names.pop(name, None)
        for packed in place.packed.values():
            if self.addresses.get(packed) is place:
                del self.addresses[packed]


class Book:
    """All entries."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self._networks: dict[str, Network] = {}

    def put(self, entry: Entry) -> None:
        """Add an entry, or replace the one of that name."""
        self.drop(entry.name)
        self.entries[entry.name] = entry
        for place in entry.places:
            self._networks.setdefault(place.network, Network()).add(place)

    def drop(self, name: str) -> None:
        """Forget an entry, if there is one."""
        entry = self.entries.pop(name, None)
        for place in entry.places if entry else ():
            network = self._networks[place.network]
            network.remove(place)
            if not network.names:
                del self._networks[place.network]

    def addresses(self, entry: Entry, name: str, version: int) -> list[bytes] | None:
        """The packed addresses that `entry` finds under a name (lower case); an empty list if
        the name is one of ours, but has none of that IP version; None if it is not ours."""
        request, network = name, ""
        while True:
            found = self._on_networks(entry, request, network, version)
            if found is not None:
                return found
            request = request.rpartition(".")[0]
            if not request:
                return None
            network = name[len(request) + 1 :]

    def _on_networks(
        self, entry: Entry, request: str, network: str, version: int
    ) -> list[bytes] | None:
        """Links go before names, and hide names that are called the same."""
        name = entry.links.get(request, request)
        known = False
        for own in entry.places:
            if network and own.network.lower() != network:
                continue
            places = self._networks[own.network].names.get(name, ())
            found = [each.packed[version] for each in places if version in each.packed]
            if found:
                return list(dict.fromkeys(found))
            known = known or bool(places)
        return [] if known else None

    def name_of(self, entry: Entry, packed: bytes) -> str:
        """``container.network`` of a peer's address, "" if it is nobody's that `entry` sees."""
        for own in entry.places:
            place = self._networks[own.network].addresses.get(packed)
            if place:
                return f"{place.name}.{place.network}"
        return ""


def reverse(name: str) -> bytes:
    """The address that a name below in-addr.arpa or ip6.arpa stands for (RFC 1035 section
    3.5, RFC 3596 section 2.5), packed; b"" if it is no such name."""
    stem, _, arpa = name.rpartition(".")
    stem, _, family = stem.rpartition(".")
    parts = stem.split(".")[::-1]
    if arpa != "arpa":
        return b""
    if family == "in-addr" and len(parts) == 4:
        return pack(".".join(parts), 4)
    if family == "ip6" and len(parts) == 32 and all(len(each) == 1 for each in parts):
        digits = "".join(parts)
        return pack(":".join(digits[i : i + 4] for i in range(0, 32, 4)), 6)
    return b""


def pack(address: str, version: int) -> bytes:
    """An address as the bytes of a record; b"" if it is none of that version."""
    try:
        return _socket.inet_pton(_AF[version], address)
    except (OSError, ValueError):
        return b""


def _place(told: object) -> Place:
    if not isinstance(told, dict):
        raise TypeError("networks")
    packed = {}
    for version in (4, 6):
        text = _text(told.get(f"ipv{version}") or "").partition("/")[0]
        if text:
            packed[version] = pack(text, version)
            if len(packed[version]) != _LENGTH[version]:
                raise ValueError(text)
    names = [_text(each) for each in _list(told.get("names", []))]
    return Place(_text(told.get("name", "")), names, packed)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value
