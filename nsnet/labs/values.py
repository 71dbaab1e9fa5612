"""The values of one attempt: addresses and tokens, drawn anew for each, the same all along."""

from __future__ import annotations

import random
from collections.abc import Mapping
from ipaddress import ip_network
from string import Template
from typing import Any

from ..kernel.errors import KernelError
from .exercise import Exercise

#: How values can be described (`draw`).
KINDS = ("pick", "host", "prefix", "hex", "number", "mac", "map")


def draw(exercise: Exercise, seed: int) -> dict[str, str]:
    """All values of an attempt; the same seed gives the same ones.

    ``pick: [a, b]`` is one of them, ``host: [NET, 2]`` the second address of the subnet NET,
    ``prefix: NET`` its length, ``hex: 8`` so many digits, ``number: [1, 9]`` one between them,
    ``mac: C1`` Docker's MAC for the address C1 (02:42 and its four bytes), ``map: [FAULT, {a: x}]``
    what stands for the value of FAULT. Anything else is a text, which may name values above it.
    """
    chance = random.Random(f"{exercise.id} {seed}")
    found: dict[str, str] = {}
    for name, how in exercise.vars.items():
        found[name] = _drawn(exercise, name, how, found, chance)
    return found


def shown(values: Mapping[str, str]) -> dict[str, str]:
    """Those that the learner is told: what begins with an underscore says which fault it is."""
    return {name: each for name, each in values.items() if not name.startswith("_")}


def _drawn(
    exercise: Exercise, name: str, how: Any, found: Mapping[str, str], chance: random.Random
) -> str:
    if not isinstance(how, Mapping):
        return Template(str(how)).safe_substitute(found)
    ((kind, what),) = how.items()
    try:
        return _KIND[kind](what, found, chance)
    except (KeyError, ValueError, TypeError) as error:
        why = f"{kind}: {what!r} ({type(error).__name__}: {error})"
        raise KernelError(f"{exercise.path('lab.yaml')}: cannot draw {name}", why) from None


def _pick(what: Any, found: Mapping[str, str], chance: random.Random) -> str:
    return Template(str(chance.choice(what))).safe_substitute(found)


def _host(what: Any, found: Mapping[str, str], chance: random.Random) -> str:
    name, number = what
    return str(ip_network(found[name])[int(number)])


def _prefix(what: Any, found: Mapping[str, str], chance: random.Random) -> str:
    return str(ip_network(found[what]).prefixlen)


def _hex(what: Any, found: Mapping[str, str], chance: random.Random) -> str:
    return f"{chance.getrandbits(4 * int(what)):0{int(what)}x}"


def _number(what: Any, found: Mapping[str, str], chance: random.Random) -> str:
    low, high = what
    return str(chance.randint(int(low), int(high)))


def _mac(what: Any, found: Mapping[str, str], chance: random.Random) -> str:
    return ":".join(["02", "42", *(f"{int(byte):02x}" for byte in found[what].split("."))])


def _map(what: Any, found: Mapping[str, str], chance: random.Random) -> str:
    name, texts = what
    text = {str(key): each for key, each in texts.items()}[found[name]]
    return Template(str(text)).safe_substitute(found)


_KIND = dict(zip(KINDS, (_pick, _host, _prefix, _hex, _number, _mac, _map), strict=True))
