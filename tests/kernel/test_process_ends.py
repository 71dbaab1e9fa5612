"""How commands end: by themselves, by a signal, by nsnet; and standing still before."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nsnet.kernel import process, signals
from nsnet.kernel.errors import KernelError, SpawnError
from nsnet.kernel.process import Process
from nsnet.kernel.spawn import Spawn, spawn, spawn_all
from nsnet.kernel.visit import Visit, run_in

pytestmark = pytest.mark.usefixtures("host")

_LONG = 10  # seconds; a generous time-out


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts commands whose log is tmp_path/log."""
    made: list[Process] = []

    def run(*argv: str, **wishes: object) -> Process:
        made.append(spawn(Spawn("web", argv, log=str(tmp_path / "log"), **wishes)))  # type: ignore[arg-type]
        return made[-1]

    yield run
    process.stop_all(made, 0)


def until(true: Callable[[], object], what: str = "it") -> None:
    deadline = time.monotonic() + _LONG
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)


def after(tmp_path: Path) -> tuple[str, ...]:
    """What is to follow an end: a line in tmp_path/after that tells of it."""
    line = '"$NSNET_ENDED $NSNET_HOST $NSNET_PROCESS $NSNET_CONTAINER. $0"'
    return ("/bin/sh", "-c", f"echo {line} >>{tmp_path}/after")


def test_what_follows_is_done_once(tmp_path: Path, start: Callable[..., Process]) -> None:
    env = (("NSNET_HOST", "17"), ("NSNET_CONTAINER", "web"))
    one = start("sh", "-c", "exit 3", on_exit=after(tmp_path), env=env)
    assert process.wait(one) == 3
    until((tmp_path / "after").exists)
    time.sleep(0.1)
    assert (tmp_path / "after").read_text() == f"web 17 {one.pid} {one.start} . 3\n"


@pytest.mark.parametrize("tty", [False, True])
def test_a_kill_from_outside_is_an_end_too(
    tmp_path: Path, start: Callable[..., Process], tty: bool
) -> None:
    one = start("sleep", "100", on_exit=after(tmp_path), tty=tty, socket=str(tmp_path / "a" / "s"))
    process.kill(one, signal.SIGKILL)
    assert process.wait(one) == 137
    until((tmp_path / "after").exists)
    assert (tmp_path / "after").read_text().endswith(" 137\n")


@pytest.mark.parametrize("tty", [False, True])
def test_nothing_follows_when_nsnet_ends_it(tmp_path: Path, tty: bool) -> None:
    for argv in (("sleep", "100"), ("sh", "-c", "trap 'exit 4' TERM; while :; do sleep .01; done")):
        specs = [
            Spawn(
                f"c{i}",
                argv,
                log=f"{tmp_path}/{i}",
                on_exit=after(tmp_path),
                tty=tty,
                socket=f"{tmp_path}/a/{i}",
            )
            for i in range(5)
        ]
        made = [each for each in spawn_all(specs) if isinstance(each, Process)]
        assert len(made) == 5
        process.stop_all(made)
    time.sleep(0.2)
    assert not (tmp_path / "after").exists()
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".ending")]


def test_nothing_follows_a_start_that_failed(tmp_path: Path) -> None:
    bad = Spawn("web", ("no-such-command",), log=str(tmp_path / "log"), on_exit=after(tmp_path))
    honest = ("sh", "-c", "exit 127")
    good = Spawn("two", honest, log=str(tmp_path / "two"), on_exit=after(tmp_path))
    failed, ran = spawn_all([bad, good])
    assert isinstance(failed, SpawnError)
    assert isinstance(ran, Process)
    assert process.wait(ran) == 127
    until((tmp_path / "after").exists)
    time.sleep(0.1)
    assert (tmp_path / "after").read_text().split()[0] == "two"
    assert len((tmp_path / "after").read_text().splitlines()) == 1


def test_a_stale_word_about_another_process_is_none(
    tmp_path: Path, start: Callable[..., Process]
) -> None:
    (tmp_path / "log.ending").write_text("1 1")
    process.wait(start("true", on_exit=after(tmp_path)))
    until((tmp_path / "after").exists)


def test_every_end_is_either_ours_or_its_own(tmp_path: Path) -> None:
    """Commands that end just when they are stopped: never both, never twice."""
    for _ in range(10):
        (tmp_path / "after").unlink(missing_ok=True)
        script = "trap 'exit 4' TERM; sleep 0.03; exit 5"
        specs = [
            Spawn(f"c{i}", ("sh", "-c", script), log=f"{tmp_path}/{i}", on_exit=after(tmp_path))
            for i in range(4)
        ]
        made = [each for each in spawn_all(specs) if isinstance(each, Process)]
        time.sleep(0.03)
        found = process.stop_all(made)
        assert set(found) <= {4, 5, 137, 143}
        time.sleep(0.05)
        told = tmp_path / "after"
        lines = told.read_text().split("\n")[:-1] if told.exists() else []
        assert len(lines) == len(set(lines)) <= found.count(5)


def test_stop_with_another_signal(tmp_path: Path, start: Callable[..., Process]) -> None:
    script = "trap 'exit 6' USR1; trap : TERM; echo ready; while :; do sleep 0.01; done"
    one = start("sh", "-c", script)
    until(lambda: "ready" in (tmp_path / "log").read_text())
    assert process.stop(one, 30, signal.SIGUSR1) == 6


@pytest.mark.parametrize("seconds", [0, 1])
def test_stop_gives_up_waiting(
    tmp_path: Path, start: Callable[..., Process], seconds: float
) -> None:
    one = start("sh", "-c", "trap : TERM; echo ready; while :; do sleep 0.01; done")
    until(lambda: "ready" in (tmp_path / "log").read_text())
    began = time.monotonic()
    assert process.stop(one, seconds) == 137
    assert time.monotonic() - began >= seconds


def test_wait(start: Callable[..., Process]) -> None:
    one = start("sh", "-c", "trap 'exit 8' USR1; while :; do sleep 0.01; done")
    assert process.wait(one, 0.05) is None
    threading.Timer(0.2, process.kill, (one, signal.SIGUSR1)).start()
    assert process.wait(one) == 8
    assert process.wait(one) == 8


def test_pause_stops_all_that_runs(tmp_path: Path, start: Callable[..., Process]) -> None:
    loop = "while :; do echo x; sleep 0.01; done"
    nested = f"unshare --pid --fork sh -c '{loop}'"
    one = start("sh", "-c", f"{nested} & setsid sh -c '{loop}' & {loop}")
    log = tmp_path / "log"
    until(lambda: log.stat().st_size > 20)
    for _ in range(3):
        process.pause(one)
        assert process.paused(one)
        size = log.stat().st_size
        time.sleep(0.2)
        assert log.stat().st_size == size
        process.unpause(one)
        assert not process.paused(one)
        until(lambda size=size: log.stat().st_size > size + 20)  # type: ignore[misc]


def test_pause_catches_those_that_are_just_born(start: Callable[..., Process]) -> None:
    one = start("sh", "-c", "while :; do /bin/true & /bin/true; done")
    for _ in range(10):
        process.pause(one)
        ours = os.readlink(f"/proc/{one.pid}/ns/pid")
        states = [_state(pid) for pid in os.listdir("/proc") if pid.isdigit() and _in(pid, ours)]
        assert states
        assert set(states) <= {"T", "Z", "D"}
        process.unpause(one)


def _in(pid: str, namespace: str) -> bool:
    try:
        return os.readlink(f"/proc/{pid}/ns/pid") == namespace
    except OSError:
        return False


def _state(pid: str) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_a_paused_container_is_not_entered(start: Callable[..., Process]) -> None:
    one = start("sleep", "100")
    process.pause(one)
    with pytest.raises(KernelError, match="it is paused"):
        run_in(Visit("", ("true",), one))
    process.unpause(one)
    assert run_in(Visit("", ("true",), one)) == 0


def test_a_visit_survives_a_pause(start: Callable[..., Process]) -> None:
    one = start("sleep", "100")

    def rest() -> None:
        until(lambda: Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text())
        time.sleep(0.1)
        process.pause(one)
        time.sleep(0.1)
        process.unpause(one)

    sleeper = threading.Thread(target=rest)
    sleeper.start()
    assert run_in(Visit("", ("sh", "-c", "sleep 0.5; exit 9"), one)) == 9
    sleeper.join()


def test_a_paused_container_can_be_stopped(tmp_path: Path, start: Callable[..., Process]) -> None:
    one = start("sh", "-c", "trap 'exit 2' TERM; echo ready; while :; do sleep 0.01; done")
    until(lambda: "ready" in (tmp_path / "log").read_text())
    process.pause(one)
    assert process.stop(one, 20) == 2
    with pytest.raises(KernelError, match="its first process has ended"):
        process.pause(one)
    process.unpause(one)


@pytest.mark.parametrize(
    ("text", "number"),
    [("TERM", 15), ("SIGTERM", 15), ("sigkill", 9), ("9", 9), ("RTMIN", 34), ("SIGRTMIN+3", 37)],
)
def test_names_of_signals(text: str, number: int) -> None:
    assert signals.signal_number(text) == number


@pytest.mark.parametrize("text", ["", "FOO", "0", "-1", "99", "SIG", "TERM+1", "RTMIN+99", "²"])
def test_names_of_no_signals(text: str) -> None:
    with pytest.raises(KernelError, match="Invalid signal"):
        signals.signal_number(text)
