"""Looking up what is up on this host, by the names that users type. Takes no lock."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .guess import meant

if TYPE_CHECKING:
    from ..topology.model import Container


def require_container(name: str) -> str:
    """The name of the container called `name`, or of the only one of the service `name`.
    Raises `NotFound`, with what was meant; `UsageError` where it could be several.
    """
    from ..looking.state import state

    records = state().records.values()
    known = [c for record in records for c in record.layout.topology.containers]
    found = [each for each in known if each.name == name]
    found = found or [each for each in known if each.service == name]
    if not found:
        raise _unknown(name, known)
    if len(found) > 1:
        import click

        names = ", ".join(each.name for each in found)
        raise click.UsageError(f"service {name} has several containers: name one of {names}")
    return found[0].name


def _unknown(name: str, known: list[Container]) -> Exception:
    from ..kernel.errors import NotFound

    names = [each.name for each in known]
    names += [each.service for each in known]
    if not names:
        return NotFound(f"there is no container {name}", "nothing is up on this host")
    return NotFound(f"there is no container {name}", meant(name, names) or "`nsnet ps` lists all")


def no_topology(name: str, known: Iterable[str]) -> Exception:
    """`NotFound` for a topology, with what may have been meant."""
    from ..kernel.errors import NotFound

    hint = meant(name, known) or f"up are: {', '.join(known) or 'none'}"
    return NotFound(f"no topology {name} is up on this host", hint)
