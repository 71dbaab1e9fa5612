"""What speaks against a plan on this very host."""

from __future__ import annotations

from collections.abc import Iterable

from ..kernel.observe import Observed
from ..kernel.process import Process
from ..plan.step import Step
from ..plan.steps.namespace import MARKED
from ..plan.steps.process import StartProcess
from ..topology.allocate import allocate
from ..topology.layout import Binding, Layout
from ..topology.model import BY_HAND, Topology, TopologyError
from ..topology.taken import Taken
from . import host
from .state import Record, State


class Blocked(TopologyError):
    """The topology is well, but something on this host stands where it wants to go."""

    exit_code = 1


def allocated(topology: Topology, taken: Taken, previous: Record | None) -> Layout:
    """The layout. Raises `TopologyError` if it could be nowhere, `Blocked` if not here."""
    try:
        return allocate(topology, taken, previous.layout if previous else None)
    except TopologyError as error:
        try:
            allocate(topology, Taken())
        except TopologyError:
            raise error from None
        raise Blocked(*error.problems) from None


def claimed(seen: Observed, topology: Topology, theirs: dict[str, str]) -> list[str]:
    """Names that another host of this machine has given to its containers."""
    return [
        f"container {c.name}: host {theirs[c.name]} of this machine has one of that name, and "
        "names of namespaces are seen by all hosts: choose another container_name"
        for c in topology.containers
        if c.name in theirs and seen.names.get(c.name)
    ]


def without_record(
    seen: Observed, state: State, topology: Topology, theirs: dict[str, str]
) -> list[str]:
    """Topologies that stand in the kernel, but of which we know nothing: every choice
    made now could clash with theirs."""
    known = {c.name for each in state.layouts() for c in each.topology.containers}
    known |= {c.name for c in topology.containers} | set(theirs)
    marks = [seen.mark(name) for name in seen.names if name not in known]
    lost = {each.split()[1] for each in marks if each.startswith(MARKED)}
    if BY_HAND in lost and BY_HAND not in state.records:
        return [
            "containers that single commands have made are up, but their record is lost: remove "
            "all of nsnet's (nsnet clean), and make them again"
        ]
    return [
        f"topology {name} is up, but its record is lost: take it down by the file that it was "
        "made from (nsnet down FILE), or remove all of nsnet's (nsnet clean)"
        for name in sorted(lost - {topology.name, *state.records})
    ]


def taken_ports(layout: Layout, traces: Iterable[Layout]) -> list[str]:
    """Ports that a program of the host listens on. The thread has to be in the host's stack;
    those of `traces` are ours already."""
    ours = {binding for old in traces for binding in old.bindings}
    return [_taken(b) for b in layout.bindings if b not in ours and not _free(b)]


def _free(binding: Binding) -> bool:
    return host.port_free(binding.protocol, binding.host_ip, binding.host_port)


def _taken(binding: Binding) -> str:
    tool = "ss -ltnp" if binding.protocol == "tcp" else "ss -lunp"
    return (
        f"{binding.container}: port {binding.where}/{binding.protocol} is already allocated: a "
        f"program on the host listens there: end it or publish on another port (see: {tool})"
    )


def is_over(step: Step, processes: dict[str, Process]) -> bool:
    """Does it start a command that has been started, and has ended?"""
    if not isinstance(step, StartProcess) or step.container not in processes:
        return False
    return not processes[step.container].alive
