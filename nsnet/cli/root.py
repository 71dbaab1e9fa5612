"""The `nsnet` command itself: its sections, its global options, its help."""

from __future__ import annotations

import os

import click

from .. import _version
from .lazy import Lazy, LazyGroup
from .options import common

SECTIONS = {
    "Containers": {
        "run": Lazy("run:run", "Make a container and run a command in it."),
        "create": Lazy("create:create", "Make a container without starting it."),
        "start": Lazy("start:start", "Start containers that do not run."),
        "stop": Lazy("stop:stop", "Stop containers."),
        "restart": Lazy("restart:restart", "Stop containers and start them again."),
        "pause": Lazy("pause:pause", "Let the processes of containers stand still."),
        "unpause": Lazy("unpause:unpause", "Let them go on."),
        "kill": Lazy("kill:kill", "Send a signal to containers."),
        "wait": Lazy("wait:wait", "Wait until containers have ended."),
        "rm": Lazy("rm:rm", "Remove containers."),
        "rename": Lazy("rename:rename", "Give a container another name."),
        "container": Lazy("container:container", "The same by longer names: container ls."),
    },
    "Networks": {
        "network": Lazy("network:network", "Make, join, leave, list and remove networks."),
    },
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
        "inspect": Lazy("inspect:inspect", "Show everything about containers and networks."),
        "port": Lazy("port:port", "Show where a container's ports are published."),
        "events": Lazy("events:events", "Tell what happens to containers and networks."),
        "logs": Lazy("logs:logs", "Show what a container's command has printed."),
    },
    "Understand": {
        "why": Lazy("why:why", "Say why a packet arrives or does not, and where it ends."),
        "trace": Lazy("trace:trace", "Send a packet and tell its walk, rule by rule."),
        "walk": Lazy("walk:walk", "Predict the way of a packet; nothing is sent."),
        "reach": Lazy("reach:reach", "Show who reaches whom: ping, ports, names."),
        "graph": Lazy("graph:graph", "Draw who is wired to what: text, SVG, Mermaid, dot."),
        "rules": Lazy("rules:rules", "Show the firewall, as nft or as Docker's iptables."),
        "doctor": Lazy("doctor:doctor", "Examine the machine: what would not work, and why."),
        "capture": Lazy("capture:capture", "Record packets for Wireshark, or list them."),
        "fault": Lazy("fault:fault", "Break a thing on purpose, and mend it again."),
    },
    "Learn": {
        "lab": Lazy("lab:lab", "Exercises: build it by hand; the kernel is the judge."),
    },
    "Go inside": {
        "exec": Lazy("inside:execute", "Run a command in a container."),
        "shell": Lazy("inside:shell", "Open your shell in a container."),
        "attach": Lazy("attach:attach", "Connect to the command of a container."),
    },
    "More": {
        "sandbox": Lazy("sandbox:sandbox", "Machines of namespaces to play in, without root."),
        "completion": Lazy("completion:completion", "Let the shell complete nsnet's words."),
    },
}

EXAMPLES = (
    ("sudo nsnet run -d --name web -p 8080:80 nginx", "Docker's words; a listener plays nginx"),
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
