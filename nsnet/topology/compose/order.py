"""In which order services start: after what they depend on, else as the file has them."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

from .coerce import check_keys, flag
from .draft import Draft, Service
from .keys import DEPENDS_ON
from .place import Place
from .tree import Items, Map, Node, Scalar


def read_depends_on(service: Service, draft: Draft) -> tuple[str, ...]:
    """The running services that `service` waits for."""
    node = service.body.get("depends_on")
    found = []
    for key, at, required in _wanted(node, service, draft):
        known = key in draft.services or key in draft.asleep
        if required or (known and key not in draft.asleep):
            other = draft.service(key, at, f"{service.what}: depends_on")
            found += [other.key] if other else []
    return tuple(dict.fromkeys(found))


def _wanted(node: Node | None, service: Service, draft: Draft) -> list[tuple[str, Place, bool]]:
    if isinstance(node, Items):
        return [(i.text.strip(), i.at, True) for i in node.items if isinstance(i, Scalar)]
    if not isinstance(node, Map):
        return []
    found = []
    for key, details in node.entries.items():
        required = True
        if isinstance(details, Map):
            what = f"{service.what}: depends_on {key}"
            check_keys(details, DEPENDS_ON, what, draft.problems)
            written = details.get("required")
            required = written is None or flag(written, f"{what}: required", draft.problems)
        found.append((key, node.places[key], required))
    return found


def start_order(needs: Mapping[str, tuple[str, ...]], draft: Draft) -> list[str]:
    """The services of `needs` (service → those it needs), each after what it needs.

    A circle is noted as a problem; its services then stand at the end.
    """
    position = {key: i for i, key in enumerate(needs)}
    keys = list(needs)
    waiting = {key: len(set(wanted)) for key, wanted in needs.items()}
    needed_by: dict[str, list[str]] = {key: [] for key in needs}
    for key, wanted in needs.items():
        for other in set(wanted):
            needed_by[other].append(key)
    ready = [position[key] for key, count in waiting.items() if count == 0]
    order: list[str] = []
    while ready:
        key = keys[heapq.heappop(ready)]
        order.append(key)
        for other in needed_by[key]:
            waiting[other] -= 1
            if waiting[other] == 0:
                heapq.heappush(ready, position[other])
    stuck = [key for key in needs if waiting[key] > 0]
    if stuck:
        _note_circle(stuck, needs, draft)
    return order + stuck


def _note_circle(stuck: list[str], needs: Mapping[str, tuple[str, ...]], draft: Draft) -> None:
    """Walk along what is stuck until a service comes round again."""
    left = set(stuck)
    path = [stuck[0]]
    while (following := next(key for key in needs[path[-1]] if key in left)) not in path:
        path.append(following)
    circle = [*path[path.index(following) :], following]
    service = draft.services[circle[0]]
    text = f"services wait for each other: {' -> '.join(circle)}: remove one dependency"
    draft.problems.add(service.body.place("depends_on"), text)
