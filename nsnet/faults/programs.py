"""Faults of programs and names, and of tunnels: what is not wires, ways or rules."""

from __future__ import annotations

import os

from ..kernel import deaf
from ..kernel.deaf import Ear
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.file import Rewrite
from ..plan.steps.fault.program import AnswerInside, Deafen
from ..plan.steps.fault.tunnel import ForgetRemote
from .errors import Unfit
from .kind import CONTAINER, Kind
from .scene import Box, Scene

_ETC = "/etc/netns"
#: An address of TEST-NET-1 (RFC 5737): nobody has it.
_NOBODY = "192.0.2.53"


def _ears(scene: Scene, box: Box) -> tuple[int, tuple[Ear, ...]]:
    """The lowest TCP port that somebody outside could call, and who listens there."""
    own = scene.survey.listeners(box.space)
    open_ones = [x for x in own if x.protocol == "tcp" and not x.address.startswith("127.")]
    for port in sorted({x.port for x in open_ones}):
        found = deaf.ears(x.inode for x in own if x.protocol == "tcp" and x.port == port)
        if found:
            return port, tuple(found)
    raise Unfit(f"nobody listens in {box.label}", f"ip netns exec {box.space} ss -tlnp")


def _silent(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    port, ears = _ears(scene, box)
    return [Deafen(box.space, port, ears)]


def _inside_only(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    port, ears = _ears(scene, box)
    host = os.path.basename(scene.folder)
    return [Deafen(box.space, port, ears), AnswerInside(box.space, port, ears, number, host)]


def _resolv_conf(scene: Scene, box: Box, text: str) -> list[FaultStep]:
    path = f"{_ETC}/{box.space}/resolv.conf"
    try:
        with open(path, encoding="utf-8") as file:
            old: str | None = file.read()
    except FileNotFoundError:
        old = None
    return [Rewrite(box.space, path, text, old)]


def _wrong_server(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    return _resolv_conf(scene, box, f"nameserver {_NOBODY}\n")


def _no_server(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    return _resolv_conf(scene, box, "# no nameserver\n")


def _no_remote(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    from ..kernel.tunnel import remote_entries

    found = []
    for wire in box.wires:
        for one in scene.survey.interfaces(wire.bridge.space).values() if wire.bridge else ():
            if wire.bridge and one.kind == "vxlan" and one.master == wire.bridge.index:
                found.append(one)
    for one in found:
        entries = remote_entries(scene.stack.channel(one.space), one.index)
        if entries and not one.options.get("remote"):
            where = (one.space, one.name, one.index)
            return [ForgetRemote(*where, mac, to, text) for mac, to, text in entries]
    raise Unfit(f"{box.label} is on no VXLAN with a far end in its forwarding database")


KINDS = (
    Kind("APP.NOT_LISTENING", CONTAINER, "Its program has stopped to listen.", _silent),
    Kind("APP.LOOPBACK_ONLY", CONTAINER, "Its program listens on 127.0.0.1 only.", _inside_only),
    Kind("DNS.SILENT", CONTAINER, "Its name server does not answer.", _wrong_server),
    Kind("DNS.NO_SERVER", CONTAINER, "It knows no name server.", _no_server),
    Kind("VX.NO_REMOTE", CONTAINER, "Its VXLAN has forgotten the far end.", _no_remote),
)
