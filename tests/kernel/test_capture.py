"""`nsnet capture`: a stream that Wireshark understands, which ends when it should."""

from __future__ import annotations

import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import pings, run, status

_NETWORK = """
    ip netns add a && ip -n a link set lo up
    ip link add va type veth peer name eth0 netns a
    ip address add 10.8.0.1/24 dev va && ip link set va up
    ip -n a address add 10.8.0.2/24 dev eth0 && ip -n a link set eth0 up
"""
_PROGRAM = (sys.executable, "-m", "nsnet", "capture")


@pytest.fixture(autouse=True)
def network(host: None) -> Iterator[None]:
    try:
        subprocess.run(["sh", "-ec", _NETWORK], check=True)
        yield
    finally:
        run("ip", "link", "delete", "va", check=False)
        run("ip", "netns", "delete", "a", check=False)


def started(*words: str) -> subprocess.Popen[bytes]:
    """A capture that listens already: it has made the pipe that signals come by."""
    process = subprocess.Popen([*_PROGRAM, *words], stdout=subprocess.PIPE)
    limit = time.monotonic() + 10
    while time.monotonic() < limit and process.poll() is None:
        if any("pipe" in file for file in _files(process.pid)[3:]):
            break
        time.sleep(0.01)
    return process


def _files(pid: int) -> list[str]:
    found = []
    for number in sorted(os.listdir(f"/proc/{pid}/fd"), key=int):
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{number}"))
        except OSError:
            continue
    return found


def fields(recording: bytes, *names: str) -> list[list[str]]:
    """What Wireshark reads."""
    if not shutil.which("tshark"):
        pytest.skip("needs tshark")
    words = ["tshark", "-r", "-", "-T", "fields", *(x for name in names for x in ("-e", name))]
    done = subprocess.run([*words, "icmp"], input=recording, capture_output=True, check=True)
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


def test_wireshark_reads_it_with_names_and_nanoseconds() -> None:
    process = started("a", "-w", "-")
    assert pings("a", "10.8.0.1")
    process.send_signal(signal.SIGINT)
    recording = process.communicate(timeout=5)[0]
    assert process.returncode == 0
    found = fields(recording, "frame.interface_name", "icmp.type", "frame.time_epoch")
    assert [each[:2] for each in found] == [["a:eth0", "8"], ["a:eth0", "0"]]
    assert all(len(each[2].partition(".")[2]) == 9 for each in found)
    assert abs(float(found[0][2]) - time.time()) < 60


def test_every_packet_is_written_at_once() -> None:
    process = started("va", "-w", "-")
    assert process.stdout
    assert pings("a", "10.8.0.1")
    time.sleep(0.05)
    recording = os.read(process.stdout.fileno(), 1 << 16)
    assert [each[0] for each in fields(recording, "frame.interface_name")] == ["host:va"] * 2
    process.terminate()
    process.communicate(timeout=5)
    assert process.returncode == 0


def test_it_ends_with_its_reader() -> None:
    process = started("a", "-w", "-")
    assert process.stdout
    process.stdout.close()
    assert process.wait(timeout=2) == 0


def test_lines_for_people_and_a_count() -> None:
    process = started("a:eth0", "-c", "3")
    assert pings("a", "10.8.0.1")
    assert pings("a", "10.8.0.1")
    lines = process.communicate(timeout=5)[0].decode().splitlines()
    assert (process.returncode, len(lines)) == (0, 3)
    assert all(" a:eth0 " in line for line in lines)


def test_everything_into_a_file(tmp_path: Path) -> None:
    path = tmp_path / "all.pcapng"
    process = started("-", "-w", str(path), "--snaplen", "60")
    assert pings("a", "10.8.0.1")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=5)
    names = ["frame.interface_name", "frame.cap_len", "frame.len"]
    found = fields(path.read_bytes(), *names)
    assert sorted(found) == sorted([["a:eth0", "60", "98"], ["host:va", "60", "98"]] * 2)


def test_what_is_refused() -> None:
    assert status(*_PROGRAM, "nobody") == 5
    assert status(*_PROGRAM, "a:eth7") == 5
    there, here = pty.openpty()
    try:
        words = [*_PROGRAM, "a", "-w", "-"]
        assert subprocess.run(words, stdout=here, stderr=here, check=False).returncode == 2
    finally:
        os.close(there)
        os.close(here)
