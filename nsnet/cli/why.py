"""``nsnet why``."""

from __future__ import annotations

import click

from .command import Command
from .ends import ends, in_language, language
from .output import say, say_json
from .settings import Settings

_KINDS = {"icmp": "--ping", "udp": "--udp", "http": "--http"}


@click.command(
    cls=Command,
    examples=(
        ("nsnet why web db:5432", "does it get through, and if not, where does it end?"),
        ("nsnet why outside host:8080", "a published port, as the outside sees it"),
        ("nsnet why web http://api/health --lang ko", "by name, with a request, in Korean"),
        ("nsnet why red 10.0.0.2 --format json", "namespaces made by hand, for programs"),
    ),
)
@ends
@click.option("--udp", "kind", flag_value="udp", help="Send a datagram and wait for an answer.")
@click.option("--ping", "kind", flag_value="icmp", help="Send an ICMP echo request.")
@click.option("--http", "kind", flag_value="http", help="Ask for a web page.")
@in_language
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text to read, or JSON for programs.",
)
@click.pass_obj
def why(
    settings: Settings, source: str, target: str, kind: str | None, lang: str | None, form: str
) -> int:
    """Say why a packet arrives or does not: the first broken rung, from the cable to the program.

    A real packet is sent first; only if nothing comes back are the rungs climbed. FROM and TO are
    containers, namespaces, host, outside, addresses, NAME:PORT or URLs. The exit code is 0 when
    it arrives, 1 when it does not, 3 when that could not be checked. With -q, the diagnosis alone
    is printed, if there is one.
    """
    from ..looking.why import why as diagnose
    from ..show.why import brief, data, lines

    finding = diagnose(source, target, kind or "")
    if form == "json":
        say_json(data(finding, language(lang)))
        return finding.exit_code
    from shutil import get_terminal_size

    width = get_terminal_size((100, 24)).columns
    words = language(lang)
    for line in brief(finding, words) if settings.quiet else lines(finding, words, width):
        say(line)
    return finding.exit_code
