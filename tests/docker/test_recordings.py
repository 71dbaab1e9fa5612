"""Every recording of a real Docker, carried out with nsnet: the same answers everywhere, but for
the differences that are wanted (wanted.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docker import compare, recording, replay, wanted
from tests.docker.machine import BRIDGE, machine

pytestmark = pytest.mark.usefixtures("host")

#: Recordings of `dockerd --userland-proxy=false` are not what nsnet does; they stay as data.
NAMES = sorted(
    path.stem for path in recording.DATA.glob("?*-*.json") if not path.stem.endswith("-noproxy")
)


@pytest.mark.parametrize("netfilter", ["0", "1"])
@pytest.mark.parametrize("name", NAMES)
def test_nsnet_answers_as_docker_did(name: str, netfilter: str, tmp_path: Path) -> None:
    if netfilter == "0" and not BRIDGE.exists():
        pytest.skip("this kernel has no bridge-nf-call-iptables, which is as with 0")
    docker = recording.load(recording.DATA / f"{name}.json")
    with machine(tmp_path, netfilter) as (engine, beside):
        rules = ("rules", "--as", "iptables")
        run = replay.Replay(engine, beside, docker, lambda: engine.run(*rules).out.splitlines())
        try:
            seen = run.run()
        finally:
            replay.clear(engine, docker.ops)
    found = [each for each in compare.differences(docker, seen) if not wanted.reason(each)]
    assert not found, compare.summary(found)
