"""Help: complete, the same everywhere, and fast because nothing heavy is imported for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nsnet.cli.root import SECTIONS
from tests import support
from tests.cli.terminal import ROOT, environment, nsnet

COMMANDS = [name for section in SECTIONS.values() for name in section]
SANDBOX = ("start", "stop", "ls", "shell")
NETWORK = ("create", "connect", "disconnect", "ls", "inspect", "rm", "prune")
FAULT = ("inject", "ls", "clear", "kinds")
HEAVY = {"yaml", "nftables", "pyroute2", "asyncio", "ipaddress", "json", "subprocess"}

HELP = """\
Usage: nsnet [OPTIONS] COMMAND [WORDS]…

  Docker networking rebuilt without Docker: namespaces, cables, bridges and
  nftables, made by commands that you can read.

Options:
  -f, --file FILE     A compose file; again for one to merge over it.
  -p, --project NAME  The topology's name, instead of the file's own.
  --sandbox[=NAME]    Work in a sandbox: no root needed. One is made where
                      there is none of that name. Also: NSNET_SANDBOX=NAME.
  -v, --verbose       Tell more about errors; twice: with tracebacks.
  -q, --quiet         Print errors only; in lists, names only.
  --version           Show the version and exit.
  -h, --help          Show this message and exit.

Containers:
  run         Make a container and run a command in it.
  create      Make a container without starting it.
  start       Start containers that do not run.
  stop        Stop containers.
  restart     Stop containers and start them again.
  pause       Let the processes of containers stand still.
  unpause     Let them go on.
  kill        Send a signal to containers.
  wait        Wait until containers have ended.
  rm          Remove containers.
  rename      Give a container another name.
  container   The same by longer names: container ls.

Networks:
  network     Make, join, leave, list and remove networks.

Build:
  up          Build a topology: a demo or a compose file.
  down        Take topologies down; the machine is as it was before.
  plan        Show what up would do.
  diff        Like plan; exit code 1 when something differs.
  clean       Remove all that is nsnet's, even with its records lost.

Look:
  demos       List the built-in topologies.
  ls          List the topologies that are up.
  ps          List containers: state, addresses, ports.
  inspect     Show everything about containers and networks.
  port        Show where a container's ports are published.
  events      Tell what happens to containers and networks.
  logs        Show what a container's command has printed.

Understand:
  why         Say why a packet arrives or does not, and where it ends.
  trace       Send a packet and tell its walk, rule by rule.
  walk        Predict the way of a packet; nothing is sent.
  reach       Show who reaches whom: ping, ports, names.
  graph       Draw who is wired to what: text, SVG, Mermaid, dot.
  rules       Show the firewall, as nft or as Docker's iptables.
  doctor      Examine the machine: what would not work, and why.
  capture     Record packets for Wireshark, or list them.
  fault       Break a thing on purpose, and mend it again.

Learn:
  lab         Exercises: build it by hand; the kernel is the judge.

Go inside:
  exec        Run a command in a container.
  shell       Open your shell in a container.
  attach      Connect to the command of a container.

More:
  sandbox     Machines of namespaces to play in, without root.
  completion  Let the shell complete nsnet's words.

Examples:
  sudo nsnet run -d --name web -p 8080:80 nginx
      Docker's words; a listener plays nginx
  sudo nsnet up bridge-demo
      build it, and be told what was made
  nsnet --sandbox up bridge-demo
      the same without root
  sudo nsnet up --explain
      with the reason for every single command
  sudo nsnet exec web -- ip route
      look at it from inside
  sudo nsnet down --all
      as if nothing had happened
"""


@pytest.mark.parametrize("words", [(), ("--help",), ("-h",)])
def test_the_help(words: tuple[str, ...]) -> None:
    done = nsnet(*words)
    assert (done.code, done.err) == (0, "")
    assert done.out == HELP


WORDS = [
    *COMMANDS,
    *(f"sandbox {name}" for name in SANDBOX),
    *(f"network {name}" for name in NETWORK),
    *(f"fault {name}" for name in FAULT),
    "container ls",
]


@pytest.mark.parametrize("command", WORDS)
def test_every_command_has_a_help_with_examples(command: str) -> None:
    done = nsnet(*command.split(), "--help")
    assert done.code == 0, done.err
    assert done.out.startswith(f"Usage: nsnet {command} ")
    assert "\nExamples:\n  " in done.out
    assert max(map(len, done.out.splitlines())) <= 80


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["up", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    assert not HEAVY & imported_by(words)


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize("words", [["ps"], ["ls"]])
def test_looking_needs_neither_netlink_nor_nftables(words: list[str]) -> None:
    assert not (HEAVY - {"json", "ipaddress"}) & imported_by(words)


def imported_by(words: list[str]) -> set[str]:
    """The modules that are there after a command, less those of an idle interpreter."""
    program = f"""
import sys
before = set(sys.modules)
from nsnet.cli.main import main
code = main({words!r})
print("\\n".join(set(sys.modules) - before), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        check=True,
    )
    return set(done.stderr.split())


def test_the_version() -> None:
    from nsnet._version import __version__

    assert nsnet("--version").out == f"nsnet {__version__}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str) -> None:
    done = nsnet("completion", shell)
    assert done.code == 0
    assert "_NSNET_COMPLETE" in done.out


def completed(line: str) -> list[str]:
    """What bash would offer for the last word of `line`."""
    words = line.split(" ")
    found = nsnet(_NSNET_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    return [each.partition(",")[2] for each in found.out.splitlines()]


def test_a_completed_command_has_its_line_of_the_help() -> None:
    found = nsnet(_NSNET_COMPLETE="fish_complete", COMP_WORDS="nsnet doc", COMP_CWORD="doc")
    line = SECTIONS["Understand"]["doctor"].short
    assert found.out == f"plain,doctor\t{line}\n"
    assert "," in line
    assert 'split --max 1 ","' in nsnet("completion", "fish").out
    assert completed("nsnet network --") == ["--help"]


def test_demos_are_completed() -> None:
    assert completed("nsnet up user") == ["user-bridge-demo"]
    assert "voting-app" in completed("nsnet plan ")
    assert completed("nsnet com") == ["completion"]


@pytest.mark.usefixtures("host")
def test_senders_and_targets_are_completed() -> None:
    support.run("ip", "netns", "add", "red")
    try:
        nsnet("up", "-q", "bridge-demo")
        for command in ("why", "trace", "walk"):
            assert completed(f"nsnet {command} alp") == ["alpine1", "alpine2"]
            assert completed(f"nsnet {command} alpine1 ") == [
                *("alpine1", "alpine2", "web", "host", "red")
            ]
    finally:
        nsnet("down", "-q", "bridge-demo")
        support.run("ip", "netns", "del", "red")


def test_the_longer_names_are_the_same_commands() -> None:
    for command in ("stop", "inspect", "exec"):
        short, long = nsnet(command, "--help"), nsnet("container", command, "--help")
        assert long.out.replace("nsnet container", "nsnet", 1) == short.out
    assert nsnet("container", "ls", "--bad").code == nsnet("ps", "--bad").code == 125
