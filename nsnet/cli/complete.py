"""Completion of words that depend on the moment: demos, topologies, containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from ..engine.state import State


def demos_and_files(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Built-in topologies with their titles; then whatever files there are."""
    from .. import demos

    items = [CompletionItem(n, help=demos.title(n)) for n in demos.names() if n.startswith(typed)]
    return items or [CompletionItem(typed, type="file")]


def topologies(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Topologies that are up."""
    return [CompletionItem(name) for name in _state().records if name.startswith(typed)]


def containers(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Containers that are up, with the topology they belong to."""
    return [
        CompletionItem(container.name, help=name)
        for name, record in _state().records.items()
        for container in record.layout.topology.containers
        if container.name.startswith(typed)
    ]


def everybody(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Containers that are up, the host, and every namespace that has a name."""
    from ..kernel import netns

    found = containers(ctx, param, typed)
    others = {"host", *netns.names()} - {item.value for item in found}
    return found + [CompletionItem(each) for each in sorted(others) if each.startswith(typed)]


def networks(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Networks of this host, with their drivers."""
    from ..operations.find import networks as known

    found = (each.network for each in known(_state()))
    return [CompletionItem(n.name, help=n.driver) for n in found if n.name.startswith(typed)]


def sandboxes(ctx: click.Context, param: click.Parameter, typed: str) -> list[CompletionItem]:
    """Sandboxes that run."""
    from ..kernel.sandbox import running

    return [CompletionItem(each.name) for each in running() if each.name.startswith(typed)]


def _state() -> State:
    """Never an error: in the middle of a line that is being typed nobody could read it."""
    from ..engine.state import State
    from ..looking.state import state

    try:
        return state()
    except Exception:
        return State()
