"""Which namespaces are worth watching."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kernel.survey import Survey
from ...kernel.survey.model import HOST
from ..place import Place, Target

#: So many are watched at most: each costs three sockets and half a millisecond.
MOST = 128


def watched(survey: Survey, source: Place, target: Target, most: int = MOST) -> list[str]:
    """All of them; where there are very many, those that the packet is most likely to see: the
    sender's, the host's, the target's, where the host's rules send that port to, and what hangs
    on the sender's cables."""
    every = survey.spaces()
    if len(every) <= most:
        return list(dict.fromkeys([source.space, *every]))
    first = [source.space, HOST, *([target.place.space] if target.place else [])]
    for address in dict.fromkeys(_sent_to(survey, target.port)):
        first += [key for key, _ in survey.owner(address)]
    cables = survey.interfaces(source.space).values()
    first += [each.peer_space for each in cables if each.peer_space is not None]
    return list(dict.fromkeys([*first, *every]))[:most]


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
