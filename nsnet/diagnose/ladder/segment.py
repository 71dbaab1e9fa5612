"""Everything that a frame from one interface could reach without a router: cables, bridges,
macvlans, VXLANs. As things are plugged together, whether they are up or not."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from .routing import way

Trail = tuple[Interface, ...]
_CHILDREN = ("macvlan", "macvtap", "ipvlan")


class Segment:
    """The segment that `start` is on. `ends` are the interfaces whose network stacks would get a
    frame, each with the interfaces that it passes on its way there, from `start` on; `tunnels`
    the VXLANs that it comes to."""

    def __init__(self, survey: Survey, start: Interface) -> None:
        self.survey, self.start = survey, start
        self.tunnels: list[Interface] = []
        self.ends: dict[tuple[str, int], Trail] = {}
        self._seen: set[tuple[str, str, int]] = set()
        self._parents: dict[tuple[str, int], list[Interface]] | None = None
        self._queue: deque[tuple[str, Trail]] = deque([("sent", (start,))])
        while self._queue:
            kind, trail = self._queue.popleft()
            mark = (kind, trail[-1].space, trail[-1].index)
            if mark not in self._seen:
                self._seen.add(mark)
                self._sent(trail) if kind == "sent" else self._got(trail)
        self.ends.pop((start.space, start.index), None)

    def holders(self, address: str) -> list[Trail]:
        """The trails to the interfaces on the segment that have an address. A machine answers
        for any of its addresses by any of its interfaces (arp_ignore is 0), those at the very
        interface come first."""
        found = []
        for (space, _), trail in self.ends.items():
            for each in self.survey.addresses(space):
                if each.ip == address and (each.device == trail[-1].name or each.device != "lo"):
                    found.append((each.device != trail[-1].name, len(trail), trail))
                    break
        ordered = [trail for _, _, trail in sorted(found, key=lambda one: one[:2])]
        return ordered or [trail for trail in self.ends.values() if self._stands_in(trail, address)]

    def _stands_in(self, trail: Trail, address: str) -> bool:
        """Does a router answer for an address that it knows a way to (proxy_arp, arp(7))?"""
        end = trail[-1]
        if ":" in address:
            return False
        names = (f"net.ipv4.conf.{each}.proxy_arp" for each in ("all", end.name))
        if all(self.survey.sysctl(end.space, name) != "1" for name in names):
            return False
        there = way(self.survey, end.space, address, iif=end.name)
        return there.kind == "out" and there.device != end.name

    def bridges(self) -> list[Interface]:
        """The bridges on the segment."""
        return [trail[-1] for trail in self.ends.values() if trail[-1].kind == "bridge"]

    def _sent(self, trail: Trail) -> None:
        """A frame is sent by the last interface of the trail."""
        here = trail[-1]
        if here.kind == "bridge":
            for port in self._ports(here):
                self._queue.append(("sent", (*trail, port)))
        elif here.kind in _CHILDREN:
            parent = self.survey.other_end(here)
            if parent:
                self._queue.append(("sent", (*trail, parent)))
                for child in self._children(parent):
                    self._queue.append(("got", (*trail, child)))
        elif here.kind == "vxlan":
            self.tunnels.append(here)
            for far in self._tunnel(here):
                self._queue.append(("got", (*trail, far)))
        elif here.kind == "veth":
            peer = self.survey.other_end(here)
            if peer:
                self._queue.append(("got", (*trail, peer)))

    def _got(self, trail: Trail) -> None:
        """A frame comes in by the last interface of the trail."""
        here = trail[-1]
        if not here.master:
            self.ends.setdefault((here.space, here.index), trail)
            for child in self._children(here):
                self._queue.append(("got", (*trail, child)))
            return
        bridge = self.survey.interface_at(here.space, here.master)
        if bridge and ("through", bridge.space, bridge.index) not in self._seen:
            self._seen.add(("through", bridge.space, bridge.index))
            self.ends.setdefault((bridge.space, bridge.index), (*trail, bridge))
            for port in self._ports(bridge):
                if port.index != here.index:
                    self._queue.append(("sent", (*trail, bridge, port)))

    def _ports(self, bridge: Interface) -> Iterator[Interface]:
        for each in self.survey.interfaces(bridge.space).values():
            if each.master == bridge.index:
                yield each

    def _children(self, parent: Interface) -> Iterator[Interface]:
        if self._parents is None:
            self._parents = {}
            for key in self.survey.spaces():
                for each in self.survey.interfaces(key).values():
                    if each.kind in _CHILDREN and each.peer_space is not None:
                        known = self._parents.setdefault((each.peer_space, each.peer), [])
                        known.append(each)
        yield from self._parents.get((parent.space, parent.index), ())

    def _tunnel(self, vxlan: Interface) -> Iterator[Interface]:
        """The far ends of a tunnel that take its frames: same network number, same port."""
        for remote in remotes(self.survey, vxlan):
            for far in far_ends(self.survey, vxlan, remote):
                same = ("id", "port")
                if all(far.options.get(x) == vxlan.options.get(x) for x in same):
                    yield far


def remotes(survey: Survey, vxlan: Interface) -> list[str]:
    """The addresses that a VXLAN has been told to send frames to. What it has only learned from
    frames that came in is soon forgotten, and no use for a broadcast."""
    found = [str(vxlan.options["remote"])] if vxlan.options.get("remote") else []
    found += [
        e.remote for e in survey.fdb(vxlan.space) if e.device == vxlan.name and e.remote and e.state
    ]
    return list(dict.fromkeys(found))


def far_ends(survey: Survey, vxlan: Interface, remote: str) -> list[Interface]:
    """The VXLANs in the namespace that has the address `remote`, whatever their numbers."""
    if way(survey, vxlan.space, remote).kind == "local":
        return []
    return [
        each
        for key, _ in survey.owner(remote)
        if key != vxlan.space
        for each in survey.interfaces(key).values()
        if each.kind == "vxlan"
    ]
