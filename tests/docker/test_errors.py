"""What Docker refuses, nsnet refuses, with the same exit code; what it takes, nsnet takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docker import errors, wanted
from tests.docker.machine import machine

pytestmark = pytest.mark.usefixtures("host")

HOSTS = errors.load()


@pytest.mark.parametrize("name", HOSTS)
def test_bad_input_ends_as_with_docker(name: str, tmp_path: Path) -> None:
    with machine(tmp_path) as (engine, _):
        try:
            cases = list(errors.run(engine, name, HOSTS[name]))
        finally:
            engine.shell("docker rm -f $(docker ps -aq); docker network prune -f")
    bad = [each for each in cases if not each.alike and not wanted.outcome(each)]
    traces = [each for each in cases if "Traceback" in each.err]
    text = "\n".join(map(str, [*traces, *bad]))
    assert not bad + traces, f"{len(bad)} of {len(cases)} differ\n{text}"
