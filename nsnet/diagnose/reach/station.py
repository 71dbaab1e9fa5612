"""Stations: the network stacks that are asked from and to, each once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ...kernel.survey import Survey
from ...kernel.survey.model import HOST, IfAddress
from ...value import Value
from ..place import Place
from ..places import Places

#: A port and its protocol.
Port = tuple[int, str]

_NONE: Mapping[str, str] = MappingProxyType({})
_ID = re.compile("[0-9a-f]{12}")


class Station(Value):
    """A network stack: the place that owns it, and the labels of those who share it (containers of
    mode host and container). `addresses` are those that others may call, `short` is a shorter
    word for it that commands understand."""

    place: Place
    guests: tuple[str, ...]
    addresses: tuple[IfAddress, ...]
    short: str

    @property
    def label(self) -> str:
        """What people call it."""
        return self.place.label

    @property
    def space(self) -> str:
        """Its key in the survey."""
        return self.place.space

    @property
    def is_host(self) -> bool:
        """Is it the host?"""
        return self.place.space == HOST


def stations(survey: Survey, places: Places) -> list[Station]:
    """All stations: the host, nsnet's containers, the others, each by name (with c2 before c10).
    Namespaces that have neither a name nor an address (browsers make such ones for themselves) are
    left out."""
    by_space: dict[str, list[Place]] = {}
    for place in places.all():
        by_space.setdefault(place.space, []).append(place)
    words = _words(places)
    made = [station(survey, sharing, words) for sharing in by_space.values()]
    shown = (each for each in made if each.addresses or not each.space.startswith("pid:"))
    return sorted(shown, key=_order)


def station(survey: Survey, sharing: Iterable[Place], words: Mapping[str, str] = _NONE) -> Station:
    """The station of some places that share a stack; the first that is no guest there owns it.
    `words` are shorter ones by label."""
    owner, *guests = sorted(sharing, key=lambda place: place.mode in ("host", "container"))
    addresses = (each for each in survey.addresses(owner.space) if _callable(each))
    short = words.get(owner.label, owner.label)
    return Station(owner, tuple(each.label for each in guests), tuple(addresses), short)


def _words(places: Places) -> dict[str, str]:
    """The names of services (of compose files), where there is one container of it, by label."""
    taken = {place.label for place in places.all()}
    return {
        place.label: word
        for word, place in places.known.items()
        if len(word) < len(place.label) and word not in taken and not _ID.fullmatch(word)
    }


def _order(one: Station) -> tuple[bool, bool, list[tuple[int, str]]]:
    words = re.findall(r"\d+|\D+", one.label)
    natural = [(int(word), "") if word.isdecimal() else (-1, word) for word in words]
    return (not one.is_host, not one.place.made, natural)


def _callable(address: IfAddress) -> bool:
    """Can somebody else call it?"""
    ready = not {"tentative", "dadfailed"}.intersection(address.flags)
    return ready and address.scope == "global" and address.device != "lo"
