"""run, create and the container commands as a user types them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import COMMAND, ROOT, Done, environment, nsnet, on_terminal
from tests.support import fetch, pings

pytestmark = pytest.mark.usefixtures("clean")

ID = re.compile(r"[0-9a-f]{64}\n")
IDLE = ("--", "tail", "-f", "/dev/null")


@pytest.fixture
def clean(host: None) -> Iterator[None]:
    """Whatever a test has left is taken away, and nothing of it may stay on the host."""
    try:
        yield
    finally:
        assert nsnet("down", "--all").code == 0


def run(*words: str) -> str:
    """``nsnet run -d WORDS``, which has to work: the id."""
    done = nsnet("run", "-d", *words)
    assert done.code == 0, done.err
    assert ID.fullmatch(done.out), done.out
    return done.out.strip()


def states() -> dict[str, str]:
    """The containers that there are: running, created or exited."""
    from nsnet.engine.engine import Engine
    from nsnet.operations import find

    found = [each.container for each in find.containers(Engine().state())]
    made = {one.name: "exited" if one.finished else "created" for one in found if one.stopped}
    return made | {one.name: "running" for one in found if not one.stopped}


def soon(name: str, state: str | None) -> None:
    """`name` is in this state (None: gone) before long."""
    limit = time.monotonic() + 20
    while states().get(name) != state:
        assert time.monotonic() < limit, f"{name} is {states().get(name)}, not {state}"
        time.sleep(0.05)


def refused(done: Done, code: int, words: str) -> None:
    """One clear line, and this exit code."""
    assert done.code == code, done.err
    assert words in done.err
    assert done.err.startswith("error: ")
    assert len(done.faults) == 1
    assert "Traceback" not in done.err


def test_a_container_of_the_tutorial() -> None:
    first = nsnet("run", "-dit", "--name", "alpine1", "alpine", "ash")
    assert first.code == 0
    assert ID.fullmatch(first.out)
    assert "no images here" in first.err
    assert nsnet("-q", "run", "-dit", "--name", "alpine2", "alpine", "ash").err == ""
    assert nsnet("exec", "alpine1", "ping", "-c1", "-W2", "172.17.0.3").code == 0
    assert nsnet("exec", first.out[:12], "hostname").out == f"{first.out[:12]}\n"
    assert "alpine2" in nsnet("ps").out


def test_a_server_is_a_listener_on_its_ports() -> None:
    run("--name", "web", "-p", "8080:80", "nginx")
    assert fetch("", "http://172.17.0.2").find("web 172.17.0.2:80") >= 0
    assert "web 172.17.0.2:80" in fetch("", "http://127.0.0.1:8080")
    run("--name", "own", "--rm", "--network", "host", "nginx")
    assert "own " in fetch("", "http://127.0.0.1:80")


def test_the_foreground_has_the_exit_code_and_the_streams() -> None:
    done = nsnet("run", "--rm", "--", "sh", "-c", "echo out; echo err >&2; exit 3")
    assert (done.code, done.out, done.err) == (3, "out\n", "err\n")
    assert nsnet("run", "--rm", "-i", "--", "cat", stdin="through").out == "through"
    assert nsnet("run", "--rm", "--", "cat", stdin="ignored").out == ""
    assert nsnet("run", "--rm", "--", "sh", "-c", "kill -9 $$").code in (0, 137)
    assert states() == {}


def test_the_foreground_without_rm_stays_exited() -> None:
    assert nsnet("run", "--name", "job", "--", "sh", "-c", "exit 4").code == 4
    assert states() == {"job": "exited"}
    assert nsnet("wait", "job").out == "4\n"
    done = nsnet("start", "-a", "job")
    assert (done.code, states()) == (4, {"job": "exited"})


def test_a_signal_reaches_the_command() -> None:
    script = "trap 'echo got; exit 5' TERM; echo ready; while :; do sleep 0.05; done"
    words = [*COMMAND, "run", "--rm", "--name", "job", "--", "sh", "-c", script]
    with subprocess.Popen(words, stdout=subprocess.PIPE, cwd=ROOT, env=environment()) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == b"got\n"
    assert process.returncode == 5
    assert states() == {}


def test_a_terminal() -> None:
    line = " ".join((*COMMAND, "run", "--rm", "-it", "--name", "box", "--", "sh"))
    done = on_terminal(line, "tty; echo $((40 + 2)); exit 6\n")
    assert done.code == 6
    assert "/dev/pts/" in done.out
    assert "42" in done.out
    refused(nsnet("run", "-it", "--", "sh"), 1, "the input device is not a TTY")
    assert states() == {}


def test_leaving_by_the_detach_keys() -> None:
    line = " ".join((*COMMAND, "run", "-it", "--name", "box", "--", "sh"))
    with subprocess.Popen(
        ["script", "-qefc", line, "/dev/null"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment(TERM="dumb"),
    ) as process:
        assert process.stdin
        assert process.stdout
        shown = b""
        while b"# " not in shown:  # before the prompt, these keys are the terminal's own
            more = os.read(process.stdout.fileno(), 100)
            assert more, shown
            shown += more
        process.stdin.write(b"\x10\x11")
        process.stdin.flush()
        assert process.wait(60) == 0
    assert states() == {"box": "running"}


def test_commands_that_cannot_run() -> None:
    refused(nsnet("-q", "run", "--name", "a2", "--", "nosuchcmd"), 127, "nosuchcmd")
    refused(nsnet("-q", "run", "--name", "a3", "--", "/etc"), 126, "/etc")
    assert states() == {"a2": "created", "a3": "created"}
    refused(nsnet("-q", "run", "--rm", "--", "nosuchcmd"), 127, "nosuchcmd")
    assert nsnet("exec", "a2", "true").code == 1
    assert len(states()) == 2


def test_what_is_refused_before_anything_exists() -> None:
    run("--name", "a1", *IDLE)
    for words, code, said in (
        (("--name", "a1"), 125, 'The container name "/a1" is already in use'),
        (("--name", "a b"), 125, "Invalid container name (a b)"),
        (("--network", "container:"), 125, "invalid container format"),
        (("--dns", "nope"), 125, "nope is not an ip address"),
        (("--network", "container:a1", "-p", "80:80"), 125, "port publishing and the container"),
        (("-p", "abc:80"), 125, "abc"),
        (("--link", "nosuch:x"), 125, "No such container: nosuch"),
        (("--bogus",), 125, "--bogus"),
        (("--env-file", "/nosuch"), 125, "/nosuch"),
        (("--hostname", "h" * 65), 125, "65 bytes"),
    ):
        done = nsnet("run", "-d", *words, *IDLE)
        assert done.out == "", words
        refused(done, code, said)
    refused(nsnet("run", "-d"), 1, "no image and no command")
    refused(nsnet("create", "--name", "a b", "alpine"), 1, "Invalid container name")
    refused(nsnet("create", "--dns", "nope", "alpine"), 125, "is not an ip address")
    assert states() == {"a1": "running"}


def test_what_is_refused_at_the_start_stays_created() -> None:
    run("--name", "a9", "-p", "8080:80", *IDLE)
    for number, (words, said) in enumerate(
        (
            (("-p", "8080:80"), "already allocated"),
            (("--link", "a0:x"), "Cannot link to a non running container: /a0 AS /a1/x"),
            (("--network", "nosuch"), "network nosuch not found"),
            (("--network", "container:nosuch"), "No such container: nosuch"),
            (("--network", "host", "--ip", "10.0.0.9"), "supported on user defined networks only"),
            (("--network", "bridge", "--ip", "172.17.0.9"), "user defined networks only"),
        )
    ):
        done = nsnet("run", "-d", "--name", f"a{number}", *words, *IDLE)
        assert ID.fullmatch(done.out), words
        refused(done, 125, said)
        assert states()[f"a{number}"] == "created"
    assert nsnet("run", "-d", "--rm", "--name", "gone", "--network", "nosuch", *IDLE).code == 125
    assert "gone" not in states()


def test_what_docker_takes_no_notice_of() -> None:
    done = nsnet("run", "-d", "--name", "a1", "--ip", "172.17.0.50", "--network-alias", "x", *IDLE)
    assert (done.code, done.err) == (0, "")
    assert pings("", "172.17.0.2")
    done = nsnet("run", "-d", "--network", "host", "-p", "8080:80", *IDLE)
    assert done.code == 0
    assert "WARNING: Published ports are discarded" in done.err
    done = nsnet("run", "-d", "-v", "/a:/b", "--memory=1g", "--privileged", "--init", *IDLE)
    assert done.code == 0
    assert "ignored: --volume, --memory" in done.err or "ignored: --memory, --volume" in done.err


def test_a_sandbox_in_which_nothing_runs() -> None:
    run("--name", "box", "--")
    assert nsnet("exec", "box", "ip", "-br", "link").out.count("eth0") == 1
    assert nsnet("stop", "box").out == "box\n"
    refused(nsnet("exec", "box", "true"), 1, "is not running")
    refused(nsnet("run", "--"), 125, "no command to run")


def test_the_id_goes_into_a_file(tmp_path: Path) -> None:
    file = tmp_path / "id"
    assert run("--cidfile", str(file), *IDLE) == file.read_text()
    refused(nsnet("run", "-d", "--cidfile", str(file), *IDLE), 125, "Container ID file found")


def test_create_and_start() -> None:
    made = nsnet("create", "--name", "web", *IDLE)
    assert ID.fullmatch(made.out)
    assert states() == {"web": "created"}
    assert nsnet("start", made.out[:8], "nosuch", "web").out == f"{made.out[:8]}\nweb\n"
    assert states() == {"web": "running"}
    refused(nsnet("start", "-a", "web"), 1, "is running")
    refused(nsnet("start", "-a", "web", "db"), 1, "cannot start and attach multiple")


def test_stop_restart_kill_and_wait() -> None:
    run("--name", "web", *IDLE)
    run("--name", "db", *IDLE)
    done = nsnet("stop", "-t", "1", "nosuch", "web", "db")
    assert (done.code, done.out) == (1, "web\ndb\n")
    assert "No such container: nosuch" in done.err
    assert nsnet("stop", "web").code == 0
    assert nsnet("wait", "web", "db").out == "137\n137\n"
    assert nsnet("restart", "-t", "0", "web").out == "web\n"
    assert states() == {"web": "running", "db": "exited"}
    refused(nsnet("kill", "-s", "FOO", "web"), 1, "Invalid signal: FOO")
    refused(nsnet("kill", "db"), 1, "is not running")
    assert nsnet("kill", "-s", "HUP", "web").out == "web\n"
    assert nsnet("kill", "web").out == "web\n"
    assert nsnet("wait", "web").out == "137\n"
    refused(nsnet("stop", "wep"), 1, "did you mean web?")
    refused(nsnet("stop", "-t", "x", "web"), 125, "x")
    assert nsnet("stop").code == 1


def test_pause_and_unpause() -> None:
    run("--name", "web", "-p", "8080:80", "nginx")
    assert nsnet("pause", "web").out == "web\n"
    assert pings("", "172.17.0.2")
    assert fetch("", "http://127.0.0.1:8080") == ""
    refused(nsnet("pause", "web"), 1, "is already paused")
    refused(nsnet("exec", "web", "true"), 1, "is paused")
    assert nsnet("unpause", "web").out == "web\n"
    assert "web" in fetch("", "http://127.0.0.1:8080")
    refused(nsnet("unpause", "web"), 1, "is not paused")


def test_rm_and_rename() -> None:
    run("--name", "web", *IDLE)
    refused(nsnet("rm", "web"), 1, "cannot remove a running container")
    assert nsnet("rename", "web", "shop").code == 0
    refused(nsnet("rename", "shop", "a b"), 1, "Invalid container name")
    refused(nsnet("rename", "shop", "shop"), 1, "same name as its current name")
    refused(nsnet("rename", "shop", ""), 1, "may be empty")
    refused(nsnet("rename", "nosuch", "other"), 1, "No such container: nosuch")
    assert nsnet("exec", "shop", "true").code == 0
    done = nsnet("rm", "-f", "-v", "nosuch", "shop")
    assert (done.code, done.out) == (0, "shop\n")
    assert "No such container: nosuch" in done.err
    assert nsnet("rm", "nosuch").code == 1
    assert states() == {}


def test_environment_and_directory(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("A=1\nB=2\n")
    words = ("--rm", "--env-file", str(file), "-e", "B=3", "-w", "/tmp", "--", "sh", "-c")
    assert nsnet("run", *words, "echo $A $B; pwd").out == "1 3\n/tmp\n"
    run("--name", "web", *IDLE)
    words = ("--env-file", str(file), "-e", "B=4", "web", "sh", "-c", "echo $A $B")
    assert nsnet("exec", *words).out == "1 4\n"


def test_exec_detached(tmp_path: Path) -> None:
    run("--name", "web", *IDLE)
    file = tmp_path / "done"
    done = nsnet("exec", "-d", "web", "sh", "-c", f"sleep 0.2; ip -br link > {file}")
    assert (done.code, done.out) == (0, "")
    limit = time.monotonic() + 20
    while not (file.exists() and "eth0" in file.read_text()):
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert nsnet("exec", "-d", "web", "nosuch").code == 127


def test_names_that_nobody_gave() -> None:
    for _ in range(3):
        run("alpine", "tail", "-f", "/dev/null")
    assert len(states()) == 3
    for name in states():
        assert re.fullmatch(r"[a-z]+_[a-z_]+", name)


def test_a_container_shares_anothers_network() -> None:
    run("--name", "web", "nginx")
    run("--name", "side", "--network", "container:web", *IDLE)
    assert "eth0" in nsnet("exec", "side", "ip", "-br", "link").out
    assert "web " in nsnet("exec", "side", "curl", "-s", "127.0.0.1").out


def test_it_works_in_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options may stand before and behind the command's word; the sandbox ends with the last
    container."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    words = ("--sandbox=runs", "--rm", "--name", "box", "--", "ip", "-br", "address")
    done = nsnet("run", *words)
    assert done.code == 0, done.err
    assert "172.17.0.2/16" in done.out
    assert "runs" not in nsnet("sandbox", "ls").out
