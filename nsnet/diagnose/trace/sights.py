"""What was seen of the packet, as values: passages over interfaces, visits to chains, questions
for neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...kernel.survey import Survey
from ...kernel.survey.model import Interface
from ...kernel.trace import Asking, Frame, Header, Traced, inside_vxlan, read_frame
from ...value import Value, replace
from ..walk import Packet
from .legs import REQUEST, Legs, packet

#: Interfaces whose frames come in by another one.
_CHILDREN = ("macvlan", "macvtap", "ipvlan", "vlan")
#: Hooks that a packet meets after it has come in, and before it goes out.
COMING, GOING = ("ingress", "prerouting", "input"), ("forward", "output", "postrouting")


class Passage(Value):
    """The packet at an interface: it goes out or comes in there. `port`: as a frame at a port of
    a bridge (then `master` is the bridge), not at an IP stack. `carried` is the VXLAN datagram
    that it was in, as text."""

    leg: str
    space: str
    stamp: int
    device: str
    out: bool
    packet: Packet
    master: str = ""
    carried: str = ""
    other: bool = False

    @property
    def port(self) -> bool:
        """Is it at a port of a bridge?"""
        return bool(self.master) and not self.carried


class Visit(Value):
    """The packet in a base chain, and what the rules of it and of those it jumps to say.
    `question`: not the packet, but the question for its neighbour."""

    leg: str
    space: str
    family: str
    table: str
    chain: str
    hook: str
    packet: Packet
    iif: str
    oif: str
    steps: tuple[Traced, ...]
    question: bool = False

    @property
    def dropped(self) -> bool:
        """Did it end here?"""
        return any(each.verdict == "drop" for each in self.steps)


class Question(Value):
    """Somebody asks for a neighbour (ARP, NDP) before the packet can go on; `mac` "" if nobody
    has answered."""

    space: str
    stamp: int
    device: str
    address: str
    asker: str
    mac: str = ""
    times: int = 1


class Sights:
    """Everything that was seen, in the words of a walk."""

    def __init__(self, survey: Survey, legs: Legs) -> None:
        self.survey, self.legs = survey, legs

    def passages(self, frames: Mapping[str, Iterable[Frame]]) -> list[Passage]:
        """All passages, ordered by their stamps."""
        found = [p for key, each in frames.items() for p in self._of_space(key, each)]
        # It keeps the order within a space. A frame for a macvlan has the time of its parent.
        found.sort(key=lambda passage: (passage.stamp, self._is_child(passage)))
        return self._without_bystanders(found)

    def _of_space(self, key: str, frames: Iterable[Frame]) -> Iterator[Passage]:
        devices: dict[str, Interface] | None = None
        for frame in frames:
            header, carried = _inside(frame)
            leg = self.legs.of(header) if header else ""
            if not header or not leg:
                continue
            devices = self.survey.interfaces(key) if devices is None else devices
            yield Passage(
                leg=leg,
                space=key,
                stamp=frame.stamp,
                device=frame.device,
                out=frame.outgoing,
                packet=packet(header, frame.macs),
                master=self.master(key, devices.get(frame.device)),
                carried=carried,
                other=frame.other,
            )

    def master(self, key: str, device: Interface | None) -> str:
        """The bridge that an interface is a port of."""
        above = self.survey.interface_at(key, device.master) if device and device.master else None
        return above.name if above and above.kind == "bridge" else ""

    def _without_bystanders(self, found: list[Passage]) -> list[Passage]:
        """Without the copies that a bridge sends to everyone while it does not know whose the
        address is: the others drop theirs at once."""
        gone = set()
        for passage in found:
            if not passage.other or passage.out or passage.master or passage.carried:
                continue
            device = self.survey.interfaces(passage.space).get(passage.device)
            if device is None or device.kind == "bridge" or self._has_children(device):
                continue
            gone.add((passage.leg, passage.space, passage.device))
            end = self.survey.other_end(device)
            if end is not None:
                gone.add((passage.leg, end.space, end.name))
        return [p for p in found if (p.leg, p.space, p.device) not in gone]

    def _is_child(self, passage: Passage) -> bool:
        device = self.survey.interfaces(passage.space).get(passage.device)
        return not passage.out and device is not None and device.kind in _CHILDREN

    def _has_children(self, device: Interface) -> bool:
        """Are there macvlans on it, which have MAC addresses of their own?"""
        every = (x for key in self.survey.spaces() for x in self.survey.interfaces(key).values())
        return any(
            x.kind in _CHILDREN and x.peer == device.index and x.peer_space == device.space
            for x in every
        )

    def visits(
        self, told: Mapping[str, Sequence[Traced]], wanted: set[str], meant: Packet
    ) -> list[Visit]:
        """The visits to chains on the `wanted` legs, in each space in their order. Questions for
        neighbours count as visits of the packet that was `meant` to be sent."""
        found = [v for key, each in told.items() for v in self._visits_of(key, each, meant)]
        return [each for each in found if each.leg in wanted]

    def _visits_of(self, key: str, told: Sequence[Traced], meant: Packet) -> Iterator[Visit]:
        hooks = self._hooks(key) if told else {}
        for group in _grouped(told):
            first = group[0]
            asking = not isinstance(first.header, Header)
            leg = REQUEST if not isinstance(first.header, Header) else self.legs.of(first.header)
            if not leg:
                continue
            yield Visit(
                leg=leg,
                space=key,
                family=first.family,
                table=first.table,
                chain=first.chain,
                hook=hooks.get((first.family, first.table, first.chain), ""),
                packet=packet(first.header) if isinstance(first.header, Header) else meant,
                iif=self._device(key, first.iif),
                oif=self._device(key, first.oif),
                steps=tuple(each for each in group if each.kind == "policy" or each.handle),
                question=asking,
            )

    def _device(self, key: str, index: int) -> str:
        device = self.survey.interface_at(key, index) if index else None
        return device.name if device else ""

    def _hooks(self, key: str) -> dict[tuple[str, str, str], str]:
        chains = (each["chain"] for each in self.survey.ruleset(key) if "chain" in each)
        return {_chain(each): each["hook"] for each in chains if "hook" in each}

    def questions(self, frames: Mapping[str, Iterable[Frame]], since: int) -> list[Question]:
        """Who was asked for since the packet was sent, once for each device and address."""
        found: dict[tuple[str, str, str], Question] = {}
        answers: dict[tuple[str, str], str] = {}
        for key, each in frames.items():
            for frame in each:
                asking = read_frame(frame.kind, frame.payload)
                if not isinstance(asking, Asking) or frame.stamp < since:
                    continue
                if asking.answer:
                    answers.setdefault((key, asking.address), asking.mac or frame.macs[0])
                elif frame.outgoing and not self._is_port(key, frame.device):
                    _add(found, key, frame, asking)
        return [replace(q, mac=answers.get((q.space, q.address), "")) for q in found.values()]

    def _is_port(self, key: str, name: str) -> bool:
        return bool(self.master(key, self.survey.interfaces(key).get(name)))


def _inside(frame: Frame) -> tuple[Header | None, str]:
    """The IP packet in a frame, and what carries it if that is a VXLAN."""
    found = read_frame(frame.kind, frame.payload)
    if not isinstance(found, Header):
        return None, ""
    inner = inside_vxlan(frame.kind, frame.payload)
    if inner is None:
        return found, ""
    header = read_frame(*inner)
    return (header, f"{found.src} → {found.dst}") if isinstance(header, Header) else (None, "")


def _grouped(told: Iterable[Traced]) -> Iterator[list[Traced]]:
    """Events of one base chain together: its first one shows the header."""
    group: list[Traced] = []
    for each in told:
        if each.header is not None:
            if group:
                yield group
            group = []
        if each.header is not None or group:
            group.append(each)
    if group:
        yield group


def _chain(body: Mapping[str, Any]) -> tuple[str, str, str]:
    return body["family"], body["table"], body["name"]


def _add(
    found: dict[tuple[str, str, str], Question], key: str, frame: Frame, asking: Asking
) -> None:
    place = (key, frame.device, asking.address)
    known = found.get(place)
    if known is None:
        found[place] = Question(key, frame.stamp, frame.device, asking.address, asking.asker)
    else:
        found[place] = replace(known, times=known.times + 1)
