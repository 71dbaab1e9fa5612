"""What the kernel tests share: fresh hosts, pictures of the kernel, small topologies.

The pictures are taken with `ip` and `nft`, not with nsnet's own readers: a test must not
believe the code that it tests.
"""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from nsnet.kernel.mounts import mount_etc, mount_run
from nsnet.kernel.syscalls import (
    CLONE_NEWNET,
    CLONE_NEWNS,
    MS_PRIVATE,
    MS_REC,
    mount,
    setns,
    unshare,
)

_VOLATILE = {
    "valid_life_time",
    "preferred_life_time",
    "link_netnsid",
    "tentative",
    "stats",
    "stats64",
    "operstate",
    "state",
    "fdb_n_learned",
}
#: The kernel tells a bridge's carrier a moment after its last change.
_CARRIER = {"NO-CARRIER", "LOWER_UP"}
_CHANGING = re.compile(
    r"random|conntrack_count|fastopen_key|hash|stable_secret|ipfrag|/dev/|_rmem|_wmem|tcp_mem"
)


@contextmanager
def fresh_host() -> Iterator[None]:
    """An empty machine for this thread: a network namespace of its own, its own /run and a
    writable /etc/netns that nobody else sees."""
    home = [(os.open(f"/proc/thread-self/ns/{kind}", os.O_RDONLY), flag) for kind, flag in _KINDS]
    where = Path.cwd()
    unshare(CLONE_NEWNET | CLONE_NEWNS)
    try:
        mount("", "/", flags=MS_PRIVATE | MS_REC)
        mount_run()
        mount_etc()
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        yield
    finally:
        for fd, flag in home:
            _go_home(fd, flag)
            os.close(fd)
        os.chdir(where)


def _go_home(fd: int, flag: int) -> None:
    """A process with threads may not change its mounts, and one that has just ended counts for a
    moment (EINVAL, setns(2))."""
    limit = time.monotonic() + 5
    while True:
        try:
            return setns(fd, flag)
        except OSError as error:
            if error.errno != errno.EINVAL or time.monotonic() > limit:
                raise
            time.sleep(0.01)


_KINDS = (("net", CLONE_NEWNET), ("mnt", CLONE_NEWNS))


def needs_real_root(what: str) -> None:
    """Skip where we are root of a user namespace alone (user_namespaces(7))."""
    with open("/proc/self/uid_map") as file:
        if file.read().split() != ["0", "0", "4294967295"]:
            pytest.skip(f"only root of the machine may {what}")


def run(*command: str, check: bool = True) -> str:
    """Standard output of a command; with `check` a failure is the test's failure."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{' '.join(command)}: {done.stderr}{done.stdout}"
    return done.stdout


def needs_br_netfilter() -> None:
    """Skip a test that has bridged frames pass the rules of IP, where they cannot: on an ordinary
    machine the module is not loaded."""
    if not os.path.exists("/proc/sys/net/bridge/bridge-nf-call-iptables"):
        pytest.skip("br_netfilter is not loaded")


def status(*command: str) -> int:
    """The exit status of a command."""
    return subprocess.run(command, capture_output=True, check=False).returncode


def pings(namespace: str, address: str, wait: float = 1) -> bool:
    """Does a ping from a namespace ("" is the host) arrive?"""
    inside = ("ip", "netns", "exec", namespace) if namespace else ()
    return status(*inside, "ping", "-c1", f"-W{wait}", address) == 0


def fetch(namespace: str, url: str) -> str:
    """What a web server answers to a namespace; "" if nothing."""
    inside = ("ip", "netns", "exec", namespace) if namespace else ()
    return run(*inside, "curl", "-s", "--max-time", "2", url, check=False)


def picture(brief: bool = False) -> dict[str, Any]:
    """Everything about the kernel that nsnet could change, as `ip`, `nft` and /proc say it.
    `brief`: without the settings of named namespaces, which take most of the time."""
    names = sorted(run("ip", "netns", "list").split("\n"))
    spaces = ["", *(line.split()[0] for line in names if line.strip())]
    stacks = [stack(name, brief) for name in spaces]
    return {
        "namespaces": dict(zip(spaces, stacks, strict=True)),
        "rules": rules(),
        "files": _files(),
    }


def stack(namespace: str = "", brief: bool = False) -> dict[str, Any]:
    """One network stack: interfaces, addresses, routes, settings (`brief`: of the host only)."""
    at = ("-n", namespace) if namespace else ()
    inside = ("ip", "netns", "exec", namespace) if namespace else ()
    links = json.loads(run("ip", "-j", "-d", *at, "address", "show") or "[]")
    found = {link["ifname"]: _plain(link) for link in links if link}
    return {
        "links": found,
        "routes": _routes(at, "-4") + _routes(at, "-6"),
        "settings": [] if brief and namespace else _settings(inside),
        "rules": rules(inside) if inside else None,
    }


def rules(inside: tuple[str, ...] = ()) -> list[Any]:
    """The ruleset without handles and counters."""
    objects = json.loads(run(*inside, "nft", "-j", "list", "ruleset"))["nftables"]
    kept = [item for item in objects if "metainfo" not in item]
    return sorted((_plain(item) for item in kept), key=lambda item: json.dumps(_rank(item)))


def _rank(item: dict[str, Any]) -> Any:
    """Order by kind and name; rules of a chain stay as they are (sorting is stable)."""
    ((kind, body),) = item.items()
    if kind == "rule":
        return [kind, body["family"], body["table"], body["chain"]]
    return [kind, body.get("family", ""), body.get("table", ""), body.get("name", "")]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in _VOLATILE and "timer" not in k}
        kept.pop("handle", None)
        if "counter" in kept and isinstance(kept["counter"], dict):
            kept["counter"] = None
        if isinstance(kept.get("flags"), list):
            kept["flags"] = [f for f in kept["flags"] if f not in _CARRIER]
        if "addr_info" in kept:  # link-local ones come by themselves, with the carrier
            kept["addr_info"] = [a for a in kept["addr_info"] if a.get("scope") != "link"]
        return {k: _plain(v) for k, v in kept.items()}
    if isinstance(value, list):
        plain = [_plain(each) for each in value]
        if plain and isinstance(plain[0], list) and len(plain[0]) == 2:
            plain.sort(key=repr)  # the elements of a map come in any order
        return plain
    return value


#: Link-local ones come with the carrier. A router's anycast one follows from its address; where
#: a carrier comes while that address is being made ready, kernels join it twice and leave it once.
_BY_ITSELF = re.compile(r"fe80::|ff00::|^anycast ")


def _routes(at: tuple[str, ...], family: str) -> list[str]:
    lines = run("ip", family, *at, "route", "show", "table", "all").splitlines()
    kept = [x for x in lines if not _BY_ITSELF.search(x)]
    return sorted(" ".join(x.replace("linkdown", "").split()) for x in kept)


def _settings(inside: tuple[str, ...]) -> list[str]:
    lines = run(*inside, "sysctl", "-a", "--pattern", "^net\\.(ipv4|ipv6|bridge)", check=False)
    return [line for line in lines.splitlines() if not _CHANGING.search(line)]


def _files() -> list[str]:
    found = []
    for root in ("/run/netns", "/etc/netns"):
        for folder, folders, files in os.walk(root):
            found += [os.path.join(folder, name) for name in (*folders, *files)]
    return sorted(found)


def differences(before: Any, after: Any, path: str = "") -> list[str]:
    """Where two pictures differ, in words; shorter to read than the pictures."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = []
        for key in sorted({*before, *after}, key=str):
            if key not in before or key not in after:
                found.append(f"{path}/{key}: {'new' if key in after else 'gone'}")
            else:
                found += differences(before[key], after[key], f"{path}/{key}")
        return found
    if isinstance(before, list) and isinstance(after, list) and before != after:
        gone = [each for each in before if each not in after]
        new = [each for each in after if each not in before]
        return [f"{path}: gone {gone!r}, new {new!r}" if gone or new else f"{path}: reordered"]
    return [] if before == after else [f"{path}: {before!r} -> {after!r}"]


def children(wait: float = 0) -> list[int]:
    """Processes below this one that are still there after `wait` seconds: a keeper ends a
    moment after the last command that it keeps."""
    limit = time.monotonic() + wait
    while True:
        found: list[int] = []
        for task in Path("/proc/self/task").iterdir():
            found += [int(pid) for pid in (task / "children").read_text().split()]
        found = [pid for pid in found if _alive(pid)]
        if not found or time.monotonic() > limit:
            return found
        time.sleep(0.01)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def descriptors() -> list[str]:
    """What this process has open."""
    found = []
    for entry in os.listdir("/proc/self/fd"):
        try:
            found.append(os.readlink(f"/proc/self/fd/{entry}"))
        except OSError:
            continue
    return sorted(each for each in found if "/proc" not in each or "ns" in each)
