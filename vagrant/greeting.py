"""What is said at a login: nsnet's verdict on the machine, and the exercise that comes next.

Run by /etc/profile.d/nsnet.sh with the system's Python. It asks the program ``nsnet``, and whatever
goes wrong with that: a login succeeds.
"""

from __future__ import annotations

import grp
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any

#: Seconds that one question may take; a machine that has just booted is slow.
_PATIENCE = 20
#: Whose members have sudo, usually without a password on a machine like this.
_MASTERS = {"sudo", "admin", "wheel", "vagrant"}

_WORDS = {
    "en": {
        "title": "nsnet: Docker networking by hand. This machine is there to be broken.",
        "silent": "cannot say: try nsnet doctor",
        "ok": "in order",
        "more": "nothing is broken; {counts}",
        "warning": "{count} to heed",
        "note": "{count} to know",
        "partly": "firewalls not looked at",
        "broken": "{count} broken: sudo nsnet doctor",
        "next": "{number} of {all}, {title}: nsnet lab start",
        "under_work": "{number} of {all}, {title}, is under work: nsnet lab start",
        "all": "all {all} are solved: nsnet lab list",
        "look": "sudo nsnet up bridge-demo; nsnet demos; nsnet --help",
    },
    "ko": {
        "title": "nsnet: 손으로 만드는 Docker 네트워크. 마음껏 망가뜨려도 되는 머신입니다.",
        "silent": "알 수 없습니다. nsnet doctor를 실행해 보세요",
        "ok": "이상 없습니다",
        "more": "고장 난 것은 없습니다. {counts}",
        "warning": "주의 {count}개",
        "note": "참고 {count}개",
        "partly": "방화벽은 확인하지 못했습니다",
        "broken": "{count}개가 고장 나 있습니다: sudo nsnet doctor",
        "next": "{all}개 중 {number}번, {title}: nsnet lab start",
        "under_work": "{all}개 중 {number}번, {title}, 진행 중: nsnet lab start",
        "all": "{all}개를 모두 풀었습니다: nsnet lab list",
        "look": "sudo nsnet up bridge-demo; nsnet demos; nsnet --help",
    },
}


def language() -> str:
    """As nsnet chooses it (locale(7): the first that is set)."""
    found = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    return "ko" if found.startswith("ko") else "en"


def ask(*argv: str) -> Any:
    """What a program answers in JSON; None if it does not."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PATIENCE, check=False
        )
        return json.loads(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def examined() -> Any:
    """Only root sees firewalls. Who is no master is not to be reported for having tried."""
    question = ("nsnet", "doctor", "--format", "json")
    names = {each.gr_name for each in grp.getgrall() if each.gr_gid in os.getgroups()}
    found = ask("sudo", "-n", *question) if names & _MASTERS else None
    return found or ask(*question)


def verdict(found: Any, words: dict[str, str]) -> Iterator[str]:
    """One line, and one for each thing that is broken."""
    if not found:
        yield words["silent"]
        return
    counts = found["counts"]
    if counts["broken"]:
        yield words["broken"].format(count=counts["broken"])
        yield from (f"✗ {each['what']}" for each in found["findings"] if each["level"] == "broken")
        return
    said = [words[each].format(count=counts[each]) for each in ("warning", "note") if counts[each]]
    first = words["more"].format(counts=", ".join(said)) if said else words["ok"]
    yield first if found["complete"] else f"{first} ({words['partly']})"


def following(labs: Any, words: dict[str, str]) -> str:
    """The exercise that `nsnet lab start` would start."""
    if not labs:
        return words["silent"].replace("doctor", "lab list")
    at_work = next((each for each in labs if each["under_work"]), None)
    one = at_work or next((each for each in labs if not each["solved"]), None)
    form = "under_work" if at_work else "next" if one else "all"
    return words[form].format(all=len(labs), **(one or {}))


def lines() -> Iterator[str]:
    """The greeting."""
    words = _WORDS[language()]
    yield words["title"]
    first, *more = verdict(examined(), words)
    yield f"  doctor  {first}"
    yield from (f"          {each}" for each in more)
    yield f"  lab     {following(ask('nsnet', 'lab', 'list', '--format', 'json'), words)}"
    yield f"  look    {words['look']}"


if __name__ == "__main__":
    # A terminal that does not know these letters gets question marks, and no traceback.
    assert isinstance(sys.stdout, TextIOWrapper)
    sys.stdout.reconfigure(errors="replace")
    print("\n".join(lines()))
