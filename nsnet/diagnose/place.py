"""Places: who sends, and where to, in the words of the user."""

from __future__ import annotations

from collections.abc import Mapping

from ..kernel.survey.model import HOST
from ..value import Value, field

__all__ = ["HOST", "Place", "Target"]


class Place(Value):
    """A network stack that something can be sent from or to.

    `label` is what the user calls it (a container's name, ``host``, ``outside``), `space` its key
    in the survey: containers of mode host have that of the host, of mode container that of
    another. `networks` are the addresses that nsnet gave, by the name of the network; `ports` the
    ports that are published for it, as ``8080:80/tcp`` texts. `made` says that nsnet made it.
    """

    label: str
    space: str
    mode: str = ""
    made: bool = False
    networks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ports: tuple[str, ...] = ()


class Target(Value):
    """Where a packet is to go. `address` is what is sent to, `port` 0 where none was given.

    `place` is whose address it is, None where no stack that we see has it. `name` is the
    name that the sender would have to look up (``web`` in ``http://web:80/``), "" where the user
    gave an address or a mere place. `path` is that of a URL, and `scheme` its first part.
    """

    text: str
    address: str
    port: int = 0
    place: Place | None = None
    name: str = ""
    scheme: str = ""
    path: str = "/"
