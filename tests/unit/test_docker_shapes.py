"""Small pieces of the docker command's output."""

from __future__ import annotations

import re

import pytest

from nsnet.engine import journal
from nsnet.show.docker import columns, ports, times
from nsnet.show.docker.ports import Shown
from nsnet.show.template.values import Struct


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.9, "Less than a second"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (60, "About a minute"),
        (119, "About a minute"),
        (120, "2 minutes"),
        (3599, "59 minutes"),
        (3600, "About an hour"),
        (5400, "2 hours"),
        (47 * 3600, "47 hours"),
        (48 * 3600, "2 days"),
        (14 * 86400, "2 weeks"),
        (60 * 86400, "2 months"),
        (730 * 86400, "2 years"),
    ],
)
def test_spans(seconds: float, text: str) -> None:
    assert times.ago(seconds) == text


def test_moments() -> None:
    assert times.stamp(0) == "0001-01-01T00:00:00Z"
    assert times.stamp(1795258166.5) == "2026-11-21T10:49:26.5Z"
    assert times.stamp(1795258166) == "2026-11-21T10:49:26Z"
    assert times.spoken(1795258166.25) == "2026-11-21 10:49:26.25 +0000 UTC"


def test_ports_as_docker_recorded_them() -> None:
    web = [
        Shown(80, "127.0.0.1", 18081, "tcp"),
        Shown(80, "::", 18080, "tcp"),
        Shown(80, "0.0.0.0", 18080, "tcp"),
        Shown(53, "::", 15353, "udp"),
        Shown(53, "0.0.0.0", 15353, "udp"),
        Shown(99, "", 0, "tcp"),
    ]
    assert ports.short(web) == (
        "99/tcp, 0.0.0.0:15353->53/udp, :::15353->53/udp, 0.0.0.0:18080->80/tcp, "
        "127.0.0.1:18081->80/tcp, :::18080->80/tcp"
    )


def test_neighbouring_ports_are_a_range() -> None:
    row = [Shown(n, "0.0.0.0", n, "tcp") for n in (9000, 9001, 9002, 9005)]
    row += [Shown(n, "", 0, "udp") for n in (53, 54)]
    assert ports.short(row) == (
        "0.0.0.0:9000-9002->9000-9002/tcp, 53-54/udp, 0.0.0.0:9005->9005/tcp"
    )


def test_columns() -> None:
    rows = [Struct(A="1", B="long enough", C=""), Struct(A="2", B="", C="z")]
    text = columns.listed(
        "table {{.A}}\\t{{.B}}\\t{{.C}}", (), {"A": "AA", "B": "B", "C": "C"}, rows
    )
    plain = re.sub("\033\\[[0-9]*m", "", text)
    assert plain.splitlines() == [
        "AA        B             C",
        "1         long enough   ",
        "2                       z",
    ]
    assert columns.listed("{{.A}}{{.B}}", (), {}, rows) == "1long enough\n2"


def test_the_journal_is_bounded_and_bears_damage(tmp_path: object) -> None:
    folder = f"{tmp_path}/host"
    journal.note(folder, "network", "create", "x", {})
    assert journal.read(folder) == []  # nothing is up: there is no folder to write in
    import os

    os.mkdir(folder)
    for number in range(3000):
        journal.note(folder, "network", "create", "a" * 64, {"name": f"n{number}"}, 1.0 + number)
    size = os.path.getsize(f"{folder}/events.jsonl")
    assert journal.LIMIT / 4 < size <= journal.LIMIT
    events = journal.read(folder)
    assert events[-1].attributes == {"name": "n2999"}
    assert [e.time for e in events] == [3001.0 - len(events) + n for n in range(len(events))]
    with open(f"{folder}/events.jsonl", "a") as file:
        file.write('{"kind": "x"}\nnot json\n[1]\n')
    assert journal.read(folder) == events


def test_followers_see_what_comes_and_leave_nothing(tmp_path: object) -> None:
    import os
    import shutil

    folder = f"{tmp_path}/run/host"
    os.makedirs(folder)
    journal.note(folder, "network", "create", "x", {"name": "old"})
    enough = False
    stream = journal.follow(folder, lambda: enough)
    assert next(stream).attributes["name"] == "old"
    journal.note(folder, "network", "create", "x", {"name": "new"})
    shutil.rmtree(folder)  # the last topology has gone
    journal.note(folder, "network", "destroy", "x", {"name": "new"})
    assert [next(stream).action for _ in range(2)] == ["create", "destroy"]
    enough = True
    assert list(stream) == []
    assert not os.path.exists(f"{tmp_path}/run")


def test_a_killed_follower_is_noticed(tmp_path: object) -> None:
    import os

    folder = f"{tmp_path}/host"
    with open(f"{folder}.events", "w"):
        pass  # nobody holds it
    journal.note(folder, "network", "create", "x", {})
    assert not os.path.exists(f"{folder}.events")
