"""Sending one packet, and making a `Walk` of what was seen."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from ...kernel.errors import KernelError
from ...kernel.stack import Stack
from ...kernel.survey import Survey
from ...kernel.trace import AGAIN, Followed, Header, Order, follow, read_frame
from ...value import Value, replace
from ..place import Place, Target
from ..places import Places
from ..said import Said, said
from ..walk import Packet, Walk
from . import ending
from .autopsy import Autopsy
from .book import Book
from .legs import ERROR, REPLY, REQUEST, Legs
from .order import in_order
from .sights import Passage, Sights
from .story import Story
from .watched import tunnels, watched


class Trace(Value):
    """A walk, and all that it was made from (`nsnet trace --pcap` writes the frames)."""

    walk: Walk
    followed: Followed


def trace(
    stack: Stack, places: Places, source: Place, target: Target, protocol: str, timeout: float = 1.0
) -> Trace:
    """Send a packet from `source` to `target` and tell its walk. `protocol` is ``tcp``, ``udp``,
    ``icmp`` or ``http``; `timeout` in seconds.

    Raises `PreconditionError` where only root may, `KernelError` if the target has no address
    (`NotFound`: its name is not known) or the sender's namespace has ended.
    """
    survey = places.survey
    if not target.address and target.name:
        from .lookup import address_of

        found = address_of(stack, survey, source, target.name, timeout)
        target = replace(target, address=found)
    if not target.address:
        raise KernelError(f"cannot send to {target.text}", "it has no address")
    keys = watched(survey, source, target)
    order = Order(
        source.space,
        {"http": "tcp"}.get(protocol, protocol),
        target.address,
        target.port,
        data=_data(source, target, protocol),
        timeout=timeout,
    )
    try:
        followed = follow(survey, keys, order, tunnels(survey, keys))
    except OSError as error:
        why = os.strerror(error.errno or errno.EIO)
        raise KernelError(f"cannot send a packet from {source.label}", why) from error
    return Trace(_walk(Survey(stack), places, source, target, protocol, followed), followed)


def _data(source: Place, target: Target, protocol: str) -> bytes:
    if protocol == "http":
        host = target.name or target.address
        host = f"[{host}]" if ":" in host else host
        lines = (f"GET {target.path} HTTP/1.1", f"Host: {host}:{target.port}", "Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()
    if protocol == "udp" and target.port == 53:
        from ..reach.dns import query

        return query(target.name or source.label, 1)
    return b""


def _walk(
    survey: Survey,
    places: Places,
    source: Place,
    target: Target,
    protocol: str,
    followed: Followed,
) -> Walk:
    """The story of what was seen. `survey` is a fresh one: the packet may have changed things."""
    outcome = followed.outcome
    legs = _legs(followed)
    sights = Sights(survey, legs)
    passages = _first_try(sights.passages(followed.frames))
    wanted = {REQUEST, *(each.leg for each in passages)}
    meant = _as_sent(followed)
    visits = sights.visits(followed.traced, wanted, meant)
    visits += [each for each in sights.visits(followed.late, wanted, meant) if each.leg != REQUEST]
    books = {
        key: Book(survey, key, followed.before.get(key, {}), followed.after.get(key, {}))
        for key in dict.fromkeys(each.space for each in visits)
    }
    story = Story(survey, lambda key: places.of_space(key).label, books, outcome.at)
    seen = in_order(passages, [each for each in visits if not each.question])
    if not any(each.leg == REQUEST for each in seen):
        story.unseen(source.space, meant)
    story.tell(seen, sights.questions(followed.frames, outcome.at))
    story.refused(visits)
    _end(story, survey, source, followed)
    plain = "icmp" if protocol == "icmp" else protocol
    return Walk(
        source=source,
        target=target,
        events=tuple(story.events),
        outcome=ending.kind(outcome),
        answer=ending.answer(outcome, plain),
        traced=True,
        notes=tuple(_notes(followed, protocol, story.hidden)),
    )


def _legs(followed: Followed) -> Legs:
    every = (t.header for each in followed.traced.values() for t in each)
    told = [header for header in every if isinstance(header, Header)]
    return Legs(followed.flow, [*_headers(followed), *told])


def _headers(followed: Followed) -> Iterator[Header]:
    """Of all frames, the sender's first."""
    first = followed.order.space
    for key in sorted(followed.frames, key=lambda key: key != first):
        for frame in followed.frames[key]:
            found = read_frame(frame.kind, frame.payload)
            if isinstance(found, Header):
                yield found


def _first_try(passages: list[Passage]) -> list[Passage]:
    """Without what the kernel repeats after a second."""
    begun: dict[tuple[object, ...], int] = {}
    kept = []
    for each in passages:
        place = (each.leg, each.space, each.device, each.out, each.packet.header)
        if each.stamp - begun.setdefault(place, each.stamp) < AGAIN * 1e9:
            kept.append(each)
    return kept


def _end(story: Story, survey: Survey, source: Place, followed: Followed) -> None:
    """The last event: somebody gets it, or it is lost."""
    outcome = followed.outcome
    leg = next(each for each in (REPLY, ERROR, REQUEST) if each in story.last)
    if leg != REQUEST and outcome.code != "timeout":
        story.delivered(leg)
        return
    autopsy = Autopsy(survey)
    events = [each for each in story.events if each.leg == leg]
    last = events[-1]
    if not outcome.sent and last.verdict not in ("drop", "reject"):
        text, reason = autopsy.unsent(source, followed.order, outcome)
    elif autopsy.got_by_program(last):
        story.delivered(leg)
        return
    else:
        text, reason = autopsy.reason(events, story.unanswered, story.events[0].packet)
    story.events.append(replace(last, kind="drop", text=text, reason=reason, rule=None, verdict=""))


def _as_sent(followed: Followed) -> Packet:
    """What nobody has seen, as it was meant to be."""
    order, flow = followed.order, followed.flow
    address = followed.outcome.local[0]
    return Packet(
        order.protocol,
        address if address not in ("0.0.0.0", "::") else "",
        order.address,
        0 if flow.echo else flow.port,
        order.port,
        {"tcp": "S", "icmp": "echo-request"}.get(order.protocol, ""),
        flow.port if flow.echo else 0,
    )


def _notes(followed: Followed, protocol: str, hidden: bool) -> Iterator[Said]:
    if followed.overrun:
        yield said("netfilter told more than there was room for: some rules may be missing")
    if hidden:
        yield said(
            "for a part of its way it was not seen: address translation has changed its port"
        )
    if protocol == "http" and followed.outcome.code == "answered":
        first = followed.outcome.data.split(b"\r\n", 1)[0].decode(errors="replace")
        yield said(
            "the page was fetched over the connection that this packet opened: {first}",
            first=first[:80],
        )
