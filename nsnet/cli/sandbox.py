"""``nsnet sandbox``: machines of namespaces, started and stopped by hand."""

from __future__ import annotations

import os

import click

from .command import Command
from .complete import sandboxes
from .lazy import Lazy, LazyGroup
from .options import DEFAULT_SANDBOX, format_option
from .output import say, say_json
from .settings import Settings

#: Inside: where `nsnet` is, if nowhere else.
_PROGRAMS = "/run/nsnet-bin"
NAME = click.Argument(["name"], default=DEFAULT_SANDBOX, shell_complete=sandboxes)


@click.group(
    cls=LazyGroup,
    sections={
        "Commands": {
            "start": Lazy("sandbox:start", "Start one that stays until it is stopped."),
            "stop": Lazy("sandbox:stop", "End one, with everything in it."),
            "ls": Lazy("sandbox:ls", "List those that run."),
            "shell": Lazy("sandbox:shell", "Open your shell in one."),
        }
    },
    examples=(
        ("nsnet sandbox start", "a machine of its own, with an outside world"),
        ("nsnet --sandbox up bridge-demo", "build something in there"),
        ("nsnet sandbox shell", "look around: you are root there"),
        ("nsnet sandbox stop", "gone without a trace"),
    ),
)
def sandbox() -> None:
    """Machines of namespaces to play in, without root, and with a simulated outside world
    (203.0.113.1, which also answers as 8.8.8.8 and 1.1.1.1).

    `nsnet --sandbox …` starts one by itself, which ends with the last topology in it.
    """


@click.command(
    cls=Command,
    sandbox="",
    params=[NAME],
    examples=(("nsnet sandbox start", "the one that a plain --sandbox means"),),
)
@click.pass_obj
def start(settings: Settings, name: str) -> None:
    """Start a sandbox that stays until `nsnet sandbox stop`."""
    from . import within

    within.start(name)
    if not settings.quiet:
        flag = "" if name == DEFAULT_SANDBOX else f"={name}"
        say(f"sandbox {name} runs: nsnet --sandbox{flag} up bridge-demo builds something in it")


@click.command(
    cls=Command,
    sandbox="",
    params=[NAME],
    examples=(("nsnet sandbox stop", "end the default one"),),
)
@click.pass_obj
def stop(settings: Settings, name: str) -> None:
    """End a sandbox, with everything in it."""
    from ..kernel import sandbox as kernel
    from ..kernel.errors import NotFound
    from .guess import meant

    if kernel.find(name) is None:
        known = [each.name for each in kernel.running()]
        hint = meant(name, known) or f"running are: {', '.join(known) or 'none'}"
        raise NotFound(f"no sandbox {name} is running", hint)
    kernel.stop(name)
    if not settings.quiet:
        say(f"sandbox {name} has ended")


@click.command(
    cls=Command,
    sandbox="",
    examples=(("nsnet sandbox ls", "names, and the process that holds each"),),
)
@format_option
@click.pass_obj
def ls(settings: Settings, form: str) -> None:
    """List the sandboxes that run.

    JSON: a list; of each sandbox: name, pid.
    """
    from ..kernel.sandbox import running

    found = running()
    if form == "json":
        say_json([{"name": each.name, "pid": each.pid} for each in found])
    elif settings.quiet:
        for each in found:
            say(each.name)
    else:
        from ..show.table import table

        say(table(("SANDBOX", "PID"), [(each.name, str(each.pid)) for each in found]))


@click.command(
    cls=Command,
    sandbox="",
    params=[NAME],
    examples=(("nsnet sandbox shell", "exit leads back; what is up there stays"),),
)
def shell(name: str) -> int:
    """Open your shell in a sandbox, as root of that machine; start it if need be.

    One that was not started by `nsnet sandbox start` ends when nothing is up in it any more.
    """
    from ..kernel.visit import Visit, run_in
    from .prompt import program, prompt
    from .within import within

    def open_shell() -> int:
        env = {key: value for key, value in os.environ.items() if key != "NSNET_SANDBOX"}
        env |= prompt(f"sandbox {name}") | {"PATH": _path_with_nsnet()}
        return run_in(Visit("", (program(),), env=env))

    code: int = within(name, True, open_shell)
    return code


def _path_with_nsnet() -> str:
    """Inside: our PATH, with a folder that has `nsnet` where it would not be found (a clone)."""
    import shutil

    from ..kernel import ownwords

    path = os.environ["PATH"]
    if shutil.which("nsnet"):
        return path
    ownwords.put(_PROGRAMS, {"nsnet": ownwords.script(*ownwords.NSNET)})
    return f"{_PROGRAMS}:{path}"
