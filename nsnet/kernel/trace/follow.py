"""Sending one packet while everything that it passes is watched."""

from __future__ import annotations

import select
import time
from collections.abc import Mapping, Sequence

from ...value import Value
from ..errors import PreconditionError
from ..survey import Survey
from .events import Traced
from .flow import Flow
from .sending import Order, Outcome, Sending
from .tap import Frame
from .watch import Counts, Watch

#: Seconds that are waited for stragglers after the answer; and, where a rule has dropped the
#: packet, for somebody to say so (a rule with `reject` sends its answer before it drops).
_GRACE, _GRACE_OF_DROPPED = 0.002, 0.03
#: The kernel repeats a call after a second (RFC 6298); what comes from then on is another packet.
AGAIN = 0.9


class Followed(Value):
    """What was seen of one packet: of each space its frames, what netfilter told, and the counters
    of the rules before and after. `frames` and `traced` end where the kernel repeats a call;
    `late` is what netfilter told after that."""

    order: Order
    flow: Flow
    outcome: Outcome
    frames: Mapping[str, Sequence[Frame]]
    traced: Mapping[str, Sequence[Traced]]
    late: Mapping[str, Sequence[Traced]]
    before: Mapping[str, Counts]
    after: Mapping[str, Counts]
    overrun: bool = False


def follow(
    survey: Survey, keys: Sequence[str], order: Order, tunnels: tuple[int, ...] = ()
) -> Followed:
    """Send `order` and watch it in the namespaces `keys` of the survey. `tunnels` are the UDP
    ports of VXLANs. It is sent once more if the kernel was late to note times.

    Raises `PreconditionError` without the right to send or to look, OSError if the sender's
    namespace has ended.
    """
    found, timed = _once(survey, keys, order, tunnels)
    return found if timed else _once(survey, keys, order, tunnels)[0]


def _once(
    survey: Survey, keys: Sequence[str], order: Order, tunnels: tuple[int, ...]
) -> tuple[Followed, bool]:
    """One packet; and whether the times of its frames are right."""
    with survey.inside(order.space):
        try:
            sending = Sending(order)
        except PermissionError:
            raise PreconditionError(
                f"cannot send a packet from {order.space or 'host'}",
                "only root may: run it as `sudo nsnet …`, or in a sandbox (`--sandbox`)",
            ) from None
    try:
        watch = Watch(survey, keys, sending.flow(tunnels))
        try:
            return _followed(survey, sending, watch, tunnels), watch.timed
        finally:
            watch.close()
    finally:
        sending.close()


def _followed(survey: Survey, sending: Sending, watch: Watch, tunnels: tuple[int, ...]) -> Followed:
    with survey.inside(sending.order.space):  # Names of interfaces (fe80::1%eth0) belong there.
        sending.send()
    first = _wait(sending, watch)
    watch.read()
    watch.count()
    assert sending.outcome is not None
    return Followed(
        order=sending.order,
        flow=sending.flow(tunnels),
        outcome=sending.outcome,
        frames=watch.frames,
        traced={key: told[: first.get(key)] for key, told in watch.traced.items()},
        late={key: told[first[key] :] for key, told in watch.traced.items() if key in first},
        before=watch.before,
        after=watch.after,
        overrun=watch.overrun,
    )


def _wait(sending: Sending, watch: Watch) -> dict[str, int]:
    """Wait for the answer, or until it is clear that there will be none. Returns how much
    netfilter had told of each space before the kernel repeated the call, if it did."""
    begun = time.monotonic()
    limit = begun + sending.order.timeout
    first: dict[str, int] = {}
    poll = select.poll()
    heard = {each.fileno(): key for key, each in watch.events.items()}
    for number in heard:
        poll.register(number, select.POLLIN)
    while sending.outcome is None:
        now = time.monotonic()
        if now >= limit:
            sending.give_up()
            return first
        if not first and now - begun >= AGAIN:
            watch.read()
            first = {key: len(told) for key, told in watch.traced.items()}
        poll.register(sending.socket.fileno(), sending.events)
        step = limit if first else min(limit, begun + AGAIN)
        for number, _ in poll.poll(max(step - now, 0) * 1000 + 1):
            if number not in heard:
                sending.ready()
            elif any(_ends(each) for each in watch.hear(heard[number])):
                limit = min(limit, time.monotonic() + _GRACE_OF_DROPPED)
    time.sleep(_GRACE)
    return first


def _ends(told: Traced) -> bool:
    return told.verdict == "drop"
