"""Finding the places that a user names: who sends, and where to."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from ..kernel.errors import KernelError, NotFound
from ..kernel.survey import Survey
from ..kernel.survey.model import HOST, IfAddress, path_of_pid
from .place import Place, Target

__all__ = ["OUTSIDE", "BadTarget", "Places"]

#: The namespace that plays the internet in a sandbox.
OUTSIDE = "outside"

_PORTS = {"http": 80, "https": 443, "tcp": 0, "udp": 0, "icmp": 0}
_NAMED = re.compile(r"(?P<host>\[[^\]]*\]|[^:/]*)(?::(?P<port>[^/]*))?(?:/(?P<scheme>tcp|udp))?")


#: So many names are in an error.
_FEW = 6


class BadTarget(KernelError):
    """A place that is written in a way that has no meaning. Exit code 2, as for any misuse."""

    exit_code = 2


class NotRunning(KernelError):
    """A container that has stopped: it has no network stack to be asked about. Exit code 3: what
    was asked could not be checked."""

    exit_code = 3


class Places:
    """The places of one survey. `known` are those that nsnet made, by each word that a user may
    call them (name, service, short id); every namespace goes by its key as well. `stopped` are
    the names of nsnet's containers that do not run."""

    def __init__(
        self, survey: Survey, known: Mapping[str, Place], stopped: Collection[str] = ()
    ) -> None:
        self.survey = survey
        self.known = known
        self.stopped = stopped

    def all(self) -> list[Place]:
        """Every place there is, each once: the host, nsnet's containers by name, then other
        namespaces."""
        found = {HOST: self._space(HOST)}
        made = {place.label: place for place in self.known.values()}
        taken = {place.space for place in made.values()}
        others = [self._space(key) for key in self.survey.spaces() if key and key not in taken]
        return [found[HOST], *(made[label] for label in sorted(made)), *others]

    def source(self, text: str) -> Place:
        """The place called `text`: a container, ``host``, ``outside``, a named namespace,
        ``ns:/run/netns/red``, ``ns:PID``, ``pid:77``, or an address that one has.

        Raises `NotFound`, with what may have been meant, and `NotRunning`.
        """
        place = self._named(text) or self._at(text)
        if place is None:
            raise self._unknown(text)
        return place

    def target(self, text: str, source: Place) -> Target:
        """What `text` means to `source`: a place as above, with ``:PORT`` or ``:PORT/udp``
        behind it, or a URL. Names in a URL, and those that nobody here goes by, are left for the
        sender to look up. The address of a place that has none is "".

        Raises `BadTarget`, `NotFound` and `NotRunning`.
        """
        scheme, host, port, path = _parts(text)
        if _address(host):
            return Target(text, host, port, self._owner(host, source), "", scheme, path)
        if host == "localhost":
            return Target(text, "127.0.0.1", port, source, "", scheme, path)
        place = self._named(host)
        if place is None and host in self.stopped:
            raise self._unknown(host)
        if place is None and not _could_be_looked_up(host):
            raise self._unknown(host)
        url = "://" in text
        name = host if place is None or (url and place.label not in ("host", OUTSIDE)) else ""
        if place is None and not url and not self._may_know(host, source):
            raise self._unknown(host)
        address = self.address_of(place, source) if place else ""
        return Target(text, address, port, place, name, scheme, path)

    def address_of(self, place: Place, source: Place) -> str:
        """The address that `source` would use for `place`: one on a network that both are on,
        IPv4 before IPv6; else its first one, those on lo last (the outside machine's 8.8.8.8
        is only a part that it plays). "" if it has none."""
        if place.space == source.space and place.space == HOST:
            return "127.0.0.1"
        theirs = [a for a in self.survey.addresses(place.space) if _of_use(a)]
        ours = [a for a in self.survey.addresses(source.space) if _of_use(a)]
        near = [a for a in theirs if any(_together(a, b) for b in ours)]
        wanted = self._on_common_network(place, source)
        order = [*(a for a in near if a.ip in wanted), *near, *theirs]
        order.sort(key=lambda a: (":" in a.ip, a.device == "lo"))
        if place.space == HOST and not near:
            order = [*(a for a in order if a.device in self._ways_out()), *order]
        return order[0].ip if order else ""

    def of_space(self, key: str) -> Place:
        """The place that a namespace is: the container that owns it (those of mode container
        are guests there), or itself."""
        if not key:
            return self._space(key)
        owners = [place for place in self.known.values() if place.space == key]
        owners.sort(key=lambda place: place.mode == "container")
        return owners[0] if owners else self._space(key)

    def _on_common_network(self, place: Place, source: Place) -> set[str]:
        shared = place.networks.keys() & source.networks.keys()
        return {ip for network in shared for ip in place.networks[network]}

    def _ways_out(self) -> set[str]:
        """The host's interfaces that a default route leaves by."""
        return {r.device for r in self.survey.routes(HOST) if r.destination == "default"}

    def _named(self, text: str) -> Place | None:
        if text in self.known:
            return self.known[text]
        key = self._key(text)
        return None if key is None else self.of_space(key)

    def _key(self, text: str) -> str | None:
        """The key of the namespace that goes by this text."""
        spaces = self.survey.spaces()
        if text == "host":
            return HOST
        if text and text in spaces:
            return text
        where = text[3:] if text.startswith("ns:") else text.replace("pid:", "", 1)
        path = path_of_pid(int(where)) if where.isdigit() and ":" in text else where
        inode = self.survey.inode_at(path) if path.startswith("/") else 0
        for key, space in spaces.items():
            if (inode and space.inode == inode) or text in space.names:
                return key
        return None

    def _at(self, address: str) -> Place | None:
        if not _address(address):
            return None
        owners = self.survey.owner(address)
        return self.of_space(owners[0][0]) if owners else None

    def _owner(self, address: str, source: Place) -> Place | None:
        """Whose address it is, to `source`: its own before that of somebody near, before any."""
        if ip_address(address).is_loopback:
            return source
        owners = self.survey.owner(address, source.space)
        ours = [a for a in self.survey.addresses(source.space) if _of_use(a)]
        near = [key for key, a in owners if key == source.space or _near(a, ours)]
        found = near or [key for key, _ in owners]
        return self.of_space(found[0]) if found else None

    def _may_know(self, host: str, source: Place) -> bool:
        """Could the sender know a name that nobody here goes by: an alias on a network of its
        own, or a name of the internet? Anything else is rather a slip of the user's."""
        return "." in host or any(name != "bridge" for name in source.networks)

    def _space(self, key: str) -> Place:
        return Place(self.survey.spaces()[key].label, key)

    def _unknown(self, text: str) -> KernelError:
        if text in self.stopped:
            why = "it has no network until it is started: nsnet start"
            return NotRunning(f"the container {text} does not run", f"{why} {text}")
        what = f"there is no container, namespace or address {text!r}"
        if text == OUTSIDE:
            why = "only a sandbox has an outside machine (nsnet --sandbox …): name an address"
            return NotFound(what, why)
        return NotFound(what, self._meant(text))

    def _meant(self, text: str) -> str:
        """What was meant, if a word comes close; else a few of the names there are."""
        from difflib import get_close_matches

        names = list(dict.fromkeys(place.label for place in self.all()))
        if near := get_close_matches(text, dict.fromkeys([*names, *self.known]), n=2):
            return f"did you mean {' or '.join(near)}?"
        return f"there are {', '.join(names[:_FEW])}{', …' * (len(names) > _FEW)}"


def _parts(text: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of what a user wrote. Raises `BadTarget`."""
    if "://" in text:
        return _of_url(text)
    if _address(text) or text.startswith(("ns:", "pid:")):
        return "", text, 0, "/"
    found = _NAMED.fullmatch(text)
    if found is None or not found["host"]:
        raise BadTarget(f"{text!r} is no target", "write NAME, NAME:PORT, ADDRESS:PORT or a URL")
    host = found["host"].strip("[]")
    return found["scheme"] or "", host, _port(found["port"], text), "/"


def _of_url(text: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(text)
    except ValueError as error:
        raise BadTarget(f"{text!r} is no target", str(error)) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        known = ", ".join(f"{scheme}://" for scheme in _PORTS)
        raise BadTarget(f"{text!r} is no target", f"a URL starts with one of {known}")
    _, _, behind = parts.netloc.rpartition("@")[2].rpartition("]")
    port = _port(behind.partition(":")[2] or None, text) or _PORTS[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname, port, path


def _port(text: str | None, whole: str) -> int:
    if text is None:
        return 0
    if not (text.isascii() and text.isdigit()) or not 0 < int(text) < 65536:
        raise BadTarget(f"{whole!r}: {text!r} is no port", "write a number from 1 to 65535")
    return int(text)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _could_be_looked_up(host: str) -> bool:
    """Is it made as a host's name is (RFC 1123; Docker allows underscores)?"""
    return bool(re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?", host))


def _of_use(address: IfAddress) -> bool:
    return address.scope == "global" and not address.interface.ip.is_loopback


def _together(one: IfAddress, other: IfAddress) -> bool:
    """Is one in the other's network?"""
    return one.interface.ip in other.interface.network


def _near(address: IfAddress, ours: list[IfAddress]) -> bool:
    return any(_together(address, each) for each in ours)
