"""Joining a sandbox to its simulated outside machine."""

from __future__ import annotations

from ..kernel import netns
from ..kernel.apply import apply
from ..kernel.resolvconf import set_in_sandbox
from ..kernel.stack import Stack
from ..plan import outside
from ..plan.content import stub_command
from ..plan.steps.process import StartProcess
from .state import ROOT

#: What its web server tells.
LOG = f"{ROOT}-outside/outside.log"


def ensure(only_way_out: bool = True) -> None:
    """Give this host its outside machine, unless it has one. In a sandbox it takes the default
    route; on the machine itself (`only_way_out` false) it is one more network beside what is
    there. Raises `StepFailed` if something of its names is there already."""
    if netns.inode(outside.NAME):
        return
    netns.prepare()
    listen = (("tcp", "::", 80), ("udp", "::", 53))
    web = StartProcess(
        container=outside.NAME,
        topology="sandbox",
        namespace=outside.NAME,
        argv=stub_command(outside.NAME, listen),
        log=LOG,
        hostname=outside.NAME,
        listen=listen,
        stub=True,
    )
    with Stack() as stack:
        apply(stack, [*outside.steps(only_way_out), web])
    if not only_way_out:
        return
    # It knows few names, but says so at once: the machine's own servers cannot be reached.
    set_in_sandbox(f"nameserver {outside.ADDRESS}\n")
