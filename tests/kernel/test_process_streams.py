"""Commands with terminals and pipes, and those who attach to them, on the real kernel."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nsnet.kernel import marks, process
from nsnet.kernel import shell as typed
from nsnet.kernel.attach import attach, awaiting, follow
from nsnet.kernel.console import Keys
from nsnet.kernel.errors import KernelError, NotFound, SpawnError
from nsnet.kernel.process import Process
from nsnet.kernel.spawn import Spawn, spawn, spawn_all
from nsnet.kernel.streams import connect
from nsnet.plan.steps.process import StartProcess
from tests.support import children

pytestmark = pytest.mark.usefixtures("host")

_LONG = 10  # seconds; a generous time-out
_ALIVE = "while :; do sleep 0.05; done"


class Box:
    """Starts commands in a folder of its own, and ends those that are left."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = str(folder / "attach" / "web.sock")
        self.log = folder / "web.log"
        self.made: list[Process] = []

    def spec(self, *argv: str, **wishes: object) -> Spawn:
        return Spawn("web", argv, log=str(self.log), socket=self.socket, **wishes)  # type: ignore[arg-type]

    def start(self, *argv: str, **wishes: object) -> Process:
        self.made.append(spawn(self.spec(*argv, **wishes)))
        return self.made[-1]

    def run(self, *argv: str, given: bytes | None = None, **wishes: object) -> tuple[int, str, str]:
        """In the foreground: exit code, standard output and error."""
        hear, say = os.pipe()
        out, err = self.folder / "out", self.folder / "err"
        with open(out, "wb") as to_out, open(err, "wb") as to_err, awaiting("web") as line:
            os.write(say, given or b"")
            os.close(say)
            try:
                self.start(*argv, interactive=given is not None, **wishes)
                stdio = (hear, to_out.fileno(), to_err.fileno())
                code = attach(line, stdio=stdio, stdin=given is not None)
            finally:
                os.close(hear)
        return code, out.read_text(), err.read_text()

    def keeper(self) -> int:
        return _parent(self.made[-1].pid)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    process.stop_all(box.made, 0)
    left = [name for name in os.listdir(tmp_path) if name.endswith(".ending")]
    assert not left


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def until(true: Callable[[], object], what: str = "it") -> None:
    deadline = time.monotonic() + _LONG
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)


class Terminal:
    """A user at a terminal, with a program that is attached."""

    def __init__(self, box: Box, **options: object) -> None:
        words = ", ".join(f"{key}={value!r}" for key, value in options.items())
        program = f"""
from nsnet.kernel.attach import attach
print("code", attach({box.socket!r}, tty=True, {words}))
"""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            argv = [sys.executable, "-c", program]
            os.execve(sys.executable, argv, {**os.environ, "PYTHONPATH": ":".join(sys.path)})
        self.seen = ""

    def prompt(self) -> None:
        """Wait for a prompt: what was printed before we came, we do not see."""
        self.type("\n")
        self.see("$ ")

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

    def raw(self) -> bool:
        return not termios.tcgetattr(self.fd)[3] & termios.ICANON

    def end(self) -> int:
        status = os.waitpid(self.pid, 0)[1]
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


def shell(box: Box) -> Process:
    return box.start("sh", env=(("PS1", "$ "),), tty=True, interactive=True)


@pytest.mark.parametrize("code", [0, 3])
def test_a_foreground_command_loses_neither_output_nor_status(box: Box, code: int) -> None:
    for _ in range(5):
        found = box.run("sh", "-c", f"echo out; echo err >&2; exit {code}")
        assert found == (code, "out\n", "err\n")
    assert sorted(box.log.read_text().split()) == ["err"] * 5 + ["out"] * 5


def test_a_foreground_command_that_cannot_start(box: Box) -> None:
    for argv, code in (("no-such-command", 127), ("/etc/passwd", 126)):
        with pytest.raises(SpawnError) as caught:
            box.run(argv)
        assert caught.value.exit_code == code
    with awaiting("web") as line, pytest.raises(KernelError, match="no command was started"):
        attach(line)


def test_output_stays_apart_and_in_order(box: Box) -> None:
    script = "i=0; while [ $i -lt 300 ]; do echo $i; echo e$i >&2; i=$((i+1)); done"
    code, out, err = box.run("sh", "-c", script)
    assert code == 0
    assert out.split() == [str(i) for i in range(300)]
    assert err.split() == [f"e{i}" for i in range(300)]


def test_input_ends_with_that_of_the_first_client(box: Box) -> None:
    assert box.run("cat", given=b"one\ntwo") == (0, "one\ntwo", "")
    assert box.run("wc", "-c", given=b"") == (0, "0\n", "")
    assert box.run("true", given=b"nobody reads this" * 1000) == (0, "", "")


def test_without_i_there_is_no_input(box: Box) -> None:
    assert box.run("cat") == (0, "", "")


def test_much_goes_through_both_ways(box: Box) -> None:
    text = os.urandom(1 << 20).hex().encode()
    source, target = box.folder / "source", box.folder / "target"
    source.write_bytes(text)
    with open(source) as given, open(target, "wb") as out, awaiting("web") as line:
        box.start("cat", interactive=True)
        assert attach(line, stdio=(given.fileno(), out.fileno(), 2)) == 0
    assert target.read_bytes() == text


def test_signals_are_passed_on(box: Box) -> None:
    script = "trap 'echo int' INT; trap 'echo hup' HUP; trap 'echo bye; exit 4' TERM; echo ready; "
    with awaiting("web") as line:
        box.start("sh", "-c", script + _ALIVE)
        hear, say = os.pipe()

        def send() -> None:
            seen = ""
            for word, number in (("ready", 2), ("int", 1), ("hup", 15)):
                while word not in seen:
                    seen += os.read(hear, 100).decode()
                os.kill(os.getpid(), number)

        sender = threading.Thread(target=send)
        sender.start()
        assert attach(line, stdio=(0, say, say), stdin=False) == 4
        sender.join()
        os.close(hear)
        os.close(say)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_without_sig_proxy_a_signal_ends_us_alone(box: Box) -> None:
    box.start("cat", interactive=True)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        attach(box.socket, stdin=False, sig_proxy=False)
    assert box.made[0].alive


def test_three_interrupts_in_vain_let_the_user_go(box: Box) -> None:
    program = "from nsnet.kernel.attach import *; from nsnet.kernel.process import Process as P\n"
    one = box.start("sleep", "100", interactive=True)
    program += f"import os; os.write(1, b'on\\n'); attach({box.socket!r}, stdin=False)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=-1, stderr=-1) as client:
        assert client.stdout
        client.stdout.readline()
        until(lambda: _catches(client.pid, signal.SIGINT))
        for _ in range(3):
            client.send_signal(signal.SIGINT)
            time.sleep(0.05)
        _, said = client.communicate(timeout=_LONG)
    assert b"Interrupted: left the container: its command ignores Ctrl-C" in said
    assert one.alive


def _catches(pid: int, number: int) -> bool:
    """Is its own handler in place, and Python's not the only one? (It watches SIGUSR1, too.)"""
    status = Path(f"/proc/{pid}/status").read_text()
    mask = int(next(x for x in status.splitlines() if x.startswith("SigCgt")).split()[1], 16)
    return bool(mask >> (number - 1) & 1 and mask >> (signal.SIGUSR1 - 1) & 1)


def test_a_terminal_to_type_at_and_to_leave(box: Box) -> None:
    one = shell(box)
    user = Terminal(box)
    user.prompt()
    user.type("echo a$((1+1)); tty; echo $TERM\n")
    user.see("a2\r\n/dev/pts/")
    user.see("xterm\r\n")
    assert user.raw()
    user.type("\x10")  # half of the detach keys, and then something else
    user.type("x\n\x10\x11")
    user.see("code -1")
    assert not user.raw()
    assert user.end() == 0
    assert one.alive
    again = Terminal(box, detach_keys="ctrl-x,y")
    again.type("echo b$((1+2))\n")
    again.see("b3")
    again.type("\x18y")
    again.see("code -1")
    assert again.end() == 0
    last = Terminal(box)
    last.type("exit 7\n")
    last.see("code 7")
    assert last.end() == 0
    assert process.wait(one) == 7
    assert "a2" in box.log.read_text()
    until(lambda: not os.path.exists(box.socket))


def test_ctrl_c_is_a_key_of_the_container(box: Box) -> None:
    shell(box)
    user = Terminal(box)
    user.type("sleep 1000\n")
    user.see("sleep 1000")
    until(lambda: _below(box.made[0].pid) == ["sleep"])  # It has the terminal before its name.
    user.type("\x03")
    user.type("echo after$((1+1))\n")
    user.see("after2")
    user.type("exit\n")
    user.see("code 130" if "code 130" in user.seen else "code ")
    user.end()


def _below(pid: int) -> list[str]:
    """The programs that a process has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [Path(f"/proc/{child}/comm").read_text().strip() for child in children]


def test_the_size_of_the_window_follows(box: Box) -> None:
    shell(box)
    user = Terminal(box)
    termios.tcsetwinsize(user.fd, (33, 99))
    user.prompt()
    until(lambda: user.raw())

    def seen() -> bool:
        user.type("stty size\n")
        time.sleep(0.05)
        while select.select([user.fd], [], [], 0.05)[0]:
            user.seen += os.read(user.fd, 4096).decode()
        return "33 99" in user.seen

    until(seen, "the size")
    user.type("\x10\x11")
    user.see("code -1")
    user.end()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_the_terminal_is_given_back_after_a_signal(box: Box, number: int) -> None:
    one = shell(box)
    user = Terminal(box, sig_proxy=False)
    user.prompt()
    before = user.raw()
    os.kill(user.pid, number)
    until(lambda: not user.raw())
    assert (before, user.end()) == (True, 128 + number)
    assert one.alive


def test_the_terminal_is_given_back_when_the_keeper_is_killed(box: Box) -> None:
    one = shell(box)
    user = Terminal(box)
    user.prompt()
    os.kill(box.keeper(), signal.SIGKILL)
    user.see("lost the connection to the command")
    until(lambda: not user.raw())
    assert user.end() == 1
    until(lambda: not one.alive, "the end of what has lost its terminal")


def test_several_see_the_same(box: Box) -> None:
    shell(box)
    first, second = Terminal(box), Terminal(box)
    for each in (first, second):
        each.prompt()
    first.type("echo one$((1+1))\n")
    for each in (first, second):
        each.see("one2")
    second.type("exit 5\n")
    for each in (first, second):
        each.see("code 5")
        assert each.end() == 0


def test_who_does_not_read_holds_up_nobody(box: Box) -> None:
    one = box.start("sh", "-c", "read x; head -c 5000000 /dev/zero; read y", interactive=True)
    deaf = connect(box.socket)
    hearing = subprocess.Popen(
        [sys.executable, "-c", f"from nsnet.kernel.attach import *; attach({box.socket!r})"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert hearing.stdin
    assert hearing.stdout
    hearing.stdin.write(b"go\n")
    hearing.stdin.flush()
    assert len(hearing.stdout.read(5000000)) == 5000000
    assert one.alive
    hearing.stdin.write(b"end\n")
    hearing.stdin.close()
    assert process.wait(one, _LONG) == 0
    assert hearing.wait(_LONG) == 0
    hearing.stdout.close()
    deaf.close()


def test_garbage_from_a_client_harms_nobody(box: Box) -> None:
    one = shell(box)
    for garbage in (b"w\0\0\0\1x", b"k\0\0\0\2zz", b"\xff" * 99, b"w\0\0\0\5-9 -9", b"?\0\0\0\0"):
        with connect(box.socket) as client:
            client.sendall(garbage)
    user = Terminal(box)
    user.type("exit 6\n")
    user.see("code 6")
    user.end()
    assert process.wait(one) == 6


def test_a_terminal_wants_one(box: Box) -> None:
    shell(box)
    with open("/dev/null") as null, pytest.raises(KernelError, match="input device is not a TTY"):
        attach(box.socket, stdio=(null.fileno(), 1, 2), tty=True)


def test_nobody_is_served_where_nothing_runs(box: Box) -> None:
    with pytest.raises(NotFound, match="cannot attach to web"):
        attach(box.socket)
    box.start("true", interactive=True)
    until(lambda: not os.path.exists(box.socket))
    with pytest.raises(NotFound, match="cannot attach to web"):
        attach(box.socket)


def test_a_detached_command_can_be_followed(box: Box) -> None:
    one = box.start("sh", "-c", "echo early; read x < /dev/null; sleep 0.5; echo late; exit 3")
    until(lambda: "early" in box.log.read_text())
    with open(box.folder / "out", "wb") as out:
        assert follow(one, stdio=(0, out.fileno(), 2)) == 3
    assert (box.folder / "out").read_text() == "late\n"


def test_detached_commands_go_on_without_their_keeper(box: Box) -> None:
    one = box.start("sh", "-c", "while :; do echo x; sleep 0.01; done")
    os.kill(box.keeper(), signal.SIGKILL)
    until(lambda: _parent(one.pid) == os.getpid())
    size = box.log.stat().st_size
    until(lambda: box.log.stat().st_size > size + 10)
    assert process.stop(one) is None


def test_the_keeper_of_terminals_is_small_too(box: Box) -> None:
    shell(box)
    keeper = box.keeper()
    with connect(box.socket) as client:
        client.recv(1)
        memory = Path(f"/proc/{keeper}/smaps_rollup").read_text()
    private = sum(int(x.split()[1]) for x in memory.splitlines() if x.startswith("Private_Dirty"))
    assert private < 4096


def test_a_terminal_is_seen_by_its_own_command_only(box: Box) -> None:
    log = box.folder / "fds"
    specs = [box.spec("sh", tty=True, interactive=True)]
    specs.append(Spawn("two", ("sh", "-c", "ls -l /proc/self/fd"), log=str(log)))
    for each in spawn_all(specs):
        assert isinstance(each, Process)
        box.made.append(each)
    assert process.wait(box.made[1], _LONG) == 0
    assert "ptmx" not in log.read_text()
    assert "socket" not in log.read_text()


def test_by_hand_a_fifo_stands_in_for_the_terminal(box: Box) -> None:
    log = f"{box.folder}/log/web.log"
    env = (("NSNET_CONTAINER", "web"), ("NSNET_HOST", "by-hand-test"))
    step = StartProcess("web", "shop", "", ("sh",), log, env=env, tty=True)
    typed.run([step])
    with open(f"{log}.in", "w") as fifo:
        fifo.write("echo a$((1+1)) $TERM\n")
    until(lambda: "a2 xterm" in Path(log).read_text())
    assert marks.marked(b"NSNET_HOST=by-hand-test")
    typed.run([step.inverse()])
    until(lambda: not marks.marked(b"NSNET_HOST=by-hand-test"))
    assert not os.path.exists(f"{log}.in")
    assert "its input is a FIFO here, nsnet gives it a terminal" in step.why


@pytest.mark.parametrize(
    ("keys", "typed", "passed", "left"),
    [
        ("", b"abc", b"abc", False),
        ("", b"a\x10\x11b", b"a", True),
        ("", b"a\x10\x10\x11", b"a\x10", True),
        ("", b"\x10x", b"\x10x", False),
        ("a,b,c", b"ababc", b"ab", True),
        ("ctrl-@", b"x\x00", b"x", True),
    ],
)
def test_detach_keys(keys: str, typed: bytes, passed: bytes, left: bool) -> None:
    assert Keys(keys).feed(typed) == (passed, left)
    one = Keys(keys)
    parts = [one.feed(bytes([code])) for code in typed]
    until_left = parts[: next((i for i, p in enumerate(parts) if p[1]), len(parts)) + 1]
    assert b"".join(part for part, _ in until_left) == passed


@pytest.mark.parametrize("keys", ["ctrl", "ctrl-pp", "ctrl-1", "ctrl-p,", "ab"])
def test_detach_keys_that_are_none(keys: str) -> None:
    with pytest.raises(KernelError, match="invalid detach keys"):
        Keys(keys)


def test_nothing_stays(box: Box) -> None:
    box.run("sh", "-c", "echo hello")
    assert sorted(os.listdir(box.folder)) == ["attach", "err", "out", "web.log", "web.log.exit"]
    assert os.listdir(box.folder / "attach") == []
    assert children(wait=5) == []
