"""``nsnet walk``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .command import Command
from .ends import ends, in_language, language, needing_port, story_format
from .output import say, say_json

if TYPE_CHECKING:
    from ..diagnose.walk import Walk

_ARRIVES, _NOT, _UNKNOWN = 0, 1, 3


@click.command(
    cls=Command,
    examples=(
        ("nsnet walk web db", "the way of a ping from web to db, and of its reply"),
        ("nsnet walk outside host:8080", "what happens to a call of a published port"),
        ("nsnet walk web 127.0.0.11:53 --udp", "a question to the resolver"),
        ("nsnet walk red 10.0.0.2", "between namespaces made by hand"),
        ("nsnet walk web db:80 --format svg > walk.svg", "a picture of it"),
    ),
)
@ends
@click.option("--tcp", "protocol", flag_value="tcp", help="A call. The default with a port.")
@click.option("--udp", "protocol", flag_value="udp", help="A datagram.")
@click.option("--ping", "protocol", flag_value="icmp", help="The default without a port.")
@story_format
@in_language
def walk(source: str, target: str, protocol: str | None, form: str, lang: str | None) -> int:
    """Predict the way of a packet, and of the answer to it, through all namespaces: interfaces,
    bridges, rules, address translation, routes. Nothing is sent.

    `nsnet trace` sends a real packet and tells the same story as it was seen. FROM and TO are
    containers, namespaces, host, outside, addresses, NAME:PORT or URLs. Exit code 0: it arrives;
    1: it does not; 3: that cannot be told from the state alone.
    """
    from ..looking.walk import walk as predict

    with needing_port():
        found = predict(source, target, protocol or "")
    tell(found, form, language(lang))
    return _code(found)


def _code(found: Walk) -> int:
    if not all(event.sure for event in found.events):
        return _UNKNOWN
    return _ARRIVES if found.arrived else _NOT


def tell(found: Walk, form: str, words: str) -> None:
    """Print a walk, predicted or traced, as text, JSON or SVG; `words` is the language."""
    if form == "json":
        from ..show.walk.data import data

        say_json(data(found, words))
    elif form == "svg":
        from ..show.walk.svg import svg

        say(svg(found, words).rstrip("\n"))
    else:
        from shutil import get_terminal_size

        from ..show.walk.text import lines

        for line in lines(found, get_terminal_size((100, 24)).columns, words):
            say(line)
