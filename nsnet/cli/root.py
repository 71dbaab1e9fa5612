"""The `nsnet` command itself: its sections, its global options, its help."""

from __future__ import annotations

import os

import click

from .. import _version
from .lazy import Lazy, LazyGroup
from .options import common

SECTIONS = {
    "Build": {
        "up": Lazy("up:up", "Build a topology: a demo or a compose file."),
        "down": Lazy("down:down", "Take topologies down; the machine is as it was before."),
        "plan": Lazy("plan:plan", "Show what up would do."),
        "diff": Lazy("plan:diff", "Like plan; exit code 1 when something differs."),
        "clean": Lazy("clean:clean", "Remove all that is nsnet's, even with its records lost."),
    },
    "Look": {
        "demos": Lazy("demos:demos", "List the built-in topologies."),
        "ls": Lazy("ls:ls", "List the topologies that are up."),
        "ps": Lazy("ps:ps", "List containers: state, addresses, ports."),
        "port": Lazy("port:port", "Show where a container's ports are published."),
        "logs": Lazy("logs:logs", "Show what a container's command has printed."),
    },
    "Go inside": {
        "exec": Lazy("inside:execute", "Run a command in a container."),
        "shell": Lazy("inside:shell", "Open your shell in a container."),
    },
    "More": {
        "sandbox": Lazy("sandbox:sandbox", "Machines of namespaces to play in, without root."),
        "completion": Lazy("completion:completion", "Let the shell complete nsnet's words."),
    },
}

EXAMPLES = (
    ("sudo nsnet up bridge-demo", "build it, and be told what was made"),
    ("nsnet --sandbox up bridge-demo", "the same without root"),
    ("sudo nsnet up --explain", "with the reason for every single command"),
    ("sudo nsnet exec web -- ip route", "look at it from inside"),
    ("sudo nsnet down --all", "as if nothing had happened"),
)


@click.group(
    "nsnet",
    cls=LazyGroup,
    sections=SECTIONS,
    examples=EXAMPLES,
    params=common(files=True, hidden=False),
    invoke_without_command=True,
    subcommand_metavar="COMMAND [WORDS]…",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(_version.__version__, message="nsnet %(version)s")
@click.pass_context
def root(ctx: click.Context) -> None:
    """Docker networking rebuilt without Docker: namespaces, cables, bridges and
    nftables, made by commands that you can read.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
