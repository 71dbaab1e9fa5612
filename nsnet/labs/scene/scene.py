"""A whole scene: its steps, and putting it up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...kernel import netns
from ...kernel.apply import apply
from ...kernel.errors import KernelError
from ...kernel.stack import Stack
from ...plan.content import stub_command
from ...plan.step import Step
from ...plan.steps.process import StartProcess
from ..baseline import PLACE
from ..composed import composed
from ..exercise import Exercise, filled
from . import words
from .typed import Typed

_KEYS = ("outside", "sysctl", "bridges", "rooms", "nft", "commands", "up", "faults")
_PORT = re.compile(r"(?:(?P<address>\S+):)?(?P<port>\d+)(?:/(?P<protocol>tcp|udp))?")


def scene_steps(exercise: Exercise, values: Mapping[str, str]) -> list[Step]:
    """The commands and listeners of an exercise's scene, in order. What nsnet itself builds (`up`)
    and breaks (`faults`) is not among them. Raises `KernelError` if it is written wrongly."""
    given = filled(exercise.scene, values)
    odd = [key for key in given if key not in _KEYS]
    if odd:
        at = exercise.path("lab.yaml")
        raise KernelError(f"{at}: scene: unknown key {odd[0]!r}", f"known are {', '.join(_KEYS)}")
    return [*_typed(given), *_listeners(given)]


def _typed(given: Mapping[str, Any]) -> Iterator[Typed]:
    bridges, rooms = given.get("bridges") or {}, given.get("rooms") or {}
    yield from words.settings(given.get("sysctl") or {})
    inner = {name for name in bridges if "/" in name}
    for name, each in bridges.items():
        if name not in inner:
            yield from words.bridge(name, each or {})
    for name, each in rooms.items():
        yield from words.room(name, each or {})
        for within in [one for one in inner if one.startswith(f"{name}/")]:
            yield from words.bridge(within, bridges[within] or {})
    if given.get("nft"):
        yield from words.rules(given["nft"])
    for line in given.get("commands") or ():
        yield Typed(str(line))


def _listeners(given: Mapping[str, Any]) -> Iterator[StartProcess]:
    for name, each in (given.get("rooms") or {}).items():
        listen = tuple(port_of(str(word)) for word in (each or {}).get("serve") or ())
        if listen:
            yield StartProcess(
                container=name,
                topology="lab",
                namespace=name,
                argv=stub_command(name, listen),
                log=f"{PLACE}/{name}.log",
                hostname=name,
                env=(("NSNET_LAB", "scene"), ("NSNET_CONTAINER", name)),
                listen=listen,
                stub=True,
            )


def port_of(word: str) -> tuple[str, str, int]:
    """(protocol, address, port) of ``80``, ``53/udp``, ``127.0.0.1:80/tcp``."""
    found = _PORT.fullmatch(word)
    if found is None:
        raise KernelError(f"cannot listen on {word!r}", "write [ADDRESS:]PORT[/udp]")
    return found["protocol"] or "tcp", found["address"] or "", int(found["port"])


def put_up(exercise: Exercise, values: Mapping[str, str]) -> None:
    """Build the scene on the host that this thread is in. Raises `KernelError` at the first step
    that fails."""
    steps = scene_steps(exercise, values)
    given = filled(exercise.scene, values)
    netns.prepare()
    with Stack() as stack:
        apply(stack, sorted(steps, key=lambda step: step.phase))
    if given.get("up"):
        from ...engine.engine import Engine

        Engine().up(composed(given["up"], exercise.id))
    if given.get("faults"):
        _break(given["faults"])


def _break(faults: Any) -> None:
    from ...engine.engine import Engine
    from ...faults.inject import inject

    for each in faults:
        inject(Engine(), str(each["kind"]), str(each.get("on") or ""))
