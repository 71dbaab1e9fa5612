"""In which order services start: after what they depend on, else as the file has them."""

from __future__ import annotations

import heapq
from collections.abc import Mapping

from .coerce import check_keys, flag, mapping, texts
from .draft import Draft, Service
from .keys import DEPENDS_ON
from .place import Place
from .tree import Map, Node


def read_depends_on(service: Service, draft: Draft) -> tuple[str, ...]:
    """The running services that `service` waits for."""
    found = []
    for key, at, required in _wanted(service.body.get("depends_on"), service, draft):
        missing = key not in draft.services
        if draft.is_empty(key) or (missing and not required):
            continue
        other = draft.service(key, at, f"{service.what}: depends_on")
        found += [other.key] if other else []
    return tuple(dict.fromkeys(found))


def _wanted(node: Node | None, service: Service, draft: Draft) -> list[tuple[str, Place, bool]]:
    """(service, where it is named, whether it must run) of the list or mapping."""
    what = f"{service.what}: depends_on"
    if not isinstance(node, Map):
        return [(item.text.strip(), item.at, True) for item in texts(node, what, draft.problems)]
    return [
        (key, node.places[key], _is_required(details, f"{what} {key}", draft))
        for key, details in node.entries.items()
        if not key.startswith("x-")
    ]


def _is_required(details: Node, what: str, draft: Draft) -> bool:
    body = mapping(details, what, draft.problems)
    if body is None:
        return True
    check_keys(body, DEPENDS_ON, what, draft.problems)
    written = body.get("required")
    return written is None or flag(written, f"{what}: required", draft.problems)


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
    _note_circles(stuck, needs, draft)
    return order + stuck


def _note_circles(stuck: list[str], needs: Mapping[str, tuple[str, ...]], draft: Draft) -> None:
    """Walk from each stuck service along what it needs, until one comes round again."""
    left = dict.fromkeys(stuck)
    while left:
        path = [next(iter(left))]
        while (following := next((k for k in needs[path[-1]] if k in left), None)) is not None:
            if following in path:
                _note_circle([*path[path.index(following) :], following], draft)
                break
            path.append(following)
        for key in path:
            del left[key]


def _note_circle(circle: list[str], draft: Draft) -> None:
    at = draft.services[circle[0]].body.place("depends_on")
    way = " -> ".join(circle)
    draft.problems.add(at, f"services wait for each other: {way}: remove one dependency")
