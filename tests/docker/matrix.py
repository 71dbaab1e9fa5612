"""Who reaches whom: all the questions of one moment, and their answers.

A question is (from, target), a target a text such as ``web@shop tcp/80``, ``gw@shop ping``,
``pub:web:80/tcp[0.0.0.0] via host tcp``, ``name:web``, ``ptr:web@shop`` or ``rr:web``.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.docker import probes
from tests.docker.engine import Container, State
from tests.docker.places import HOST, HOST6, OUTSIDE, OUTSIDE6, Place

HOST_PORT, OUTSIDE_PORT = 7777, 8000
_FILES = ("resolv.conf", "hosts")

#: (from, target) -> outcome
Cells = dict[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to try: ping, tcp or udp to an address."""

    target: str
    kind: str
    address: str
    port: int = 0


@dataclass(frozen=True, slots=True)
class Wishes:
    """What to ask about, beside what the state tells."""

    #: container -> its ports ("80/tcp")
    listen: Mapping[str, Sequence[str]]
    #: container -> names to look up; ``id(web)`` is the short id of web
    names: Mapping[str, Sequence[str]]
    #: names whose set of addresses is sampled
    round_robin: Sequence[str] = ()
    #: what is likely to come out; known drops are waited for shortly, and once
    expected: Mapping[tuple[str, str], str] = field(default_factory=dict)


def default_listen(container: Container) -> tuple[str, ...]:
    """Port 80 and what is published or exposed; nothing where the ports are somebody else's."""
    shared = container.mode == "host" or container.mode.startswith("container:")
    first = () if shared else ("80/tcp",)
    return tuple(dict.fromkeys([*first, *(port[0] for port in container.ports)]))


def owner(state: State, container: Container) -> Container | None:
    """Whose network stack a ``container:`` one shares."""
    kind, _, who = container.mode.partition(":")
    if kind != "container":
        return None
    running = state.running.values()
    return next((c for c in running if c.id.startswith(who) or c.name == who), None)


def questions(state: State, source: str, wishes: Wishes) -> Iterator[Question]:
    """Everything that one container, the host ("host") or the outside ("ext") asks."""
    for name, container in state.running.items():
        for pair in container.addresses.values():
            for address in filter(None, pair):
                yield _ping(state.label(address), address)
                yield from _ports(state.label(address), address, wishes.listen[name])
        if container.mode == "host" and source != "host":
            yield from _ports(f"host({name})", HOST, wishes.listen[name])
        shared = owner(state, container)
        if shared:
            yield from _joined(source, shared, name, wishes.listen)
    yield from _world(state, source)
    yield from _published(state, source)


def _joined(
    source: str, shared: Container, name: str, listen: Mapping[str, Sequence[str]]
) -> Iterator[Question]:
    for network, (address, _) in shared.addresses.items():
        if address:
            label = f"{shared.name}(joined by {name})@{network}"
            yield from _ports(label, address, listen[name])
    if source in (shared.name, name):
        for each in (name, shared.name):
            yield from _ports(f"localhost({each})", "127.0.0.1", listen[each])


def _world(state: State, source: str) -> Iterator[Question]:
    v6 = any(pair[1] for c in state.running.values() for pair in c.addresses.values())
    if source != "ext":
        yield _ping("ext", OUTSIDE)
        yield from _ports("ext", OUTSIDE, (f"{OUTSIDE_PORT}/tcp", f"{OUTSIDE_PORT}/udp"))
        if v6:
            yield _ping("ext6", OUTSIDE6)
            yield from _ports("ext6", OUTSIDE6, (f"{OUTSIDE_PORT}/tcp",))
    if source != "host":
        hosts = [HOST, *([HOST6] if v6 else []), *(g for _, g in _gateways(state))]
        for address in hosts:
            yield _ping(state.label(address), address)
            yield from _ports(state.label(address), address, (f"{HOST_PORT}/tcp",))


def _gateways(state: State) -> list[tuple[str, str]]:
    bridges = [n for n in state.networks.values() if n.driver == "bridge"]
    return [(n.name, g) for n in bridges for g in n.gateways]


def _published(state: State, source: str) -> Iterator[Question]:
    first: dict[str, str] = {}
    for network, gateway in _gateways(state):
        first.setdefault(network, gateway)
    gateways = [g for g in first.values() if ":" not in g]
    for name, container in state.running.items():
        for spec, host_ip, port in container.ports:
            if ":" in host_ip:
                ways = [("lo6", "::1")] if source == "host" else []
                ways.append(("host6", HOST6))
            else:
                ways = [("lo", "127.0.0.1")] if source != "ext" else []
                ways.append(("host", HOST))
                ways += [(state.label(g), g) for g in gateways if source != "ext"]
            protocol = spec.split("/")[1]
            for label, address in ways:
                target = f"pub:{name}:{spec}[{host_ip or '*'}] via {label} {protocol}"
                yield Question(target, protocol, address, port)


def _ping(label: str, address: str) -> Question:
    return Question(f"{label} ping", "ping", address)


def _ports(label: str, address: str, specs: Sequence[str]) -> Iterator[Question]:
    for spec in specs:
        port, protocol = spec.split("/")
        yield Question(f"{label} {protocol}/{port}", protocol, address, int(port))


def observe(state: State, host: Place, outside: Place, wishes: Wishes) -> Cells:
    """Ask everything, now."""
    with _many_files():
        return asyncio.run(_Asker(state, host, outside, wishes).cells())


@contextmanager
def _many_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


class _Asker:
    def __init__(self, state: State, host: Place, outside: Place, wishes: Wishes) -> None:
        self._state, self._wishes = state, wishes
        inside = {name: c.place for name, c in state.running.items()}
        self._places = {**inside, "host": host, "ext": outside}
        self._pings: dict[tuple[str, int], probes.Pings] = {}
        self._busy = asyncio.Semaphore(150)
        self._files = {
            name: {file: place.read(f"/etc/{file}") for file in _FILES}
            for name, place in inside.items()
        }
        self._cells: Cells = {}

    async def cells(self) -> Cells:
        listeners = probes.Listeners()
        try:
            self._listen(listeners)
            work = [w for source in self._places for w in self._work(source)]
            await asyncio.gather(*(self._answer(*each) for each in work))
            return self._cells
        finally:
            listeners.close()
            for pings in self._pings.values():
                pings.close()

    def _listen(self, listeners: probes.Listeners) -> None:
        for name, place in self._places.items():
            for spec in self._wishes.listen.get(name, ()):
                port, protocol = spec.split("/")
                error = listeners.listen(place, name, int(port), protocol)
                if error:
                    self._cells[name, f"listen {spec}"] = error
        listeners.listen(self._places["host"], "HOST", HOST_PORT, "tcp")
        for protocol in ("tcp", "udp"):
            listeners.listen(self._places["ext"], "EXT", OUTSIDE_PORT, protocol)
        listeners.upstream(self._places["ext"])

    def _work(self, source: str) -> Iterator[tuple[str, str, Callable[[float], Awaitable[str]]]]:
        for question in questions(self._state, source, self._wishes):
            yield source, question.target, self._reach(source, question)
        if source not in self._files:
            return
        for name in self._wishes.names.get(source, ()):
            yield source, f"name:{name}", self._name(source, name)
        for name in self._wishes.round_robin:
            yield source, f"rr:{name}", self._set(source, name)
        if "127.0.0.11" not in self._files[source]["resolv.conf"]:
            return
        for each in self._state.running.values():
            for network, (address, _) in each.addresses.items():
                if address:
                    yield source, f"ptr:{each.name}@{network}", self._pointer(source, address)

    async def _answer(
        self, source: str, target: str, ask: Callable[[float], Awaitable[str]]
    ) -> None:
        async with self._busy:
            expected = self._wishes.expected.get((source, target))
            if expected in ("!timeout", "!hostunreach"):
                outcome = await ask(0.7)
            else:
                outcome = await ask(1.3)
                if outcome in ("!timeout", "!hostunreach"):
                    outcome = await ask(1.3 if expected is None else 4)
        self._cells[source, target] = outcome

    def _reach(self, source: str, question: Question) -> Callable[[float], Awaitable[str]]:
        place, address = self._places[source], question.address

        async def ask(wait: float) -> str:
            if question.kind == "ping":
                key = (source, probes.family(address))
                if key not in self._pings:
                    self._pings[key] = probes.Pings(place, probes.family(address))
                return await self._pings[key].ping(address, wait)
            reach = probes.tcp if question.kind == "tcp" else probes.udp
            outcome = await reach(place, address, question.port, wait)
            who, _, seen = outcome.partition(" ")
            return self._short(source, f"{who} {self._state.label(seen)}") if seen else outcome

        return ask

    def _short(self, source: str, text: str) -> str:
        """The caller's own address is ``~``: most answers read the same whoever asked."""
        return " ".join(
            "~" + word.removeprefix(source) if word.startswith(f"{source}@") else word
            for word in text.split()
        )

    def _name(self, source: str, name: str) -> Callable[[float], Awaitable[str]]:
        asked = name
        if name.startswith("id("):
            known = self._state.containers.get(name[3:-1])
            asked = known.id[:12] if known else name[3:-1]

        async def ask(wait: float) -> str:
            found = await probes.resolve(self._places[source], asked, self._files[source], wait)
            return self._short(
                source, " ".join([found[0], *sorted(map(self._state.label, found[1:]))])
            )

        return ask

    def _pointer(self, source: str, address: str) -> Callable[[float], Awaitable[str]]:
        async def ask(wait: float) -> str:
            name = probes.reverse(address)
            place = self._places[source]
            code, found = await probes.query(place, "127.0.0.11", name, "PTR", wait)
            return " ".join(sorted(found)) or code

        return ask

    def _set(self, source: str, name: str) -> Callable[[float], Awaitable[str]]:
        async def ask(wait: float) -> str:
            place = self._places[source]
            asked = [probes.query(place, "127.0.0.11", name, "A", wait) for _ in range(4)]
            answers = await asyncio.gather(*asked)
            found = {self._state.label(address) for _, all_ in answers for address in all_}
            return self._short(source, " ".join(sorted(found))) or "-"

        return ask
