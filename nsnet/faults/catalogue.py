"""Everything that can be broken, by the id of its diagnosis."""

from __future__ import annotations

from ..kernel.errors import NotFound
from . import filters, programs, translation, tunnels, ways, wires
from .kind import Kind

KINDS: dict[str, Kind] = {
    kind.id: kind
    for module in (wires, ways, filters, translation, programs, tunnels)
    for kind in module.KINDS
}


def kind(text: str) -> Kind:
    """The kind with an id, in whatever letters; its part behind the dot is enough. Raises
    `NotFound`."""
    wanted = text.upper()
    found = [k for k in KINDS.values() if wanted in (k.id, k.id.partition(".")[2])]
    if len(found) == 1:
        return found[0]
    part = wanted.partition(".")[0]
    close = [name for name in KINDS if name.startswith(part)] or [n for n in KINDS if part in n]
    hint = f"did you mean {', '.join(close[:6])}?" if close else ""
    raise NotFound(f"there is no fault {text}", hint, "nsnet fault kinds")
