"""Sandboxes that stay, and helpers that end with their program."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nsnet.kernel import process, sandbox, userns, wire
from nsnet.kernel.errors import KernelError, NotFound, PreconditionError
from nsnet.kernel.helper import Helper, HelperError

HERE = "tests.kernel.test_sandbox"


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A place for the records of this test's sandboxes, which all end with it."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    yield tmp_path / "nsnet"
    for left in sandbox.running():
        sandbox.stop(left.name)


def inside(box: sandbox.Sandbox, script: str) -> tuple[int, str]:
    """Run a shell script in a sandbox as the program would: exit code and output."""
    hear, say = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(say, 1)
        sandbox.enter(box)
        os.execvp("sh", ["sh", "-c", script])
    os.close(say)
    with open(hear) as lines:
        text = lines.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), text


def test_a_sandbox_is_made_once_and_found_again(records: Path) -> None:
    box = sandbox.ensure("box")
    assert sandbox.ensure("box") == box == sandbox.find("box")
    other = sandbox.ensure("other")
    assert sandbox.running() == [box, other]
    assert records.stat().st_mode & 0o777 == 0o700
    sandbox.stop("box")
    assert not box.alive
    assert sandbox.running() == [other]
    with pytest.raises(NotFound, match="there is no sandbox box"):
        sandbox.stop("box")


@pytest.mark.usefixtures("records")
def test_inside_we_are_root_of_an_empty_machine() -> None:
    box = sandbox.ensure()
    before = os.listdir("/etc")
    script = "id -u; ls /sys/class/net; ls /run; ls /run/netns; ip -br link show up; exit 7"
    code, text = inside(box, script)
    assert code == 7
    assert text.split()[:3] == ["0", "lo", "netns"]
    assert "LOOPBACK,UP" in text
    assert (
        inside(box, "touch /etc/netns/x && ip netns add web && ip netns exec web ip link")[0] == 0
    )
    assert "web" in inside(box, "ip netns list; ls /etc/netns")[1]
    assert os.listdir("/etc") == before
    assert inside(box, "ps -A -o pid= | sort -n | head -1")[1].strip() == "1"
    assert inside(box, "kill -TERM $$")[0] == 143


@pytest.mark.usefixtures("records")
def test_we_stay_in_our_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert inside(sandbox.ensure(), "pwd")[1].strip() == str(tmp_path)


@pytest.mark.usefixtures("records")
def test_roots_programs_are_found_though_a_users_path_lacks_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/home/kim/bin:/usr/bin:/bin")
    assert inside(sandbox.ensure(), "nft list tables; echo $?; echo $PATH")[1].splitlines() == [
        "0",
        "/home/kim/bin:/usr/bin:/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin",
    ]
    with Helper.start(f"{HERE}:Target") as started:
        assert started.call("which", program="nft").endswith("/sbin/nft")


@pytest.mark.usefixtures("records")
def test_the_holder_is_small_and_buries_orphans() -> None:
    box = sandbox.ensure()
    memory = Path(f"/proc/{box.pid}/smaps_rollup").read_text().splitlines()
    assert sum(int(x.split()[1]) for x in memory if x.startswith("Private_Dirty")) < 1024
    script = "(setsid sh -c 'sleep 0.1; exit 1' &); sleep 0.3; ps -A -o stat="
    assert "Z" not in inside(box, script)[1]


def test_inside_a_sandbox_there_are_none_yet_and_ours_stay(records: Path) -> None:
    box = sandbox.ensure()
    code = "from nsnet.kernel import sandbox; print(sandbox.running())"
    script = f"PYTHONPATH={':'.join(sys.path)} {sys.executable} -c '{code}'"
    assert inside(box, script) == (0, "[]\n")
    assert sandbox.running() == [box]


def test_a_killed_sandbox_is_gone_with_all_that_ran_in_it(records: Path) -> None:
    box = sandbox.ensure()
    pid = int(
        inside(box, "setsid sleep 100 >&- & readlink /proc/self/ns/net")[1].split("[")[1][:-2]
    )
    assert process.processes_in(pid)
    os.kill(box.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while box.alive:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    assert process.processes_in(pid) == []
    assert sandbox.running() == []
    assert [x.name for x in records.rglob("*") if x.is_file()] == [".lock"]


@pytest.mark.usefixtures("records")
def test_two_at_once_make_one() -> None:
    found: list[sandbox.Sandbox] = []
    threads = [threading.Thread(target=lambda: found.append(sandbox.ensure())) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(found)) == 1


def test_somebody_elses_records_are_no_hindrance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's /tmp/nsnet-0 lies in the way of one who is root in a user namespace of his own."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    theirs = f"/tmp/nsnet-{os.geteuid()}"
    monkeypatch.setattr(sandbox, "_owned", lambda path: path != theirs)
    made = not os.path.lexists(theirs)
    if made:
        os.mkdir(theirs)
    folder = sandbox._directory()
    try:
        assert not folder.startswith(f"{theirs}/")
    finally:
        os.rmdir(folder)
        os.rmdir(os.path.dirname(folder))
        if made:
            os.rmdir(theirs)


def test_records_are_kept_where_nobody_else_can_write(records: Path) -> None:
    records.mkdir(0o777)
    records.chmod(0o777)
    with pytest.raises(KernelError, match="not a directory of ours"):
        sandbox.ensure()
    records.chmod(0o700)


@pytest.mark.usefixtures("records")
@pytest.mark.parametrize("name", ["", "a/b", ".lock"])
def test_a_name_is_a_plain_word(name: str) -> None:
    with pytest.raises(KernelError, match="must be a plain word"):
        sandbox.ensure(name)


@pytest.mark.parametrize(
    ("setting", "value", "remedy"),
    [
        ("user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=15000"),
        (
            "kernel/unprivileged_userns_clone",
            "0",
            "sudo sysctl -w kernel.unprivileged_userns_clone=1",
        ),
        (
            "kernel/apparmor_restrict_unprivileged_userns",
            "1",
            "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
        ),
    ],
)
def test_a_machine_that_forbids_it_says_how_to_allow_it(
    setting: str, value: str, remedy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / setting).parent.mkdir()
    (tmp_path / setting).write_text(f"{value}\n")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    error = userns.explain(OSError(errno.EPERM, "not permitted"), str(tmp_path))
    assert isinstance(error, PreconditionError)
    assert remedy in str(error)
    assert error.exit_code == 4


@pytest.mark.usefixtures("host", "records")
def test_a_real_kernel_that_forbids_it() -> None:
    code = "import sys; from nsnet.kernel import sandbox; sandbox.ensure()"
    script = 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"'
    done = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", script, "sh", sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "user.max_user_namespaces=0 forbids it" in done.stderr.splitlines()[-1]


class Target:
    """What the helpers of these tests serve."""

    def __init__(self, greeting: str = "hello") -> None:
        self.greeting = greeting

    def greet(self, name: str) -> str:
        return f"{self.greeting} {name}"

    def where(self) -> list[str]:
        return [os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "mnt", "pid", "user")]

    def fail(self, kind: str) -> None:
        raise {"known": NotFound("there is no x", "", "ls"), "other": ValueError("bad")}[kind]

    def read(self, fds: list[int]) -> str:
        return os.read(fds[0], 100).decode()

    def listen(self) -> wire.WithFiles:
        sock = socket.create_server(("127.0.0.1", 80))
        return wire.WithFiles(["127.0.0.1", 80], (sock.detach(),))

    def knock(self) -> None:
        socket.create_connection(("127.0.0.1", 80)).close()

    def hang(self) -> None:
        time.sleep(1000)

    def orphan(self) -> str:
        subprocess.Popen(["setsid", "sleep", "1000"])
        return os.readlink("/proc/self/ns/net").split("[")[1][:-1]

    def which(self, program: str) -> str | None:
        return shutil.which(program)

    def echo(self, size: int) -> str:
        return "x" * size


def broken() -> None:
    raise NotFound("there is no target")


@pytest.fixture
def helper() -> Iterator[Helper]:
    with Helper.start(f"{HERE}:Target", {"greeting": "good day"}) as started:
        yield started


def test_a_helper_answers(helper: Helper) -> None:
    assert helper.call("greet", name="Ada") == "good day Ada"
    assert len(helper.call("echo", size=3_000_000)) == 3_000_000


def test_a_helper_lives_elsewhere_unless_told_otherwise(helper: Helper) -> None:
    ours = Target().where()
    assert not set(ours) & set(helper.call("where"))
    with Helper.start(f"{HERE}:Target", private=False) as here:
        assert here.call("where") == ours


def test_errors_come_back_as_they_were(helper: Helper) -> None:
    with pytest.raises(NotFound, match=r"^there is no x \(see: ls\)$"):
        helper.call("fail", kind="known")
    with pytest.raises(HelperError, match=r"^bad$") as caught:
        helper.call("fail", kind="other")
    assert (caught.value.kind, caught.value.exit_code) == ("ValueError", 1)
    assert "raise" in caught.value.trace
    with pytest.raises(NotFound, match="no target"):
        Helper.start(f"{HERE}:broken")
    with pytest.raises(HelperError, match="No module named"):
        Helper.start("no.such:thing")


def test_open_files_go_both_ways(helper: Helper) -> None:
    hear, say = os.pipe()
    os.write(say, b"through the pipe")
    assert helper.call("read", fds=[hear]) == "through the pipe"
    for fd in (hear, say):
        os.close(fd)
    address, files = helper.call_for_files("listen")
    with socket.socket(fileno=files[0]) as listener:
        helper.call("knock")
        assert address == list(listener.getsockname())
        listener.accept()[0].close()


def test_a_helper_serves_threads_and_event_loops(helper: Helper) -> None:
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(helper.call("greet", name="x")))
        for _ in range(8)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    async def cell() -> None:
        with Helper.start(f"{HERE}:Target") as another:
            found.append(another.call("greet", name="y"))

    asyncio.run(cell())
    assert found == ["good day x"] * 8 + ["hello y"]


def test_a_fork_does_not_share_its_parents_helper(helper: Helper) -> None:
    child = os.fork()
    if child == 0:
        try:
            helper.call("greet", name="x")
        except KernelError:
            os._exit(5)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5
    assert helper.call("greet", name="x")


def test_the_end_is_the_end_of_everything() -> None:
    helper = Helper.start(f"{HERE}:Target")
    inode = int(helper.call("orphan"))
    assert len(process.processes_in(inode)) == 3
    helper.close()
    assert process.processes_in(inode) == []
    helper.close()
    with pytest.raises(KernelError, match="has been closed"):
        helper.call("where")


_VICTIM = f"""
import os, threading, time
from nsnet.kernel.helper import Helper
helper = Helper.start("{HERE}:Target")
print(helper.call("orphan"), flush=True)
threading.Thread(target=helper.call, args=("hang",)).start()
time.sleep(1000)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_a_killed_program(number: int) -> None:
    paths = ":".join([os.getcwd(), *sys.path])
    victim = subprocess.Popen(
        [sys.executable, "-c", _VICTIM],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    with victim:
        assert victim.stdout is not None
        inode = int(victim.stdout.readline())
        time.sleep(0.05)
        victim.send_signal(number)
    gone_within(lambda: not process.processes_in(inode))


def gone_within(true: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_an_answer_that_nobody_waited_for_is_not_mistaken(helper: Helper) -> None:
    wire.send(helper._sock, {"id": 0, "method": "greet", "arguments": {"name": "late"}})
    assert helper.call("greet", name="on time") == "good day on time"


def test_no_file_stays_open() -> None:
    before = sorted(os.listdir("/proc/self/fd"))
    with Helper.start(f"{HERE}:Target") as helper:
        helper.call("greet", name="x")
    with pytest.raises(KernelError):
        Helper.start("no.such:thing")
    assert sorted(os.listdir("/proc/self/fd")) == before
