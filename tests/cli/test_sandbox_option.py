"""--sandbox: no root needed, and nothing left when nothing is up any more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.terminal import nsnet


@pytest.fixture(autouse=True)
def records(host: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A place for this test's sandboxes, which must be gone at its end."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    yield
    left = nsnet("-q", "sandbox", "ls").out.split()
    for name in left:
        nsnet("sandbox", "stop", name)
    assert left == []


def sandboxes() -> list[str]:
    return nsnet("-q", "sandbox", "ls").out.split()


def test_one_is_made_and_ends_with_its_last_topology() -> None:
    done = nsnet("--sandbox", "up", "bridge-demo")
    assert done.code == 0, done.err
    assert "Try, inside `nsnet sandbox shell`:" in done.out
    assert done.out.endswith("Take it down:  nsnet --sandbox down bridge-demo\n")
    assert sandboxes() == ["default"]
    names = nsnet("ps", "--sandbox", "--format", "{{.Names}}").out.split()
    assert sorted(names) == ["alpine1", "alpine2", "web"]
    assert nsnet("-q", "ps").out == ""
    ping = nsnet("--sandbox", "exec", "alpine1", "ping", "-c1", "-W2", "8.8.8.8")
    assert ping.code == 0, ping.out
    assert nsnet("--sandbox", "exec", "web", "--", "sh", "-c", "exit 9").code == 9
    assert nsnet("--sandbox", "down", "bridge-demo").code == 0
    assert sandboxes() == []


@pytest.mark.parametrize("line", ["ps", "plan none-demo", "up nonsense", "down --all"])
def test_none_stays_for_nothing(line: str) -> None:
    nsnet("--sandbox=quick", *line.split())
    assert sandboxes() == []


def test_one_started_by_hand_stays() -> None:
    assert nsnet("sandbox", "start", "kept").code == 0
    assert nsnet("up", "none-demo", NSNET_SANDBOX="kept").code == 0
    assert nsnet("--sandbox=kept", "down", "--all").code == 0
    assert sandboxes() == ["kept"]
    assert nsnet("sandbox", "stop", "kept").out == "sandbox kept has ended\n"
    gone = nsnet("sandbox", "stop", "kept")
    assert (gone.code, gone.faults) == (
        5,
        ["error: no sandbox kept is running: running are: none"],
    )


def test_a_shell_inside() -> None:
    done = nsnet("sandbox", "shell", stdin="nsnet_pid=$$; ip -br link; exit 5\n", SHELL="/bin/sh")
    assert done.code == 5
    assert "wan0" in done.out


def test_nsnet_is_at_hand_in_its_shell() -> None:
    typed = "nsnet --version; nft list tables; nsnet -q up none-demo; ip netns; nsnet -q down --all"
    done = nsnet("sandbox", "shell", stdin=typed, SHELL="/bin/sh", PATH="/usr/bin:/bin")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("nsnet ")
    assert "lonely" in done.out


def test_looking_into_one_that_is_not_there() -> None:
    done = nsnet("--sandbox=nowhere", "port", "web")
    assert done.code == 5
    assert done.faults == ["error: no sandbox nowhere is running: nothing is up in it"]


def test_an_impossible_name() -> None:
    done = nsnet("--sandbox=a/b", "ps")
    assert done.code == 1
    assert "'a/b'" in done.err
    assert not os.path.exists("/tmp/nsnet-a")
