"""Asking the network: `Probe` in, `Answer` out, by real packets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..kernel.prober import ask_all
from ..kernel.stack import Stack
from .probe import Answer, Probe


def probe(stack: Stack, one: Probe, paths: Mapping[str, str] | None = None) -> Answer:
    """The answer to one probe."""
    return probe_all(stack, [one], paths)[0]


def probe_all(
    stack: Stack, probes: Sequence[Probe], paths: Mapping[str, str] | None = None
) -> list[Answer]:
    """The answers to all probes, which are sent at once. `paths` are the ways into spaces without
    a name (`Survey.paths`).

    Raises `PreconditionError` where only root may send.
    """
    replies = ask_all(stack, probes, paths)
    return [
        Answer(
            probe=asked,
            code=reply.code,
            errno=reply.errno,
            by=reply.by,
            seconds=reply.seconds,
            local=reply.local,
            peer=reply.peer,
            data=reply.data,
            mtu=reply.mtu,
            connected=reply.connected,
        )
        for asked, reply in zip(probes, replies, strict=True)
    ]
