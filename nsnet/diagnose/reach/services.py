"""Which ports of a station somebody serves, or should."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from ipaddress import ip_address

from ...kernel.survey import Survey
from ...kernel.survey.model import Listener
from ...value import Value
from ..place import Place
from .station import Port, Station

#: From here on the kernel gives ports to programs that did not ask for one
#: (net.ipv4.ip_local_port_range): a UDP socket there is somebody's question, not a service.
_EPHEMERAL = 32768

_PUBLISHED = re.compile(r"\[?(?P<ip>[^]]*?)\]?:(?P<port>\d+)->(?P<inner>\d+)/(?P<protocol>\w+)")


class Published(Value):
    """A published port: where it is on the host, and which one of the container it stands for."""

    ip: str
    port: int
    protocol: str
    inner: int


class Services:
    """The ports of stations: those that somebody listens on, that are published, and `exposed`
    ones, by the label of the container."""

    def __init__(
        self, survey: Survey, all_stations: Iterable[Station], exposed: Mapping[str, Sequence[Port]]
    ) -> None:
        self._survey, self._exposed = survey, exposed
        self._relayed = {
            (each.port, each.protocol) for one in all_stations for each in published(one.place)
        }
        self._known: dict[str, list[tuple[Port, set[str]]]] = {}

    def of(self, target: Station) -> list[tuple[Port, set[str]]]:
        """Each port, and the addresses that its sockets are bound to (``0.0.0.0``: all of IPv4;
        ``::``: all of IPv6)."""
        if target.space not in self._known:
            self._known[target.space] = self._find(target)
        return self._known[target.space]

    def _find(self, target: Station) -> list[tuple[Port, set[str]]]:
        served: dict[Port, set[str]] = {}
        for each in self._survey.listeners(target.space):
            ours = target.is_host and (each.port, each.protocol) in self._relayed
            if _is_service(each) and not ours:
                served.setdefault((each.port, each.protocol), set()).update(_bound(each))
        for port in self._wanted(target):
            served.setdefault(port, {"0.0.0.0", "::"})
        return sorted(served.items())

    def _wanted(self, target: Station) -> Iterator[Port]:
        for each in published(target.place):
            yield each.inner, each.protocol
        for label in (target.label, *target.guests):
            yield from self._exposed.get(label, ())


def published(place: Place) -> list[Published]:
    """The ports that are published for a place, each once."""
    found = (_PUBLISHED.fullmatch(text) for text in place.ports)
    made = {
        Published(each["ip"], int(each["port"]), each["protocol"], int(each["inner"]))
        for each in found
        if each
    }
    return sorted(made, key=lambda each: (each.port, each.protocol, each.ip))


def _is_service(each: Listener) -> bool:
    if ip_address(each.address).is_loopback:
        return False
    return each.protocol == "tcp" or each.port < _EPHEMERAL


def _bound(each: Listener) -> set[str]:
    """A socket of all IPv6 addresses takes IPv4, too, unless it is told otherwise (ipv6(7))."""
    return {"::", "0.0.0.0"} if each.address == "::" else {each.address}
