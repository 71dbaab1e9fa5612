"""``nsnet events``."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from . import shapes
from .container_command import BAD_USE, ContainerCommand
from .output import say

if TYPE_CHECKING:
    from ..engine.journal import Event
    from ..show.template import Template


def _moment(ctx: click.Context, param: click.Parameter, text: str | None) -> float | None:
    if not text:
        return None
    from ..topology.flags import filters
    from ..topology.model import TopologyError

    try:
        return filters.read((f"until={text}",), time.time()).until
    except TopologyError:
        raise _refused(
            f'failed to parse value as time or duration: "{text}": write seconds since 1970, how '
            "long ago (10m) or a date (2026-01-31T10:00:00)"
        ) from None


def _refused(message: str) -> click.UsageError:
    error = click.UsageError(message)
    error.exit_code = BAD_USE  # type: ignore[misc]
    return error


@click.command(
    cls=ContainerCommand,
    sandbox="enter",
    examples=(
        ("nsnet events", "what happens from now on; Ctrl-c ends it"),
        ("nsnet events --since 10m --until 0s", "what happened in the last ten minutes"),
        ("nsnet events -f type=network -f event=connect", "who joins which network"),
        ("nsnet events --format '{{.Action}} {{.Actor.Attributes.name}}'", "a template"),
    ),
)
@click.option(
    "--since", callback=_moment, metavar="TIME", help="Also what has happened since: 10m, a date."
)
@click.option("--until", callback=_moment, metavar="TIME", help="End with what happens then.")
@shapes.filter_option(
    "-f", "--filter", known="type, event, container, network, label, image, scope"
)
@click.option("--format", "form", default="", metavar="TEMPLATE", help="Go template, or json.")
def events(
    since: float | None, until: float | None, filters: list[tuple[str, str]], form: str
) -> int:
    """Tell what happens to containers and networks, as `docker events` does.

    Containers: create, start, die, stop, kill, pause, unpause, rename, destroy.
    Networks: create, connect, disconnect, destroy. What happened before is known
    as long as something is up, the last thousand events or so.
    """
    if since is not None and until is not None and since > until:
        raise _refused("`since` time cannot be after `until` time: exchange them")
    from ..engine import journal
    from ..looking import state
    from ..show.docker import events as shown
    from .stopping import heeding

    template = _template(form)
    wanted = shown.wanted(filters)
    begin = time.time() if since is None else since
    now = time.time()
    folder = state.folder()
    state.state()  # only root may look at root's
    with heeding() as stopping:
        if until is not None and until <= now:
            found = iter(journal.read(folder))
        else:
            found = journal.follow(
                folder, lambda: stopping() or (until is not None and time.time() > until)
            )
            _require_rights(folder)
        for event in found:
            if event.time >= begin and (until is None or event.time <= until) and wanted(event):
                say(_text(event, template, form))
    return 130 if stopping.uttered else 0


def _require_rights(folder: str) -> None:
    """Whoever follows has a file beside the state."""
    place = os.path.dirname(folder)
    while not os.path.exists(place):
        place = os.path.dirname(place)
    if not os.access(place, os.W_OK):
        from ..kernel.errors import PreconditionError

        raise PreconditionError(f"cannot write in {place}", "run it as `sudo nsnet events`")


def _template(form: str) -> Template | None:
    if not form or form == "json":
        return None
    from ..show.template import Template, TemplateError

    try:
        return Template(form)
    except TemplateError as error:
        raise shapes.TemplateFault(f"parsing format: {error}", shapes.BAD_TEMPLATE) from None


def _text(event: Event, template: Template | None, form: str) -> str:
    from ..show.docker import events as shown
    from ..show.template import TemplateError
    from ..show.template.printing import quoted

    if form.strip() in ("json", "{{json .}}"):
        return quoted(shown.as_json(event))
    if template is None:
        return shown.line(event)
    try:
        return template.render(shown.message(event))
    except TemplateError as error:
        raise shapes.TemplateFault(f"parsing format: {error}", shapes.BAD_TEMPLATE) from None
