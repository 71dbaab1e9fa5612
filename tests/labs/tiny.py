"""A tiny exercise of the tests' own, and a learner's folders for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_LAB = """\
title: {en: One room, ko: 방 하나}
docker: docker run -d nginx
minutes: 3
level: 1
vars: {NET: {pick: [10.1.0.0/24, 10.2.0.0/24]}, C1: {host: [NET, 2]}, GW: {host: [NET, 1]}}
scene:
  bridges: {br0: {address: "${GW}/24"}}
  rooms: {c1: {lo: false, bridge: br0, address: "${C1}/24"}}
checks:
  - {id: lo, reaches: {from: c1, to: 127.0.0.1, by: ping}, title: {en: c1 hears itself, ko: 들림}}
  - {id: gate, reaches: {from: c1, to: "${GW}", by: ping}}
"""
_ASKED = """\
questions:
  gate: {ask: {en: Which address has the gateway?, ko: 게이트웨이는?}, answer: "${GW}"}
predict:
  ask: {en: Does lo work?, ko: lo가 동작합니까?}
  choices: [{en: Yes, ko: 예}, {en: No, ko: 아니요}]
  answer: 2
  because: {en: Every namespace begins so., ko: 늘 그렇습니다.}
"""
_TASK = "# Wake it\nLet `lo` of c1 work; its address is ${C1}.\n"
_SOLUTION = "# without: L1.LO_DOWN\nip -n c1 link set lo up\n"
#: What solves it.
SOLVE = "ip -n c1 link set lo up"


def make(folder: Path) -> dict[str, str]:
    """Two exercises, ``one`` and ``two`` (the latter asks nothing and allows two checks), and the
    environment of a learner who has them."""
    part = folder / "labs" / "010-tiny"
    for name, more in (("010-one", _ASKED), ("020-two", "limits: {checks: 2}\n")):
        exercise = part / name
        exercise.mkdir(parents=True)
        (exercise / "lab.yaml").write_text(_LAB + more)
        for language in ("en", "ko"):
            (exercise / f"task.{language}.md").write_text(_TASK)
            (exercise / f"after.{language}.md").write_text("**Well** done.\n")
        (exercise / "solution.sh").write_text(_SOLUTION)
    (part / "part.yaml").write_text("title: {en: Tiny things, ko: 작은 것}\nchallenge: two\n")
    records = folder / "run"
    records.mkdir(0o700)
    return {
        "NSNET_LABS": str(folder / "labs"),
        "NSNET_DATA": str(folder / "data"),
        "XDG_RUNTIME_DIR": str(records),
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
    }


def spoil(environment: Mapping[str, str]) -> None:
    """Write a command into the scene of ``one`` that cannot be carried out."""
    path = Path(environment["NSNET_LABS"]) / "010-tiny" / "010-one" / "lab.yaml"
    path.write_text(path.read_text().replace("scene:\n", "scene:\n  commands: [ip link add x]\n"))
