"""One order for two kinds of sights: frames have times, what netfilter tells has none.

Within a namespace a visit to a chain lies between two passages: hooks such as prerouting come
after the packet has come in, hooks such as postrouting before it goes out. The header that
netfilter saw, and the interfaces that it names, tell which passages these are.
"""

from __future__ import annotations

from collections.abc import Sequence

from .sights import COMING, Passage, Visit

Sight = Passage | Visit


def in_order(passages: Sequence[Passage], visits: Sequence[Visit]) -> list[Sight]:
    """All sights as one story: `passages` by their times, the `visits` where they belong."""
    before: dict[int, list[Visit]] = {}
    after: dict[int, list[Visit]] = {}
    alone: list[Visit] = []
    for leg, space in dict.fromkeys((each.leg, each.space) for each in visits):
        told = [each for each in visits if (each.leg, each.space) == (leg, space)]
        at = [i for i, p in enumerate(passages) if (p.leg, p.space) == (leg, space)]
        own = [passages[i] for i in at]
        if not own:
            alone += told
            continue
        for gap, visit in _placed(own, told):
            if gap:
                after.setdefault(at[gap - 1], []).append(visit)
            else:
                before.setdefault(at[0], []).append(visit)
    return _joined(passages, before, after, alone)


def _joined(
    passages: Sequence[Passage],
    before: dict[int, list[Visit]],
    after: dict[int, list[Visit]],
    alone: Sequence[Visit],
) -> list[Sight]:
    """`alone` are visits of a leg in a space where no interface saw it: a request that died in the
    sender's own hooks comes first, an answer that died there after all else."""
    story: list[Sight] = [each for each in alone if each.leg == "request"]
    for index, passage in enumerate(passages):
        story += [*before.get(index, ()), passage, *after.get(index, ())]
    return [*story, *(each for each in alone if each.leg != "request")]


def _placed(own: Sequence[Passage], visits: Sequence[Visit]) -> list[tuple[int, Visit]]:
    """Each visit with the number of passages before it; these only grow."""
    gap = 0
    found = []
    for visit in visits:
        gap = _coming(own, visit, gap) if visit.hook in COMING else _going(own, visit, gap)
        found.append((gap, visit))
    return found


def _coming(own: Sequence[Passage], visit: Visit, least: int) -> int:
    """After it has come in: best by the interface that netfilter names and with the header that
    it saw. (Where bridged packets are shown to the IP hooks, br_netfilter, the header may have
    changed before the bridge itself sees the packet.)"""
    gaps = [gap for gap in range(max(least, 1), len(own) + 1) if not own[gap - 1].out]
    same = [gap for gap in gaps if own[gap - 1].packet.header == visit.packet.header]
    named = [gap for gap in same if own[gap - 1].device == visit.iif]
    return next(iter([*named, *same, *gaps]), least)


def _going(own: Sequence[Passage], visit: Visit, least: int) -> int:
    """Before it goes out by the interface that netfilter names, or by any; if it never does, after
    all that was seen."""
    if visit.dropped:
        return len(own)
    gaps = [gap for gap in range(least, len(own)) if own[gap].out]
    named = [gap for gap in gaps if own[gap].device == visit.oif]
    return next(iter([*named, *gaps]), len(own))
