"""Finding the network namespaces of a machine: named ones, and those that processes hold.

Source: ip-netns(8), namespaces(7), Linux ``include/uapi/linux/net_namespace.h``.
"""

from __future__ import annotations

import os
import struct

from .. import netns
from ..netlink import Channel, attr_u32, attributes
from .model import HOST, Space, path_of_pid

_GET_NSID = 90  # RTM_GETNSID
_FD, _NSID = 3, 1  # NETNSA_…
_INT = struct.Struct("=i")


def find() -> dict[str, Space]:
    """All namespaces that can be entered from here, the host first, then by name, then by the
    lowest number of a process in them. Those of others' processes are left out without the
    right to look."""
    named: dict[int, list[str]] = {}
    for name, inode in netns.names().items():
        if inode:
            named.setdefault(inode, []).append(name)
    living = _of_processes()
    home = netns.inode()
    names = tuple(named.pop(home, ()))
    found = {HOST: Space(HOST, "", home, names, living.pop(home, ()))}
    for inode, names_there in sorted(named.items(), key=lambda item: item[1]):
        key = names_there[0]
        pids = living.pop(inode, ())
        found[key] = Space(key, netns.path(key), inode, tuple(names_there), pids)
    for inode, pids in sorted(living.items(), key=lambda item: item[1]):
        key = f"pid:{pids[0]}"
        found[key] = Space(key, path_of_pid(pids[0]), inode, (), pids)
    return found


def _of_processes() -> dict[int, tuple[int, ...]]:
    """The processes in each namespace, by its inode."""
    found: dict[int, list[int]] = {}
    for pid in sorted(int(word) for word in os.listdir("/proc") if word.isdigit()):
        try:
            target = os.readlink(path_of_pid(pid))  # net:[4026531840]
        except OSError:
            continue
        found.setdefault(int(target[5:-1]), []).append(pid)
    return {inode: tuple(pids) for inode, pids in found.items()}


def number_of(channel: Channel, fd: int) -> int | None:
    """Which number the kernel has, in the channel's namespace, for that of `fd`; None if it has
    none, for nothing of one is in the other."""
    body = bytes(4) + attr_u32(_FD, fd)
    answer = channel.get(_GET_NSID, body)
    if answer is None:
        return None
    for kind, value in attributes(answer, 4):
        if kind == _NSID:
            number = int(_INT.unpack(value)[0])
            return number if number >= 0 else None
    return None
