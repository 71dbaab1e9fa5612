"""``docker events``: one line for each, or the fields of the API's event message."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ...engine.journal import Event
from ..template.values import Struct, Texts
from .columns import matches
from .filters import has_label
from .times import stamp


class Message(Struct):
    """An event as a template sees it."""

    kind = "*events.Message"


def line(event: Event) -> str:
    """``TIME KIND ACTION ID (key=value, …)``."""
    pairs = ", ".join(f"{key}={value}" for key, value in sorted(event.attributes.items()))
    return f"{stamp(event.time)} {event.kind} {event.action} {event.id} ({pairs})"


def message(event: Event) -> Message:
    """An event with the names that Docker's templates have for its fields."""
    container = event.kind == "container"
    return Message(
        Status=event.action if container else "",
        ID=event.id if container else "",
        From=event.attributes.get("image", "") if container else "",
        Type=event.kind,
        Action=event.action,
        Actor=Struct(ID=event.id, Attributes=Texts(event.attributes)),
        Scope="local",
        Time=int(event.time),
        TimeNano=int(event.time * 1e6) * 1000,
    )


def as_json(event: Event) -> Struct:
    """An event as the API sends it; ``{{json .}}`` prints this."""
    said = message(event)
    names = {"Status": "status", "ID": "id", "From": "from"}
    found = {new: said[old] for old, new in names.items() if said[old]}
    found |= {key: said[key] for key in ("Type", "Action", "Actor")}
    return Struct({**found, "scope": "local", "time": said["Time"], "timeNano": said["TimeNano"]})


def wanted(filters: Iterable[tuple[str, str]]) -> Callable[[Event], bool]:
    """Is an event one of those that are asked for? One value of each key is enough; filters of
    other keys are passed over, as by Docker."""
    groups: dict[str, list[str]] = {}
    for key, value in filters:
        groups.setdefault(key, []).append(value)

    def test(event: Event) -> bool:
        return all(
            any(_FILTERS[key](event, value) for value in values)
            for key, values in groups.items()
            if key in _FILTERS
        )

    return test


def _of(kind: str) -> Callable[[Event, str], bool]:
    def test(event: Event, value: str) -> bool:
        name = event.attributes.get("name", "")
        return event.kind == kind and (name == value or event.id.startswith(value))

    return test


_FILTERS: dict[str, Callable[[Event, str], bool]] = {
    "type": lambda event, value: event.kind == value,
    "event": lambda event, value: event.action == value,
    "container": _of("container"),
    "network": _of("network"),
    "label": lambda event, value: has_label(event.attributes.items(), value),
    "scope": lambda event, value: value == "local",
    "image": lambda event, value: matches(value, event.attributes.get("image", "")),
}
