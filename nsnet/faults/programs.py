"""Faults of programs and names."""

from __future__ import annotations

import os

from ..kernel import deaf
from ..kernel.deaf import Ear
from ..kernel.survey import Survey
from ..plan.steps.fault.base import FaultStep
from ..plan.steps.fault.file import Rewrite
from ..plan.steps.fault.program import AnswerInside, Deafen
from ..plan.steps.fault.setting import Setting
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


def _other_loopback(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    """It asks its own 127.0.0.1, and the server listens at that of somebody else."""
    survey = scene.survey
    own = _asked(survey, box.space)
    if own:
        raise Unfit(f"a name server listens in {box.label} itself")
    if not any(_asked(survey, key) for key in survey.spaces()):
        raise Unfit("nobody listens on UDP port 53: there is no name server anywhere", "ss -lnu")
    return _resolv_conf(scene, box, "nameserver 127.0.0.1\n")


def _asked(survey: Survey, space: str) -> bool:
    """Does anybody there listen for questions?"""
    return any((x.protocol, x.port) == ("udp", 53) for x in survey.listeners(space))


def _mute(scene: Scene, box: Box, number: int) -> list[FaultStep]:
    key = "net.ipv4.icmp_echo_ignore_all"
    if scene.survey.sysctl(box.space, key) != "0":
        raise Unfit(f"{box.label} does not answer pings already")
    return [Setting(box.space, key, "1", "0")]


KINDS = (
    Kind("APP.NOT_LISTENING", CONTAINER, "Its program has stopped to listen.", _silent),
    Kind("APP.LOOPBACK_ONLY", CONTAINER, "Its program listens on 127.0.0.1 only.", _inside_only),
    Kind("DNS.SILENT", CONTAINER, "Its name server does not answer.", _wrong_server),
    Kind("DNS.NO_SERVER", CONTAINER, "It knows no name server.", _no_server),
    Kind("DNS.WRONG_NS", CONTAINER, "It asks itself for names, not its server.", _other_loopback),
    Kind("SYSCTL.ECHO_IGNORED", CONTAINER, "It does not answer pings.", _mute),
)
