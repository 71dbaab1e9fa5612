"""The options of ``run`` and ``create``: Docker's."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from .complete import containers
from .container_command import BAD_USE
from .ignored import told
from .settings import Settings

if TYPE_CHECKING:
    from ..topology.flags.run import Wanted


def _several(*names: str, help: str, metavar: str, **more: Any) -> click.Option:
    return click.Option(names, multiple=True, metavar=metavar, help=help, **more)


def _text(*names: str, help: str, metavar: str, **more: Any) -> click.Option:
    return click.Option(names, default="", metavar=metavar, help=help, **more)


def _flag(*names: str, help: str) -> click.Option:
    return click.Option(names, is_flag=True, help=help)


def _files(
    ctx: click.Context, param: click.Parameter, paths: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    return read_files(param.opts[0], paths)


def read_files(flag: str, paths: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The files that `flag` names, with what they hold. Raises `BadFlag`."""
    found = []
    for path in paths:
        try:
            with open(path, encoding="utf-8") as file:
                found.append((path, file.read()))
        except (OSError, ValueError) as error:
            from ..topology.flags.errors import BadFlag

            why = os.strerror(error.errno or 0) if isinstance(error, OSError) else "not UTF-8"
            raise BadFlag(f"{flag}: open {path}: {why.lower()}") from None
    return tuple(found)


def options() -> list[click.Parameter]:
    """Those that `run` and `create` have in common; their values are the fields of `Flags`."""
    return [*_of_networks(), *_of_names(), *_of_commands()]


def _of_networks() -> list[click.Parameter]:
    return [
        _text("--name", metavar="NAME", help="Its name; two random words where there is none."),
        _several(
            *("--network", "--net", "networks"),
            metavar="NETWORK",
            help="The network it is on, also host, none and container:NAME; "
            "again for one more. Also name=NETWORK,ip=…,alias=….",
        ),
        _text("--ip", metavar="ADDRESS", help="Its IPv4 address there (172.30.0.5)."),
        _text("--ip6", metavar="ADDRESS", help="Its IPv6 address there (fd00::5)."),
        _text("--mac-address", metavar="MAC", help="Its MAC address there."),
        _several(
            *("--network-alias", "--net-alias", "aliases"),
            metavar="NAME",
            help="One more name that it has there.",
        ),
        _several(
            *("-p", "--publish"),
            metavar="[[IP:]PORT:]PORT",
            help="Publish a port: 8080:80, 127.0.0.1:8080:80, 53:53/udp.",
        ),
        _flag("-P", "--publish-all", help="Publish every exposed port on a random one."),
        _several("--expose", metavar="PORT", help="A port that it listens on (80, 53/udp)."),
    ]


def _of_names() -> list[click.Parameter]:
    return [
        _several(
            *("--link", "links"),
            metavar="NAME[:ALIAS]",
            help="Reach a container by an alias.",
            shell_complete=containers,
        ),
        _several("--dns", metavar="ADDRESS", help="A DNS server to ask."),
        _several("--dns-search", metavar="DOMAIN", help="A domain to search names in."),
        _several("--dns-opt", "--dns-option", metavar="OPTION", help="An option (ndots:2)."),
        _several("--add-host", metavar="HOST:IP", help="A line for its /etc/hosts."),
        _text("-h", "--hostname", metavar="NAME", help="Its host name, instead of its id."),
        _text("--domainname", metavar="NAME", help="Its domain."),
    ]


def _of_commands() -> list[click.Parameter]:
    return [
        _flag("-i", "--interactive", help="Keep its input open."),
        _flag("-t", "--tty", help="Give it a terminal."),
        _several("-e", "--env", metavar="NAME=VALUE", help="An environment variable."),
        _several(
            "--env-file", "env_files", metavar="FILE", callback=_files, help="A file of them."
        ),
        _several("--sysctl", "sysctls", metavar="KEY=VALUE", help="A setting (net.*)."),
        _several("-l", "--label", "labels", metavar="NAME=VALUE", help="A label."),
        _several(
            *("--label-file", "label_files"),
            metavar="FILE",
            callback=_files,
            help="A file of labels.",
        ),
        _text(
            "--restart",
            metavar="POLICY",
            help="When to start it again: no, always, unless-stopped, on-failure[:N].",
        ),
        _flag("--rm", help="Remove it when its command ends."),
        _text("-w", "--workdir", metavar="DIR", help="The directory it starts in."),
        click.Option(["--entrypoint"], metavar="PROGRAM", help="The program to run."),
        _text("--cidfile", metavar="FILE", help="Write its id into this new file."),
    ]


def read(values: dict[str, Any]) -> Wanted:
    """What the options ask for; tells what runs instead of an image, and what was ignored.

    Raises `BadFlag`, `Impossible`.
    """
    from ..topology.flags.errors import BadFlag
    from ..topology.flags.program import Machine
    from ..topology.flags.run import Flags
    from ..topology.flags.run import read as read_flags

    if not values["words"]:
        error = click.UsageError(
            "no image and no command: write one, or -- alone for a sandbox in which nothing runs"
        )
        error.exit_code = BAD_USE  # type: ignore[misc]
        raise error
    cidfile = values.pop("cidfile")
    if cidfile and os.path.exists(cidfile):
        raise BadFlag(
            f"Container ID file found, make sure the other container isn't running or delete "
            f"{cidfile}"
        )
    wanted = read_flags(Flags(**values), Machine(os.path.exists, _has_program), os.environ)
    ctx = click.get_current_context()
    ignored = told(ctx)
    if not ctx.ensure_object(Settings).quiet:
        for text in wanted.notes:
            _tell(text)
        if ignored:
            _tell(f"ignored: {', '.join(ignored)} (no images and no cgroups here)")
    return wanted


def _tell(text: str) -> None:
    click.echo(text if text.startswith("WARNING") else f"note: {text}", err=True)


def _has_program(name: str) -> bool:
    """Would a container's command find it? (Its PATH is Docker's, not the caller's.)"""
    from ..kernel.launch import DEFAULT_PATH

    places = ("",) if "/" in name else tuple(f"{each}/" for each in DEFAULT_PATH.split(":"))
    return any(os.access(place + name, os.X_OK) for place in places)


def write_id(path: str, text: str) -> None:
    """``--cidfile``."""
    if path:
        with open(path, "w") as file:
            file.write(text)
