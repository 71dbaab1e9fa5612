"""The lab shell, typed into at a terminal."""

from __future__ import annotations

import shlex
import sys

from nsnet.labs import attempt, library, session, shell
from nsnet.labs.baseline import PROGRAMS
from tests.cli.terminal import ROOT
from tests.labs import tiny
from tests.support import fresh_host, needs_real_root, run

LAB = f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)} -m nsnet lab"


def typed(command: str, *lines: str) -> str:
    line = f"cd / && TERM=dumb {LAB} {command}"
    return run(sys.executable, "-m", "tests.cli.typed", line, *lines)


def test_plain_tools_and_short_words(learner: dict[str, str]) -> None:
    seen = typed(
        "start one --seed 1",
        "echo $NSNET_LAB=$C1 $(id -u)",
        "ip netns add c9; ip netns exec c9 ip -br link; sysctl -w net.ipv4.ip_forward=1",
        "nft add table ip t; nft list tables",
        "ip netns exec c1 serve 127.0.0.1:81 &",
        tiny.SOLVE,
        "cd /etc; until ip netns exec c1 curl -s 127.0.0.1:81; do sleep 0.1; done",
        "nsnet why c1 $C1 | tail -1",
        "nsnet lab start two --host; nsnet lab start two --seed 3; echo =$?=",
        "check; echo =$?=",
        "ip netns exec c1 sh -c status",
        "exit",
    )
    values = library.find("one")
    address = attempt.require().values(values)["C1"]
    assert f"one={address} 0\n" in seen
    for text in (
        "(one) # ",
        "net.ipv4.ip_forward = 1\n",
        "table ip t\n",
        "c1 127.0.0.1:81 saw 127.0.0.1:",
        "--host and --seed cannot be given in the lab shell: leave it with exit",
        "=1=",
        "✓ c1 hears itself",
        "=0=",
        "It has passed.",
        "one stays as it is.",
    ):
        assert text in seen, seen


def test_next_and_reset_leave_the_shell_and_open_another(learner: dict[str, str]) -> None:
    seen = typed(
        "start one --lang ko",
        tiny.SOLVE,
        "check",
        "nsnet lab reset",
        "ip -n c1 -br link show lo",
        "sleep 99 &",
        "next",
        "echo $NSNET_LAB is here",
        "nsnet lab stop",
    )
    assert "방 하나" in seen
    assert "✓ 들림" in seen
    assert "DOWN" in seen.partition("link show lo")[2]
    assert "two is here" in seen
    assert attempt.load() is None


def test_leaving_is_refused_where_it_cannot_be_done(learner: dict[str, str]) -> None:
    """In a shell within the shell the wish waits until one has left."""
    seen = typed("start one", "next", "sh -c reset; echo still here", "exit", "ip netns", "exit")
    assert "one is not solved yet" in seen
    assert "Leave this shell for it: exit" in seen
    assert "still here" in seen
    assert seen.count("preparing one") == 2


def test_serve_says_what_is_wrong(learner: dict[str, str]) -> None:
    session.start(library.find("one"), 1)
    now = attempt.require()

    def ask() -> list[str]:
        shell.write(now.description())
        lines = ("serve 80000", "serve", "serve 80/sctp", "serve 80 & sleep 0.5; serve 80; kill $!")
        path = f"PATH={PROGRAMS}:$PATH"
        return [run("sh", "-c", f"{path}; {{ {x}; }} 2>&1", check=False) for x in lines]

    port, nothing, kind, twice = session.inside(ask)
    assert port.startswith("serve: no port '80000': write serve")
    assert nothing.startswith("serve: write serve [--name NAME]")
    assert kind.startswith("serve: no port '80/sctp'")
    assert twice == "cannot listen on tcp:80: Address already in use\n"


def test_without_a_terminal(learner: dict[str, str]) -> None:
    """What is left of a script goes on in the new scene."""
    session.start(library.find("one"), 1)
    script = f"{tiny.SOLVE}\nreset\ncheck | head -2\n"
    seen = run("sh", "-c", f"printf {shlex.quote(script)} | {LAB} shell")
    assert "✗ c1 hears itself" in seen.partition("preparing one")[2]


def test_its_programs_where_run_allows_none(learner: dict[str, str]) -> None:
    """Debian mounts /run noexec: there `serve` would be refused on the machine itself."""
    needs_real_root("change how /run is mounted")
    with fresh_host():
        run("mount", "-o", "remount,noexec", "/run")
        now = session.start(library.find("one"), 1, host=True)
        for _ in range(2):
            shell.write(now.description())
            assert run("mount").count(PROGRAMS) == 1
        said = run("sh", "-c", f"ip netns exec c1 {PROGRAMS}/serve 0 2>&1", check=False)
        session.end()
        assert said.startswith("serve: no port '0'")
        assert PROGRAMS not in run("mount")
