"""attach, logs and foreground commands, as a user types them."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nsnet.engine.engine import Engine
from tests.cli.terminal import COMMAND, ROOT, environment, nsnet

_LONG = 30  # seconds; a generous time-out
_ALIVE = "while :; do sleep 0.05; done"


@pytest.fixture(autouse=True)
def tidy(host: None) -> Iterator[None]:
    """Whatever a test left is removed, failed or not."""
    yield
    nsnet("clean")


class Terminal:
    """A user at a terminal, running one nsnet."""

    def __init__(self, *words: str) -> None:
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(ROOT)
            argv = [*COMMAND, *words]
            os.execvpe(argv[0], argv, environment(TERM="dumb"))
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.fd, text.encode())

    def see(self, text: str) -> None:
        """Wait until this can be seen, after all that was waited for before."""
        deadline = time.monotonic() + _LONG
        while text not in self.seen:
            assert time.monotonic() < deadline, f"never saw {text!r} in {self.seen!r}"
            if select.select([self.fd], [], [], 0.1)[0]:
                self.seen += os.read(self.fd, 4096).decode()
        self.seen = self.seen.partition(text)[2]

    def end(self) -> int:
        status = os.waitpid(self.pid, 0)[1]
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + _LONG
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def start(*words: str) -> str:
    """``nsnet run -d``, which has to work; the id."""
    done = nsnet("run", "-d", *words)
    assert done.code == 0, done.err
    return done.out.strip()


def test_the_tutorials_terminal() -> None:
    start("-it", "--name", "alpine1", "--", "sh")
    user = Terminal("attach", "alpine1")
    user.type("ping -c 1 127.0.0.1 | head -1; echo done$((1+1))\n")
    user.see("PING 127.0.0.1")
    user.see("done2")
    user.type("\x10\x11")
    user.see("read escape sequence")
    assert user.end() == 1
    again = Terminal("attach", "alpine1")
    again.type("exit 3\n")
    assert again.end() == 3
    stopped = nsnet("attach", "alpine1")
    assert (stopped.code, stopped.out) == (1, "")
    assert "You cannot attach to a stopped container, start it first" in stopped.err


def test_a_terminal_in_the_foreground() -> None:
    user = Terminal("run", "-it", "--rm", "--name", "shell1", "--", "sh")
    user.type("echo a$((1+1)); tty\n")
    user.see("a2\r\n/dev/pts/")
    user.type("exit 7\n")
    assert user.end() == 7
    assert nsnet("logs", "shell1").code == 1
    other = Terminal("run", "-it", "--name", "shell2", "--", "sh")
    other.type("echo b$((1+1))\n")
    other.see("b2")
    other.type("\x10\x11")
    assert other.end() == 0
    assert "b2" in nsnet("logs", "shell2").out


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("true",), 0),
        (("sh", "-c", "exit 3"), 3),
        (("sh", "-c", "kill -9 $$; sleep 9 & kill -9 $!; wait $!; exit $?"), 137),
        (("no-such-command",), 127),
        (("/etc/passwd",), 126),
    ],
)
def test_exit_codes_in_the_foreground(command: tuple[str, ...], code: int) -> None:
    assert nsnet("run", "--rm", "--network", "none", "--", *command).code == code
    # What follows the command's end in the background may hold the lock for a moment.
    until(lambda: not os.path.exists("/run/nsnet"))


def test_output_and_input_in_the_foreground() -> None:
    quiet = ("run", "--rm", "--network", "none")
    done = nsnet(*quiet, "--", "sh", "-c", "echo out; echo err >&2")
    assert (done.out, done.err) == ("out\n", "err\n")
    assert nsnet(*quiet, "-i", "--", "cat", stdin="one\ntwo").out == "one\ntwo"
    assert nsnet(*quiet, "--", "cat", stdin="not for it").out == ""
    refused = nsnet(*quiet, "-it", "--", "cat", stdin="no terminal")
    assert refused.code == 1
    assert "the input device is not a TTY" in refused.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_in_the_foreground(number: int) -> None:
    word = signal.Signals(number).name.removeprefix("SIG")
    script = f"trap 'echo got {word}; exit 5' {word}; echo ready; {_ALIVE}"
    command = [*COMMAND, "run", "--rm", "--network", "none", "--", "sh", "-c", script]
    with subprocess.Popen(command, stdout=-1, cwd=ROOT, env=environment(), text=True) as client:
        assert client.stdout
        assert client.stdout.readline() == "ready\n"
        client.send_signal(number)
        assert client.stdout.read() == f"got {word}\n"
        assert client.wait(_LONG) == 5


def test_attached_to_what_was_started_detached() -> None:
    start("--name", "job", "--", "sh", "-c", "echo early; sleep 3; echo late; exit 6")
    found = nsnet("attach", "job")
    assert (found.code, found.out) == (6, "late\n")


def test_who_cannot_be_attached_to() -> None:
    start("--name", "job", "--network", "none", "-it", "--", "sh")
    assert nsnet("attach", "nosuch").faults[0].startswith("error: No such container: nosuch")
    wrong = Terminal("attach", "--detach-keys", "ctrl-foo", "job")
    wrong.see("invalid detach keys 'ctrl-foo'")
    assert wrong.end() == 1
    assert "the input device is not a TTY" in nsnet("attach", "job").err
    assert nsnet("pause", "job").code == 0
    paused = nsnet("attach", "job")
    assert paused.code == 1
    assert "You cannot attach to a paused container, unpause it first" in paused.err
    assert nsnet("unpause", "job").code == 0


def test_only_looking() -> None:
    start("--name", "job", "--network", "none", "-i", "--", "sh", "-c", f"echo a; {_ALIVE}")
    command = [*COMMAND, "attach", "--no-stdin", "--sig-proxy=false", "job"]
    with subprocess.Popen(command, stdin=-1, cwd=ROOT, env=environment()) as client:
        status = Path(f"/proc/{client.pid}/status")
        until(lambda: _catches(status, signal.SIGTERM))
        client.send_signal(signal.SIGTERM)
        assert client.wait(_LONG) == 128 + signal.SIGTERM
    assert nsnet("exec", "job", "true").code == 0


def _catches(status: Path, number: int) -> bool:
    line = next(x for x in status.read_text().splitlines() if x.startswith("SigCgt"))
    return bool(int(line.split()[1], 16) >> (number - 1) & 1)


def test_logs_show_what_comes_last() -> None:
    name = start("--network", "none", "--", "sh", "-c", "echo a; sleep 1; echo b; echo c >&2")
    assert nsnet("logs", "-f", name[:12]).out == "a\nb\nc\n"
    assert nsnet("logs", "-n", "1", name).out == "c\n"
    assert nsnet("logs", "--tail", "all", name).out == "a\nb\nc\n"
    assert nsnet("logs", "--tail", "few", name).code == 2


@pytest.mark.parametrize(("seconds", "code"), [("0", "137"), ("20", "4")])
def test_stop_gives_time(seconds: str, code: str) -> None:
    script = f"trap 'sleep 0.5; exit 4' TERM; echo ready; {_ALIVE}"
    start("--name", "job", "--network", "none", "--", "sh", "-c", script)
    until(lambda: nsnet("logs", "job").out == "ready\n")
    assert nsnet("stop", "-t", seconds, "job").out == "job\n"
    assert nsnet("wait", "job").out == f"{code}\n"


def test_a_killed_keeper_ends_no_service() -> None:
    start("--name", "job", "--network", "none", "--", "sh", "-c", f"echo a; {_ALIVE}; echo b")
    one = Engine().state().processes()["job"]
    keeper = int(Path(f"/proc/{one.pid}/stat").read_text().rpartition(")")[2].split()[1])
    os.kill(keeper, signal.SIGKILL)
    assert nsnet("exec", "job", "true").code == 0
    assert one.alive
    assert nsnet("stop", "job").code == 0
    assert nsnet("rm", "job").code == 0
