"""`Survey`: the network stacks of a machine, read on the first question and kept."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from ...value import replace
from .. import netns, sysctl
from ..netlink import Channel
from ..nft import Nft
from ..stack import Stack
from . import interfaces, listeners, routing, spaces
from .model import (
    TRACE_TABLES,
    FdbEntry,
    IfAddress,
    Interface,
    Listener,
    Neighbour,
    PolicyRule,
    Route,
    Space,
)

T = TypeVar("T")


class Survey:
    """A picture of one moment: for a fresh look, make another one. It costs only what is asked.

    Namespaces go by the `key` of their `Space`. One that has ended meanwhile has nothing in it.
    The `stack` is the host that the names are seen from; its thread is the only one that may ask.
    """

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._spaces: dict[str, Space] | None = None
        self._kept: dict[tuple[Any, ...], Any] = {}

    def spaces(self) -> dict[str, Space]:
        """Every namespace by its key: the host first, then named ones, then those that only
        processes hold."""
        if self._spaces is None:
            self._stack.enter("")
            self._spaces = spaces.find()
        return self._spaces

    def paths(self) -> dict[str, str]:
        """The file that stands for each namespace, by its key: how the prober finds its way."""
        return {each.key: each.path for each in self.spaces().values()}

    def inode_at(self, path: str) -> int:
        """The identity of the namespace that a file stands for; 0 if it stands for none."""
        return netns.inode_at(path)

    def forget(self) -> None:
        """Look afresh from now on."""
        self._spaces = None
        self._kept.clear()

    @contextmanager
    def inside(self, key: str) -> Iterator[None]:
        """Be in a namespace, with this thread. Raises OSError if it has ended."""
        space = self.spaces()[key]
        if not space.key.startswith("pid:"):
            self._stack.enter(key)
            yield
            return
        self._stack.enter("")
        netns.enter_at(space.path)
        try:
            yield
        finally:
            netns.enter(self._stack.netns_fd(""))

    def interfaces(self, key: str) -> dict[str, Interface]:
        """The interfaces of a namespace by their names, in the order of their numbers."""
        return self._keep("interfaces", key, lambda: self._interfaces(key), {})

    def interface_at(self, key: str, index: int) -> Interface | None:
        """The interface with a number."""
        return self._by_index(key).get(index)

    def other_end(self, interface: Interface) -> Interface | None:
        """The other end of a cable, or the parent of a macvlan, ipvlan or vlan; None if there is
        none, or it is where the survey cannot look."""
        if not interface.peer or interface.peer_space is None:
            return None
        return self.interface_at(interface.peer_space, interface.peer)

    def addresses(self, key: str) -> tuple[IfAddress, ...]:
        """Every address of a namespace."""
        return self._dump("addresses", key, lambda c: routing.addresses(c, self._namer(key)))

    def routes(self, key: str) -> tuple[Route, ...]:
        """Every route of every table of a namespace."""
        return self._dump("routes", key, lambda c: routing.routes(c, self._namer(key)))

    def policy(self, key: str) -> tuple[PolicyRule, ...]:
        """The rules that choose the table, in the order in which they are asked."""
        return self._dump("policy", key, routing.policy)

    def neighbours(self, key: str) -> tuple[Neighbour, ...]:
        """The neighbour tables (ARP, NDP) of a namespace."""
        return self._dump("neighbours", key, lambda c: routing.neighbours(c, self._namer(key)))

    def fdb(self, key: str) -> tuple[FdbEntry, ...]:
        """The forwarding databases of a namespace's bridges and VXLANs."""
        return self._dump("fdb", key, lambda c: routing.fdb(c, self._namer(key)))

    def listeners(self, key: str) -> tuple[Listener, ...]:
        """The sockets of a namespace that take calls."""
        return self._keep("listeners", key, lambda: self._inside(key, listeners.read), ())

    def sysctl(self, key: str, name: str) -> str | None:
        """A kernel setting of a namespace, by its name in sysctl(8); None if there is none."""
        return self._keep(f"sysctl {name}", key, lambda: self._sysctl(key, name), None)

    def ruleset(self, key: str) -> list[dict[str, Any]]:
        """The nftables objects of a namespace, as libnftables-json(5) shows them; none without
        the right to look."""
        return self._keep("ruleset", key, lambda: self._ruleset(key), [])

    def owner(self, address: str, key: str = "") -> list[tuple[str, IfAddress]]:
        """Who has an address: (space, address) pairs, those of the space `key` first."""
        order = [key, *(each for each in self.spaces() if each != key)]
        return [(each, a) for each in order for a in self.addresses(each) if a.ip == address]

    def _keep(self, what: str, key: str, read: Callable[[], T], nothing: T) -> T:
        """The answer to a question, from memory if it was asked before."""
        if (what, key) not in self._kept:
            try:
                self._kept[what, key] = read()
            except (OSError, KeyError):  # It has ended, or may not be looked at.
                self._kept[what, key] = nothing
        answer: T = self._kept[what, key]
        return answer

    def _dump(self, what: str, key: str, read: Callable[[Channel], Iterator[T]]) -> tuple[T, ...]:
        def all_of_it() -> tuple[T, ...]:
            with self._channel(key) as channel:
                return tuple(read(channel))

        return self._keep(what, key, all_of_it, ())

    @contextmanager
    def _channel(self, key: str) -> Iterator[Channel]:
        """An rtnetlink socket of a namespace; those of named ones stay open."""
        if not key.startswith("pid:"):
            yield self._stack.channel(key)
            return
        with self.inside(key):
            channel = Channel()
        try:
            yield channel
        finally:
            channel.close()

    def _inside(self, key: str, read: Callable[[], Iterator[T]]) -> tuple[T, ...]:
        with self.inside(key):
            return tuple(read())

    def _sysctl(self, key: str, name: str) -> str | None:
        with self.inside(key):
            return sysctl.read(name)

    def _ruleset(self, key: str) -> list[dict[str, Any]]:
        if key.startswith("pid:"):
            with self.inside(key):
                found = Nft().ruleset()
        else:
            found = self._stack.nft(key).ruleset()
        return [item for item in found if not _is_passing(*item.values())]

    def _by_index(self, key: str) -> dict[int, Interface]:
        def numbered() -> dict[int, Interface]:
            return {each.index: each for each in self.interfaces(key).values()}

        return self._keep("by index", key, numbered, {})

    def _namer(self, key: str) -> Callable[[int], str]:
        known = self._by_index(key)
        return lambda index: known[index].name if index in known else f"if{index}"

    def _interfaces(self, key: str) -> dict[str, Interface]:
        with self._channel(key) as channel:
            found = list(interfaces.read(channel, key))
            there = self._elsewhere(key, channel, {n for _, n in found if n is not None})
        placed = [_in_space(each, there.get(n)) if n is not None else each for each, n in found]
        return {each.name: each for each in sorted(placed, key=lambda one: one.index)}

    def _elsewhere(self, key: str, channel: Channel, numbers: set[int]) -> dict[int, str]:
        """The spaces that go by these numbers in the namespace `key`."""
        found: dict[int, str] = {}
        for other in self.spaces():  # The host is the first, and most cables end there.
            if other == key:
                continue
            if len(found) == len(numbers):
                break
            with suppress(OSError), self._descriptor(other) as fd:
                number = spaces.number_of(channel, fd)
                if number in numbers:
                    found[number] = other
        return found

    @contextmanager
    def _descriptor(self, key: str) -> Iterator[int]:
        space = self.spaces()[key]
        if not space.key.startswith("pid:"):
            yield self._stack.netns_fd(key)
            return
        fd = os.open(space.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield fd
        finally:
            os.close(fd)


def _is_passing(body: dict[str, Any]) -> bool:
    """Is it a mark of somebody's trace, which decides nothing and is about to go?"""
    return str(body.get("table", body.get("name", ""))).startswith(TRACE_TABLES)


def _in_space(interface: Interface, space: str | None) -> Interface:
    return replace(interface, peer_space=space)
