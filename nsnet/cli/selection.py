"""The arguments that say which topology is meant: the same for up, plan and diff."""

from __future__ import annotations

import click

from .complete import demos_and_files


def parse_scale(
    ctx: click.Context, param: click.Parameter, pairs: tuple[str, ...]
) -> dict[str, int]:
    """``("web=3",)`` as ``{"web": 3}``."""
    scale = {}
    for pair in pairs:
        service, _, number = pair.partition("=")
        if not service or not number.isascii() or not number.isdigit():
            raise click.BadParameter(f"{pair!r} is not SERVICE=NUMBER, such as web=3")
        scale[service] = int(number)
    return scale


#: In the order of the help.
SELECTION: tuple[click.Parameter, ...] = (
    click.Argument(["what"], required=False, shell_complete=demos_and_files),
    click.Option(
        ["--profile", "profiles"],
        multiple=True,
        metavar="NAME",
        help="Take the services of this profile in, too; repeatable.",
    ),
    click.Option(
        ["--scale"],
        multiple=True,
        metavar="SERVICE=N",
        callback=parse_scale,
        help="Make N containers of a service; repeatable.",
    ),
    click.Option(
        ["--no-stub", "stub"],
        is_flag=True,
        flag_value=False,
        default=True,
        help="Start no listeners in place of the images.",
    ),
)
