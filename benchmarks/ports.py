"""Published ports: what one more costs, and what being the last of many costs a caller."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator

from nsnet.engine.engine import Engine
from nsnet.kernel.apply import apply
from nsnet.kernel.stack import Stack
from nsnet.plan import firewall
from nsnet.plan.step import Step
from nsnet.topology.layout import Binding, Layout
from nsnet.topology.model import Attachment, Container, Network, Port, Topology

from .figures import Figure
from .place import settle

MANY = 10_000
_FIRST = 10_000  # host port
_SPARE = _FIRST + MANY
_LIMIT = 0.3  # ms
_CALLS = 40  # connections in one sample


def run(rounds: int) -> Iterator[Figure]:
    """Figures for 1 and for `MANY` ports; `rounds` 0 means the usual number of samples."""
    rounds = rounds or 31
    few, _, few_edit = _measure(1, rounds)
    many, (first, last), many_edit = _measure(MANY, rounds)
    for what, here, there in zip(("publish", "unpublish"), many, few, strict=True):
        yield Figure(f"{what} 1 port, of 1", there, at_most=_LIMIT)
        yield Figure(
            f"{what} 1 port, of {MANY}", here, "of 1", there, at_most=_LIMIT, ratio_at_most=1.5
        )
    what = f"connect {_CALLS} times, port {MANY}"
    yield Figure(what, last, "port 1", first, ratio_at_most=1.2)
    yield Figure(f"engine: 1 more port, of {MANY}", many_edit, "of 1", few_edit)


_Pair = tuple[list[float], list[float]]


def _measure(count: int, rounds: int) -> tuple[_Pair, _Pair, list[float]]:
    """(publish, unpublish), (connect to the first, to the last) and (edit by the engine), in ms,
    on a host with `count` published ports."""
    engine = Engine()
    layout = engine.up(_topology(count)).layout
    try:
        changes = _changes(firewall.published(_binding(layout, _SPARE)), rounds)
        calls = _connections(layout.segments[0].v4, count, rounds)
        edits = [_edit(engine, count, number) for number in range(3)]
    finally:
        engine.down("bench")
        settle()
    return changes, calls, edits


def _topology(count: int) -> Topology:
    ports = tuple(Port(80, _FIRST + number) for number in range(count))
    web = Container("web", attachments=(Attachment("bench"),), ports=ports, stub=True)
    return Topology("bench", (Network("bench"),), (web,))


def _binding(layout: Layout, number: int) -> Binding:
    plug = layout.endpoints[0]
    return Binding("tcp", "0.0.0.0", number, "web", "bench", plug.ipv4, 80)


def _changes(step: Step, rounds: int) -> _Pair:
    publish: list[float] = []
    unpublish: list[float] = []
    with Stack() as stack:
        _changing(stack, step)  # the first call of a context loads libnftables
        for _ in range(rounds):
            on, off = _changing(stack, step)
            publish.append(on)
            unpublish.append(off)
    return publish, unpublish


def _changing(stack: Stack, step: Step) -> tuple[float, float]:
    return _timed(lambda: apply(stack, [step])), _timed(lambda: apply(stack, [step.inverse()]))


def _connections(span: object, count: int, rounds: int) -> _Pair:
    address = str(getattr(span, "gateway", ""))
    first: list[float] = []
    last: list[float] = []
    for port in (_FIRST, _FIRST + count - 1):
        _call(address, port)
    for _ in range(rounds):
        first.append(_timed(lambda: _call(address, _FIRST)))
        last.append(_timed(lambda: _call(address, _FIRST + count - 1)))
    return first, last


def _call(address: str, port: int) -> None:
    for _ in range(_CALLS):
        with socket.create_connection((address, port), timeout=5):
            pass


def _edit(engine: Engine, count: int, number: int) -> float:
    return _timed(lambda: engine.up(_topology(count + 1 + number)))


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return 1e3 * (time.perf_counter() - began)
