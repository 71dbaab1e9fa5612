"""A learner with two tiny exercises, who must have nothing left in the end but the progress."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from nsnet.kernel import sandbox
from nsnet.labs import session
from tests.labs import tiny


@pytest.fixture
def learner(
    host: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """The environment, which is that of the test, too."""
    tmp_path.chmod(0o700)
    environment = tiny.make(tmp_path)
    for name in ("NSNET_LAB", "NSNET_SANDBOX", "SUDO_USER", "NSNET_LAB_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    yield environment
    running = [each.name for each in sandbox.running()]
    session.end()
    assert set(os.listdir(environment["NSNET_DATA"])) <= {".lock", ".session", "progress.json"}
    assert not set(running) - {session.NAME}
    assert not os.path.exists(session.PLACE)
