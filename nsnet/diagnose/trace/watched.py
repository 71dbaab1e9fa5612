"""Which namespaces are worth watching."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kernel.survey import Survey
from ...kernel.survey.model import HOST
from ..place import Place, Target

#: So few are all watched. More of them would be felt by everybody else's packets.
FEW = 8


def watched(survey: Survey, source: Place, target: Target) -> list[str]:
    """All of them where there are few; else those that the packet can come to: the sender's, the
    host's, those that have the target's address or one that the host's rules send that port to,
    what hangs on the sender's cables, and whatever may pass something on, for it has several
    interfaces."""
    every = survey.spaces()
    if len(every) <= FEW:
        return list(dict.fromkeys([source.space, *every]))
    first = [source.space, HOST, *([target.place.space] if target.place else [])]
    for address in dict.fromkeys((target.address, *_sent_to(survey, target.port))):
        first += [key for key, _ in survey.owner(address)]
    cables = survey.interfaces(source.space).values()
    first += [each.peer_space for each in cables if each.peer_space is not None]
    first += [key for key in every if len(survey.interfaces(key)) > _LEAF]
    return list(dict.fromkeys(first))


#: The interfaces of a namespace at the edge: lo, and one more.
_LEAF = 2


def tunnels(survey: Survey, keys: list[str]) -> tuple[int, ...]:
    """The UDP ports of all VXLANs in these namespaces."""
    every = (each for key in keys for each in survey.interfaces(key).values())
    ports = {each.options.get("port", 4789) for each in every if each.kind == "vxlan"}
    return tuple(sorted(port for port in ports if isinstance(port, int)))


def _sent_to(survey: Survey, port: int) -> Iterator[str]:
    """The addresses that the host's rules and maps give for a port."""
    if not port:
        return
    for each in survey.ruleset(HOST):
        for pair in each.get("map", {}).get("elem", ()):
            if isinstance(pair, list) and port in _leaves(pair[0]):
                yield from _addresses(pair[1])
        expressions = each.get("rule", {}).get("expr", ())
        if port in _leaves(expressions):
            yield from _addresses([x["dnat"] for x in expressions if "dnat" in x])


def _addresses(value: Any) -> Iterator[str]:
    return (leaf for leaf in _leaves(value) if isinstance(leaf, str) and leaf.count(".") == 3)


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    else:
        yield value
