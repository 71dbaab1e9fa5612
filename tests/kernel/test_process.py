"""Detached and attached commands on the real kernel."""

from __future__ import annotations

import os
import pty
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nsnet.kernel import mounts, netns, process
from nsnet.kernel.errors import KernelError, NotFound, SpawnError
from nsnet.kernel.inside import inside
from nsnet.kernel.listen import listen_in
from nsnet.kernel.process import Process
from nsnet.kernel.spawn import Spawn, spawn, spawn_all
from nsnet.kernel.syscalls import CLONE_NEWNS, MS_BIND, MS_REC, mount, unshare
from nsnet.kernel.visit import Visit, exec_in, run_in, start_in
from tests.support import run

pytestmark = pytest.mark.usefixtures("host")

WEB = "/run/netns/web"


@pytest.fixture
def started() -> Iterator[Callable[..., Process]]:
    """Starts commands, and ends those that the test did not."""
    made: list[Process] = []

    def start(*argv: str, **wishes: object) -> Process:
        made.append(spawn(Spawn("web", argv, **wishes)))  # type: ignore[arg-type]
        return made[-1]

    yield start
    process.stop_all(made, 0)


@pytest.fixture
def web(host: None) -> Iterator[str]:
    """A namespace called web."""
    run("ip", "netns", "add", "web")
    yield WEB
    run("ip", "netns", "del", "web")


def ended(what: Process, within: float = 5) -> int | None:
    """Its exit status, once it has ended."""
    deadline = time.monotonic() + within
    while what.exit_status is None and time.monotonic() < deadline:
        time.sleep(0.005)
    return what.exit_status


def output(tmp_path: Path, script: str, **wishes: object) -> list[str]:
    """The lines that a detached shell script wrote."""
    log = tmp_path / "web.log"
    assert ended(spawn(Spawn("web", ("sh", "-c", script), log=str(log), **wishes))) == 0  # type: ignore[arg-type]
    return log.read_text().splitlines()


def test_a_command_is_pid_1_with_its_own_name_network_and_files(tmp_path: Path, web: str) -> None:
    (tmp_path / "hosts").write_text("10.0.0.1 db\n")
    script = "echo $$; hostname; ls /sys/class/net; cat /etc/hosts; ls /proc | grep -c '^[0-9]'"
    lines = output(
        tmp_path,
        script,
        netns=web,
        hostname="box",
        files=(("/etc/hosts", str(tmp_path / "hosts")), ("/nowhere", "/etc/hosts")),
    )
    assert lines[:4] == ["1", "box", "lo", "10.0.0.1 db"]
    assert int(lines[4]) <= 4
    assert os.uname().nodename != "box"


def test_a_command_starts_clean(tmp_path: Path) -> None:
    leaked = os.open("/dev/null", os.O_RDONLY)
    os.set_inheritable(leaked, True)
    try:
        lines = output(
            tmp_path,
            "pwd; ls /proc/self/fd; echo $X; grep -E 'Sig(Blk|Ign)' /proc/self/status; tty; umask",
            env=(("X", "42"),),
            cwd="/usr",
        )
    finally:
        os.close(leaked)
    clean = [f"Sig{kind}:\t{0:016x}" for kind in ("Blk", "Ign")]
    assert lines == ["/usr", "0", "1", "2", "3", "42", *clean, "not a tty", "0022"]


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [
        (("no-such-command",), 127, "cannot run no-such-command: there is no such command in PATH"),
        (("/no/such",), 127, "cannot run /no/such: No such file or directory"),
        (("/etc/passwd",), 126, "cannot run /etc/passwd: Permission denied"),
        ((), 125, "cannot run a command: it is empty"),
    ],
)
def test_a_command_that_cannot_run_says_so_at_once(
    argv: tuple[str, ...], code: int, words: str
) -> None:
    for start in (lambda: spawn(Spawn("web", argv)), lambda: run_in(Visit("", argv))):
        with pytest.raises(SpawnError) as caught:
            start()
        assert (str(caught.value), caught.value.exit_code) == (words, code)


def test_what_is_wrong_around_a_command_is_named() -> None:
    with pytest.raises(NotFound, match="there is no network namespace gone"):
        spawn(Spawn("web", ("true",), netns="/run/netns/gone"))
    with pytest.raises(SpawnError, match="cannot enter directory /gone"):
        spawn(Spawn("web", ("true",), cwd="/gone"))
    with pytest.raises(KernelError, match=r"mount\(/gone on /etc/passwd\): No such file"):
        spawn(Spawn("web", ("true",), files=(("/etc/passwd", "/gone"),)))


def test_one_keeper_for_many_and_each_gets_its_own_answer(tmp_path: Path) -> None:
    good = [Spawn(f"c{i}", ("sh", "-c", f"exit {i}"), log=f"{tmp_path}/{i}") for i in range(5)]
    results = spawn_all([*good[:3], Spawn("bad", ("no-such-command",)), *good[3:]])
    assert isinstance(results.pop(3), SpawnError)
    assert [ended(each) for each in results if isinstance(each, Process)] == [0, 1, 2, 3, 4]


def test_the_keeper_is_small_and_ends_with_its_last_command(
    started: Callable[..., Process],
) -> None:
    web = started("sleep", "100")
    keeper = int(Path(f"/proc/{web.pid}/stat").read_text().rpartition(")")[2].split()[1])
    memory = Path(f"/proc/{keeper}/smaps_rollup").read_text()
    private = sum(int(x.split()[1]) for x in memory.splitlines() if x.startswith("Private_Dirty"))
    assert private < 4096
    began = process.start_time(keeper)
    process.stop(web)
    deadline = time.monotonic() + 5
    while process.alive(keeper, began):
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_alive_means_this_process_and_not_its_pid(started: Callable[..., Process]) -> None:
    web = started("sleep", "100")
    assert web.alive
    assert not process.alive(web.pid, web.start + 1)
    assert not process.kill(Process(web.pid, web.start + 1), signal.SIGKILL)
    process.stop(web)
    assert not web.alive
    assert not process.kill(web, signal.SIGTERM)


def test_stop_lets_a_program_end_itself(tmp_path: Path) -> None:
    script = "trap 'echo bye; exit 3' TERM; echo ready; while :; do sleep 0.01; done"
    web = spawn(Spawn("web", ("sh", "-c", script), log=str(tmp_path / "log")))
    while "ready" not in (tmp_path / "log").read_text():
        time.sleep(0.005)
    assert process.stop(web) == 3
    assert (tmp_path / "log").read_text() == "ready\nbye\n"


def test_stop_does_not_wait_for_what_never_listens(tmp_path: Path) -> None:
    many = [Spawn(f"c{i}", ("sleep", "100"), log=f"{tmp_path}/{i}") for i in range(5)]
    running = [each for each in spawn_all(many) if isinstance(each, Process)]
    began = time.monotonic()
    assert process.stop_all(running, 10) == [137] * 5
    assert time.monotonic() - began < 2


def test_stop_escalates_and_takes_the_whole_pid_namespace(tmp_path: Path, web: str) -> None:
    script = "trap : TERM; setsid sleep 100 & setsid sleep 100 & echo ready; while :; do wait; done"
    spec = Spawn("web", ("sh", "-c", script), log=str(tmp_path / "log"), netns=web)
    stubborn = spawn(spec)
    inode = os.stat(web).st_ino
    while len(process.processes_in(inode)) < 3:
        time.sleep(0.005)
    assert process.stop(stubborn, 0.1) == 137
    assert process.processes_in(inode) == []


def test_a_running_container_does_not_keep_others_namespaces(
    web: str, started: Callable[..., Process]
) -> None:
    run("ip", "netns", "add", "other")
    started("sleep", "100", netns=web)
    run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", "other")
    run("ip", "netns", "del", "other")
    deadline = time.monotonic() + 5
    while "v0" in run("ip", "-br", "link"):
        assert time.monotonic() < deadline, "the namespace lives on"
        time.sleep(0.02)


def test_a_visit_joins_the_containers_processes(
    web: str, tmp_path: Path, started: Callable[..., Process]
) -> None:
    resident = started("sleep", "100", netns=web, hostname="box")
    ours = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "mnt", "pid_for_children")]
    found = tmp_path / "found"
    script = f"(hostname; ls /sys/class/net; cat /proc/1/comm; pwd) >{found}; exit 4"
    assert run_in(Visit(web, ("sh", "-c", script), resident, cwd="/usr")) == 4
    assert found.read_text().split() == ["box", "lo", "sleep", "/usr"]
    assert run_in(Visit(web, ("sh", "-c", "kill -9 $$"), resident)) == 137
    assert ours == [
        os.readlink(f"/proc/self/ns/{kind}") for kind in ("net", "mnt", "pid_for_children")
    ]


def test_a_visit_to_an_empty_container_brings_its_own_mounts(web: str, tmp_path: Path) -> None:
    (tmp_path / "hosts").write_text("10.0.0.1 db\n")
    files = (("/etc/hosts", str(tmp_path / "hosts")),)
    found = tmp_path / "found"
    script = f"(hostname; ls /sys/class/net; cat /etc/hosts; echo $X) >{found}"
    env = {**os.environ, "X": "42"}
    visit = Visit(web, ("sh", "-c", script), files=files, hostname="box", env=env)
    assert run_in(visit) == 0
    assert found.read_text().split() == ["box", "lo", "10.0.0.1", "db", "42"]


@pytest.mark.parametrize("resident", [True, False])
def test_exec_in_ends_as_the_command_does(
    web: str, resident: bool, started: Callable[..., Process]
) -> None:
    who = started("sleep", "100", netns=web) if resident else None
    child = os.fork()
    if child == 0:
        try:
            exec_in(Visit(web, ("sh", "-c", "exit 9"), who))
        except SystemExit as end:
            os._exit(int(str(end.code)))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_a_visit_can_write_into_a_pipe(web: str) -> None:
    hear, say = os.pipe()
    pid = start_in(Visit(web, ("echo", "hello"), stdio=(0, say, say)))
    os.close(say)
    with open(hear) as lines:
        assert lines.read() == "hello\n"
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


_ON_A_TERMINAL = """
import sys
from nsnet.kernel.visit import Visit, run_in
print("ready", flush=True)
print("code", run_in(Visit("", tuple(sys.argv[1:]), hostname="box")), flush=True)
"""


def test_ctrl_c_ends_the_command_and_not_us() -> None:
    child, terminal = pty.fork()
    if child == 0:
        argv = [sys.executable, "-c", _ON_A_TERMINAL, "sleep", "100"]
        os.execve(sys.executable, argv, {**os.environ, "PYTHONPATH": ":".join(sys.path)})
    seen = b""
    while b"ready" not in seen:
        seen += os.read(terminal, 1000)
    while not _runs_sleep(child):
        time.sleep(0.01)
    os.write(terminal, b"\x03")
    while b"code 130" not in seen:
        seen += os.read(terminal, 1000)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    os.close(terminal)


def _runs_sleep(pid: int) -> bool:
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return any(Path(f"/proc/{each}/comm").read_text() == "sleep\n" for each in below)


def test_sockets_are_opened_in_there_and_we_come_back(web: str) -> None:
    home = os.readlink("/proc/thread-self/ns/net")
    fds = listen_in(web, [("tcp", "", 80), ("udp", "", 80), ("tcp", "127.0.0.1", 81)])
    try:
        assert os.readlink("/proc/thread-self/ns/net") == home
        assert run("ss", "-Hlnt") == ""
        assert len(run("ip", "netns", "exec", "web", "ss", "-Hlntu").splitlines()) == 3
        with pytest.raises(KernelError, match=r"cannot listen on udp port 80: it is in use"):
            listen_in(web, [("tcp", "", 82), ("udp", "", 80)])
        assert os.readlink("/proc/thread-self/ns/net") == home
    finally:
        for fd in fds:
            os.close(fd)
    with pytest.raises(NotFound, match="no network namespace gone"), inside(netns.path("gone")):
        pass


def test_listening_sockets_are_handed_over(tmp_path: Path, web: str) -> None:
    fds = listen_in(web, [("tcp", "", 80), ("udp", "", 53)])
    try:
        lines = output(
            tmp_path,
            "echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES; ls -l /proc/self/fd | grep -c 'socket:'",
            netns=web,
            listen=tuple(fds),
        )
    finally:
        for fd in fds:
            os.close(fd)
    assert lines == ["2 1 socket:socket", "2"]


def test_mounts_can_be_made_our_own_in_a_chroot_too(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    child = os.fork()
    if child == 0:
        try:
            unshare(CLONE_NEWNS)
            mount("/proc", str(tmp_path / "proc"), flags=MS_BIND | MS_REC)
            os.chroot(tmp_path)
            mounts.detach()
            os._exit(0 if os.listdir("/") == os.listdir(".") == ["proc"] else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
