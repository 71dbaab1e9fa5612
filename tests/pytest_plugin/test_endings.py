"""Runs that end badly, or cannot begin, and workers beside each other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pytest_plugin.conftest import NAMED, PYTEST, Runner, environment, write

XDIST = ("-p", "xdist")

_NO_MORE = 'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"'
#: A user namespace of our own in which there can be no other, as where an administrator forbids.
FORBIDDEN = ("unshare", "--user", "--map-root-user", "sh", "-c", _NO_MORE, "sh")

_KILL = """
    import os, signal
    import pytest

    def test_before(lab):
        lab.up()

    {mark}
    def test_killed(lab):
        web = lab.container("web", command=["sleep", "60"])
        lab.up()
        lab.partition(web, "host")
        os.kill(os.getpid(), signal.SIGKILL)

    def test_after(lab):
        lab.container("web")
        lab.up()
    """


def test_where_namespaces_are_forbidden_tests_are_skipped_with_the_reason(run: Runner) -> None:
    text = """
        def test_one(lab): lab.up()
        def test_two(network): pass
        def test_more(labs): labs("more").up()
        def test_without(): pass
        """
    done = run(text, before=FORBIDDEN)
    assert done.outcomes == {"passed": 1, "skipped": 3}, done.text
    assert "nsnet: cannot make a sandbox: user.max_user_namespaces=0 forbids it" in done.text
    done = run(text, "-o", "nsnet_required=true", before=FORBIDDEN)
    assert (done.status, done.outcomes) == (1, {"passed": 1, "failed": 1, "errors": 2}), done.text
    assert "nsnet_required forbids to skip" in done.text


@pytest.mark.parametrize("mark", ["", "@pytest.mark.nsnet_host"], ids=["sandbox", "host"])
def test_nothing_is_left_of_a_killed_worker(run: Runner, mark: str) -> None:
    pytest.importorskip("xdist")
    done = run(_KILL.format(mark=mark), *XDIST, "-n1")
    assert done.outcomes == {"failed": 1, "passed": 2}, done.text
    assert "crashed while running" in done.text


def test_nothing_is_left_of_a_killed_run(run: Runner) -> None:
    assert run(_KILL.format(mark="")).status == -signal.SIGKILL


def test_what_a_killed_run_has_left_on_the_machine_is_taken_down_by_the_next(run: Runner) -> None:
    text = _KILL.format(mark="@pytest.mark.nsnet_host")
    assert run(text).status == -signal.SIGKILL
    next_one = """
        import pytest

        @pytest.mark.nsnet_host
        def test_next(lab, host):
            lab.container("db")
            lab.up()
            assert "web" not in host.exec("ip", "netns", "list").stdout
            assert "nsnet-cut" not in host.exec("nft", "list", "tables").stdout
        """
    done = run(next_one)
    assert done.outcomes == {"passed": 1}, done.text


def test_labs_on_the_machine_itself_take_turns(run: Runner) -> None:
    pytest.importorskip("xdist")
    text = """
        import os, time
        import pytest

        @pytest.mark.nsnet_host
        @pytest.mark.parametrize("turn", range(4))
        def test_it(lab, host, turn):
            open("busy", "x").close()
            web = lab.container("web", ports=["8080:80"])
            lab.up()
            time.sleep(0.1)
            assert host.ping(web)
            os.unlink("busy")
        """
    done = run(text, *XDIST, "-n2")
    assert done.outcomes == {"passed": 4}, done.text


@pytest.mark.parametrize("options", [(), (*XDIST, "-n2")], ids=["alone", "xdist"])
def test_nothing_is_left_after_ctrl_c(host: None, tmp_path: Path, options: tuple[str, ...]) -> None:
    pytest.importorskip("xdist")
    text = """
        import time

        def test_it(lab):
            lab.container("web", command=["sleep", "60"])
            lab.up()
            open("up", "w").close()
            time.sleep(60)
        """
    write(tmp_path, text)
    os.mkfifo(tmp_path / "up")
    process = subprocess.Popen(
        [*PYTEST, *NAMED, *options],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
        start_new_session=True,
    )
    with open(tmp_path / "up"):
        os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=20) == 2
