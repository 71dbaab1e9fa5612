"""How the machine itself was before an exercise began on it, and leading it back there.

For ``--host`` alone: a sandbox is simply ended. What has appeared since is taken for the
exercise's: named namespaces with all that runs in them, virtual interfaces of the host, tables of
nftables, listeners of `serve`, topologies of nsnet's own, what lies in /etc/netns. Settings get
their old values back. Rules that were put into tables which had been there before stay; so do
addresses of older interfaces.

The record lies below /run: with a reboot everything that it speaks of is gone, too.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from typing import Any

from ..engine import outside
from ..engine.engine import Engine
from ..engine.host import require_rights
from ..kernel import files, link, marks, mounts, netns, process, sysctl
from ..kernel.errors import KernelError
from ..kernel.nft import Nft
from ..kernel.proc import parent
from ..kernel.stack import Stack
from ..value import Value, field

#: What an exercise keeps outside the kernel, as long as it is under work.
PLACE = "/run/nsnet-lab"
#: The programs of the lab shell.
PROGRAMS = f"{PLACE}/bin"
_FILE = f"{PLACE}/host.json"
#: Files that ``ip netns exec NAME`` lays over those of /etc.
_ETC = "/etc/netns"
#: In the environment of every listener that `serve` has started.
SERVE = b"NSNET_SERVE=lab"

_SWITCHES = (
    "net.ipv4.ip_forward",
    "net.ipv6.conf.all.forwarding",
    "net.bridge.bridge-nf-call-iptables",
    "net.bridge.bridge-nf-call-ip6tables",
    "net.bridge.bridge-nf-call-arptables",
)
_EACH = ("forwarding", "route_localnet", "rp_filter", "accept_redirects", "proxy_arp")


class Picture(Value):
    """What there is: named namespaces, interfaces with their kinds ("" is a real card), tables as
    (family, name), settings, topologies. `space` is the network namespace's own number, `etc` the
    files of namespaces (ip-netns(8)), with "" for their folder itself."""

    space: int
    namespaces: tuple[str, ...]
    links: dict[str, str]
    tables: tuple[tuple[str, str], ...]
    topologies: tuple[str, ...]
    settings: dict[str, str] = field(default_factory=dict)
    etc: tuple[str, ...] = ()


def look() -> Picture:
    """The machine now."""
    with Stack() as stack:
        links = {each.name: each.kind for each in link.links(stack.channel(""))}
        found = [each["table"] for each in stack.nft().ruleset() if "table" in each]
    return Picture(
        space=netns.inode(),
        namespaces=tuple(netns.names()),
        links=links,
        tables=tuple((each["family"], each["name"]) for each in found),
        topologies=tuple(Engine().state().records),
        settings=_settings(),
        etc=("", *sorted(os.listdir(_ETC))) if os.path.isdir(_ETC) else (),
    )


def _settings() -> dict[str, str]:
    """In the order in which they are put back: ip_forward writes some of the others."""
    keys = list(_SWITCHES)
    for name in sysctl.children("net", "ipv4", "conf"):
        keys += [sysctl.key("net", "ipv4", "conf", name, each) for each in _EACH]
    found = {key: sysctl.read(key) for key in keys}
    return {key: value for key, value in found.items() if value is not None}


def record() -> None:
    """Remember how it is. Raises `PreconditionError` without the rights."""
    require_rights()
    seen = look()
    plain = {name: getattr(seen, name) for name in Picture.__match_args__}
    files.write(_FILE, json.dumps(plain), mode=0o600)


def load() -> Picture | None:
    """What was remembered; None if nothing is under work on the machine itself."""
    try:
        with open(_FILE, encoding="utf-8") as file:
            found: dict[str, Any] = json.load(file)
    except FileNotFoundError:
        return None
    except PermissionError:
        require_rights()
        raise
    except (OSError, ValueError) as error:
        raise KernelError(f"cannot read {_FILE}", str(error)) from None
    found["tables"] = [tuple(each) for each in found["tables"]]
    return Picture(**found)


def changes(before: Picture) -> list[str]:
    """What leading back would do, in words."""
    now = look()
    return [
        *(f"take down the topology {name}" for name in _new(now.topologies, before.topologies)),
        *(f"end process {each.pid}, a listener of serve" for each in _listeners()),
        *(f"remove namespace {name}" for name in _new(now.namespaces, before.namespaces)),
        *(f"remove interface {name}" for name in _links(now, before)),
        *(f"remove nft table {' '.join(each)}" for each in _new(now.tables, before.tables)),
        *(f"remove {_ETC}/{name}" for name in _new(now.etc, before.etc) if name),
        *(f"set {key}={value}" for key, value in _moved(now, before).items()),
    ]


def restore(before: Picture) -> None:
    """Lead the machine back, and forget how it was."""
    require_rights()
    go_home(before)
    for name in _new(look().topologies, before.topologies):
        Engine().down(name)
    for each in _listeners():
        process.end(each)
    now = look()
    for name in _new(now.namespaces, before.namespaces):
        _remove(name)
    _remove_links(before)
    for family, name in _new(look().tables, before.tables):
        Nft().run(f"delete table {family} {name}")
    _remove_files(before)
    _put_back(before)
    mounts.uncover(PROGRAMS)
    shutil.rmtree(PLACE, ignore_errors=True)
    shutil.rmtree(os.path.dirname(outside.LOG), ignore_errors=True)


def go_home(before: Picture) -> None:
    """Raises `KernelError` in another network namespace than the exercise's."""
    if netns.inode() == before.space:
        return
    if netns.inode_at(netns.FIRST) != before.space:
        why = "it began in another network namespace than this one"
        raise KernelError("cannot get at the exercise", why, "leave this namespace first")
    netns.enter_at(netns.FIRST)


def _new(now: Any, before: Any) -> list[Any]:
    return [each for each in now if each not in before]


def _links(now: Picture, before: Picture) -> list[str]:
    """Interfaces that have appeared; never a real card."""
    return [name for name, kind in now.links.items() if kind and name not in before.links]


def _moved(now: Picture, before: Picture) -> dict[str, str]:
    return {
        key: value
        for key, value in before.settings.items()
        if now.settings.get(key, value) != value
    }


def _listeners() -> list[process.Process]:
    return [each for each, _ in marks.marked(SERVE) if each.alive]


def _remove(name: str) -> None:
    """A namespace with all that runs in it; its cables go with it."""
    inode = netns.inode(name)
    ours = _ancestors()
    for pid in process.processes_in(inode) if inode else ():
        if pid not in ours:
            process.end(process.Process(pid, process.start_time(pid)))
    with suppress(FileNotFoundError):
        netns.unpin(name)


def _ancestors() -> set[int]:
    found, pid = set(), os.getpid()
    while pid > 1 and pid not in found:
        found.add(pid)
        pid = parent(pid)
    return found


def _remove_links(before: Picture) -> None:
    """One by one: the other end of a cable is gone with the first, and so is no failure."""
    while left := _links(look(), before):
        with Stack() as stack:
            link.delete(stack.channel(""), left[0], left[0])
            refused = stack.flush()
        if refused and left == _links(look(), before):
            raise KernelError(f"cannot remove interface {left[0]}", refused[0][2])


def _remove_files(before: Picture) -> None:
    for name in _new(look().etc, before.etc)[::-1]:
        path = os.path.join(_ETC, name)
        if name and os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                os.unlink(path) if name else os.rmdir(path)


def _put_back(before: Picture) -> None:
    """ip_forward first, as it stands first: writing it changes others."""
    for key in before.settings:
        value = before.settings[key]
        if sysctl.read(key) not in (value, None):
            with suppress(OSError):
                sysctl.write(key, value)
