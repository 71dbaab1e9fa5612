"""The language in which `nsnet walk` and `nsnet trace` tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest


def _said(verb: str, lang: str, *options: str) -> str:
    command = [sys.executable, "-m", "nsnet", verb, "host", "127.0.0.1", *options]
    environment = {**os.environ, "LC_ALL": lang}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.usefixtures("host")
def test_the_commands() -> None:
    """``--lang`` in each format; without it, the environment decides."""
    korean = "host가 ping을 보냅니다"
    assert korean in _said("trace", "C.UTF-8", "--lang", "ko")
    assert korean in _said("walk", "ko_KR.UTF-8")
    assert korean in _said("walk", "C.UTF-8", "--lang", "ko", "--format", "svg")
    events = json.loads(_said("walk", "C.UTF-8", "--lang", "ko", "--format", "json"))["events"]
    assert (events[0]["kind"], events[0]["leg"]) == ("send", "request")
    assert korean in events[0]["text"]
    assert "host sends a ping" in _said("walk", "ko_KR.UTF-8", "--lang", "en")
