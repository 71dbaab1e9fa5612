"""A host that is a named namespace, entered by ``ip netns exec``: its mounts are a copy, and what
is made there must be seen by everybody all the same."""

from __future__ import annotations

import sys

import pytest

from tests import support
from tests.cli.terminal import ROOT

pytestmark = pytest.mark.usefixtures("host")


def on(host: str, *words: str) -> str:
    program = ("env", f"PYTHONPATH={ROOT}", sys.executable, "-m", "nsnet", *words)
    return support.run("ip", "netns", "exec", host, *program)


def test_names_made_in_ip_netns_exec_are_seen_outside() -> None:
    support.run("ip", "netns", "add", "h1")
    support.run("ip", "-n", "h1", "link", "set", "lo", "up")
    on("h1", "network", "create", "n")
    for name in ("w1", "w2"):
        on("h1", "run", "-q", "-d", "--network", "n", "--name", name, "--", "sleep", "100")
    assert support.pings("w1", "172.18.0.3")
    assert "172.18.0.3" in support.run("ip", "netns", "exec", "w1", "getent", "hosts", "w2")
    on("h1", "rm", "-f", "w1", "w2")
    on("h1", "network", "rm", "n")
    assert support.run("ip", "netns", "list").split()[0] == "h1"
    support.run("ip", "netns", "del", "h1")
