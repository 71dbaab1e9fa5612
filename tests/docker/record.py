"""Recordings of a real Docker, made anew or converted. See README.md.

python -m tests.docker.record live b-user-bridge     # carry data/b-user-bridge.json out again
python -m tests.docker.record live                   # all of them
python -m tests.docker.record errors                 # the cases of data/errors.json
python -m tests.docker.record convert FILE …         # from the harness's own form
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.docker import convert, errors, recording, replay
from tests.docker.engine import Engine, docker
from tests.docker.places import Place, here, outside


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", default="", help="dockerd's network namespace (a file)")
    parser.add_argument("--outside", default="", help="the outside machine, if there is one")
    parser.add_argument("--into", type=Path, default=recording.DATA, help="where to write")
    parser.add_argument("what", choices=("live", "errors", "convert"))
    parser.add_argument("names", nargs="*")
    chosen = parser.parse_args()
    if chosen.what == "convert":
        _convert([Path(name) for name in chosen.names], chosen.into)
        return
    host = Place("host", chosen.host or here())
    with _beside(host, chosen.outside) as ext:
        if chosen.what == "errors":
            _errors(docker(host), chosen.names, chosen.into)
        else:
            _live(docker(host), ext, chosen.names, chosen.into)


@contextmanager
def _beside(host: Place, known: str) -> Iterator[Place]:
    if known:
        yield Place("ext", known)
        return
    with outside(host.namespace) as made:
        yield made


def _live(engine: Engine, ext: Place, names: Sequence[str], into: Path) -> None:
    version = engine.run("version", "-f", "{{.Server.Version}}").out.strip()
    if not version:
        raise SystemExit("no dockerd answers: is DOCKER_HOST right?")
    every = sorted(path.stem for path in recording.DATA.glob("?*-*.json"))
    for name in names or [name for name in every if not name.endswith("-noproxy")]:
        known = recording.load(recording.DATA / f"{name}.json")
        known.docker = version
        run = replay.Replay(engine, ext, known, lambda: _rules(engine))
        try:
            _write(run.run(), into)
        finally:
            replay.clear(engine, known.ops)


def _rules(engine: Engine) -> list[str]:
    return engine.host.run("iptables-save").splitlines()


def _errors(engine: Engine, hosts: Sequence[str], into: Path) -> None:
    steps = errors.load()
    for host in hosts or list(steps):
        seen = list(errors.run(engine, host, steps[host]))
        steps[host] = errors.again(seen, steps[host])
        engine.shell("docker rm -f $(docker ps -aq); docker network prune -f")
        print(f"{host}: {len(seen)} cases, {sum(not x.alike for x in seen)} end otherwise now")
    errors.dump(steps, into / errors.FILE.name)


def _convert(files: Sequence[Path], into: Path) -> None:
    for path in files:
        _write(convert.recording(path, "20.10.24"), into)


def _write(made: recording.Recording, into: Path) -> None:
    out = into / f"{made.name}.json"
    recording.dump(made, out)
    print(f"{out.name}: {made.cells()} cells, {out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
