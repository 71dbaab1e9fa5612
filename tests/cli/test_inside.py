"""exec, shell and logs: in a container as a user is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests import support
from tests.cli.terminal import COMMAND, ROOT, down, environment, nsnet, on_terminal, up

FILE = """\
name: shop
services:
  job:
    container_name: job
    x-nsnet: {command: [sh, -c, "echo one; echo two; echo three >&2; exec sleep 1000"]}
  idle: {image: x, container_name: idle, environment: {COLOUR: green}}
  twin: {image: x, scale: 2}
"""


@pytest.fixture
def shop(host: None, tmp_path: Path) -> None:
    """FILE, up."""
    file = tmp_path / "shop.yaml"
    file.write_text(FILE)
    up(str(file))


@pytest.mark.usefixtures("host")
def test_a_namespace_made_by_hand_is_entered_with_ip() -> None:
    support.run("ip", "netns", "add", "red")
    try:
        hint = "red is a namespace that nsnet did not make: ip netns exec red COMMAND"
        for line in (("exec", "red", "true"), ("shell", "red")):
            done = nsnet(*line)
            assert (done.code, done.faults) == (1, [f"error: No such container: red: {hint}"])
        assert "ip netns" not in nsnet("exec", "blue", "true").err
    finally:
        support.run("ip", "netns", "del", "red")


@pytest.mark.usefixtures("shop")
def test_exec() -> None:
    try:
        assert nsnet("exec", "job", "--", "hostname").out == "job\n"
        assert nsnet("exec", "idle", "hostname").out == "idle\n"
        assert "eth0" in nsnet("exec", "idle", "ip", "-br", "address").out
        assert nsnet("exec", "idle", "--", "cat", stdin="through a pipe").out == "through a pipe"
        assert nsnet("exec", "-w", "/tmp", "idle", "pwd").out == "/tmp\n"
        assert nsnet("exec", "idle", "printenv", "COLOUR").out == "green\n"
        assert nsnet("exec", "-e", "COLOUR=red", "idle", "printenv", "COLOUR").out == "red\n"
        assert nsnet("exec", "idle", "echo", "-e", "--sandbox").out == "--sandbox\n"
    finally:
        down()


@pytest.mark.usefixtures("shop")
def test_exit_codes_of_exec(tmp_path: Path) -> None:
    try:
        assert nsnet("exec", "idle", "--", "sh", "-c", "exit 7").code == 7
        assert nsnet("exec", "job", "sh", "-c", "kill -9 $$").code == 137
        assert nsnet("exec", "idle", "nosuch").code == 127
        assert nsnet("exec", "idle", str(tmp_path)).code == 126
        assert nsnet("exec", "idle").code == 1
        assert nsnet("exec", "idle", "--").code == 1
        twin = nsnet("exec", "twin", "true")
        assert twin.code == 1
        assert "name one of shop-twin-1, shop-twin-2" in twin.err
        assert "did you mean idle?" in nsnet("exec", "idel", "true").err
    finally:
        down()


@pytest.mark.usefixtures("shop")
def test_the_prompt_of_a_shell_says_where_it_is() -> None:
    try:
        line = " ".join((*COMMAND, "shell", "idle"))
        done = on_terminal(line, "hostname; exit 3\n", SHELL="/bin/sh")
        assert done.code == 3
        assert "(idle) " in done.out
        assert "idle\n" in done.out
        assert "(idle) " in on_terminal(line, "exit\n", SHELL="/bin/bash").out
    finally:
        down()


@pytest.mark.usefixtures("shop")
def test_logs() -> None:
    try:
        assert nsnet("logs", "job").out == "one\ntwo\nthree\n"
        assert nsnet("logs", "--tail", "1", "job").out == "three\n"
        assert nsnet("logs", "--tail", "0", "job").out == ""
        none = nsnet("logs", "idle")
        assert (none.code, none.faults) == (
            5,
            ["error: idle has no log: no command was started in it"],
        )
        assert follow() == "two\nthree\n"
    finally:
        down()


def follow() -> str:
    """What ``logs -f`` prints until its command ends."""
    process = subprocess.Popen(
        [*COMMAND, "logs", "-f", "-n", "2", "job"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    (job,) = [x for x in json.loads(nsnet("ps", "--format", "json").out) if x["name"] == "job"]
    os.kill(job["pid"], signal.SIGKILL)
    out, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    return out
