"""One locked use of a host: planning, doing, taking back, recording."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from ..kernel import link, netns
from ..kernel.apply import apply, undo_all
from ..kernel.errors import KernelError
from ..kernel.observe import Observed
from ..kernel.process import Process, is_init, marked
from ..kernel.stack import Stack
from ..plan import diff
from ..plan.before import Before
from ..plan.build import desired
from ..plan.diff import Change
from ..plan.step import Step
from ..plan.steps.namespace import MARKED
from ..plan.steps.process import StartProcess
from ..plan.steps.veth import AddVeth
from ..topology.allocate import allocate
from ..topology.layout import Binding, Layout
from ..topology.model import Topology, TopologyError
from ..topology.taken import Taken
from . import host
from .state import Record, State, claimed_elsewhere, save

Progress = Callable[[int, int], None]
_READY_WAIT = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Result:
    """What an `up` or `down` came to: the changes made, and the layout they are about."""

    layout: Layout
    changes: tuple[Change, ...]

    @property
    def unchanged(self) -> bool:
        """Was everything so already?"""
        return not self.changes


@dataclass(slots=True)
class Job:
    """A plan, and what it is a plan for."""

    layout: Layout
    before: Before
    changes: tuple[Change, ...]
    previous: Record | None


class Session:
    """One locked use of a host."""

    def __init__(self, folder: str, stack: Stack, state: State) -> None:
        self.folder, self.stack, self.state = folder, stack, state
        stack.processes.update(state.processes())
        self.seen = Observed(stack)
        self.etc = host.etc_writable()

    # --- planning

    def prepare(self, topology: Topology) -> Job:
        """The plan for `topology`. Raises `TopologyError` or `KernelError`; changes nothing."""
        previous = self.state.records.get(topology.name)
        others = self.state.layouts(but=topology.name)
        layout = _allocate(topology, host.taken(self.seen, others), previous)
        before = self.state.before or host.before(self.seen)
        wanted = self._desired(layout, before)
        shared = self._shared(topology.name, before)
        self._find_processes(wanted)
        diff.expect(self.seen, dict.fromkeys((*wanted, *shared)))
        traces = [s for old in _traces(previous) for s in self._desired(old, before)]
        keep = {*wanted, *shared}
        unwanted = [step for step in dict.fromkeys(traces) if step not in keep]
        problems = diff.conflicts(self.seen, wanted, unwanted)
        claimed = claimed_elsewhere(self.folder)
        problems += self._claimed(topology, claimed) or self._without_record(topology, claimed)
        problems += self._taken_ports(layout, previous)
        if problems:
            raise Blocked(*problems)
        known = (*wanted, *unwanted, *shared)
        strays = diff.strays(self.seen, layout, known) if previous else []
        changes = diff.changes(self.seen, wanted, unwanted)
        return Job(layout, before, (*(Change("-", s) for s in strays), *changes), previous)

    def _desired(self, layout: Layout, before: Before) -> list[Step]:
        return desired(layout, before, self.folder, self.etc)

    def _shared(self, name: str, before: Before) -> dict[Step, None]:
        """What all the other topologies want."""
        layouts = self.state.layouts(but=name)
        return dict.fromkeys(step for each in layouts for step in self._desired(each, before))

    def _find_processes(self, wanted: list[Step]) -> None:
        """Recognise commands that were started by the script, or by an nsnet that was killed
        before it could record them: they run in namespaces that are there already."""
        lost = {
            s.container: s
            for s in wanted
            if isinstance(s, StartProcess)
            and s.container not in self.stack.processes
            and self.seen.exists(s.namespace)
        }
        if not lost:
            return
        mark = f"NSNET_HOST={os.path.basename(self.folder)}"
        found: dict[str, Process] = {}
        for process, env in marked(mark.encode()):
            name = env.get(b"NSNET_CONTAINER", b"").decode()
            if name in lost and (name not in found or is_init(process.pid)):
                found[name] = Process(process.pid, process.start, lost[name].log)
        self.stack.processes |= found

    def _claimed(self, topology: Topology, claimed: dict[str, str]) -> list[str]:
        """Names that another host of this machine has given to its containers."""
        return [
            f"container {c.name}: host {claimed[c.name]} of this machine has one of that name, and "
            "names of namespaces are seen by all hosts: choose another container_name"
            for c in topology.containers
            if c.name in claimed and self.seen.names.get(c.name)
        ]

    def _without_record(self, topology: Topology, claimed: dict[str, str]) -> list[str]:
        """Topologies that stand in the kernel, but of which we know nothing: every choice
        made now could clash with theirs."""
        known = {c.name for each in self.state.layouts() for c in each.topology.containers}
        known |= {c.name for c in topology.containers} | set(claimed)
        marks = [self.seen.mark(name) for name in self.seen.names if name not in known]
        lost = {each.split()[1] for each in marks if each.startswith(MARKED)}
        return [
            f"topology {name} is up, but its record is lost: take it down by the file that it was "
            "made from (nsnet down FILE), or remove all of nsnet's (nsnet clean)"
            for name in sorted(lost - {topology.name, *self.state.records})
        ]

    def _taken_ports(self, layout: Layout, previous: Record | None) -> list[str]:
        self.stack.enter("")  # looking into namespaces has led us away from the host
        ours = {b for old in _traces(previous) for b in old.bindings}
        return [_taken(b) for b in layout.bindings if b not in ours and not _free(b)]

    # --- doing

    def carry_out(self, job: Job, progress: Progress | None, stopping: Callable[[], bool]) -> None:
        """Do what `job` plans and record it, or leave the host as it was."""
        if not job.changes and job.previous and job.previous.complete:
            return
        record = Record(job.layout, created=time.time())
        if job.previous:
            record.created = job.previous.created
        record.processes = self._processes(job.layout)
        record.leftovers = [old for old in _traces(job.previous) if old != job.layout]
        self.state.prepared = netns.prepare() or self.state.prepared
        self.state.before = self.state.before or job.before
        self.state.records[job.layout.name] = record
        try:
            save(self.folder, self.state)
            self._build(job, record, progress, stopping)
        except BaseException as error:
            self._roll_back(job, getattr(error, "done", ()))
            raise

    def _build(
        self,
        job: Job,
        record: Record,
        progress: Progress | None,
        stopping: Callable[[], bool],
    ) -> None:
        steps = [change.step for change in job.changes]
        with _without_collector():
            apply(self.stack, steps, progress=progress, stopping=stopping)
        try:
            self._await_ready({s.index for s in steps if isinstance(s, AddVeth)})
            record.processes = self._processes(job.layout)
            record.leftovers = []
            record.complete = True
            save(self.folder, self.state)
        except BaseException as error:
            error.done = steps  # type: ignore[attr-defined]
            raise

    def _processes(self, layout: Layout) -> dict[str, Process]:
        running = self.stack.processes
        names = [c.name for c in layout.topology.containers]
        return {name: running[name] for name in names if name in running}

    def _await_ready(self, indexes: set[int]) -> None:
        """Wait until every new bridge port forwards: before, it would lose first packets."""
        limit = time.monotonic() + _READY_WAIT
        while indexes & link.waiting_ports(self.stack.channel("")):
            if time.monotonic() > limit:
                return
            time.sleep(0.001)

    def _roll_back(self, job: Job, done: tuple[Step, ...]) -> None:
        """A new topology goes; a repair is taken back step by step; an edit is undone by a
        plan that leads from wherever it came to back to the earlier layout."""
        self.stack.discard()
        earlier = job.previous
        if earlier is None:
            failures = undo_all(self.stack, diff.teardown(done, job.layout))
            del self.state.records[job.layout.name]
        else:
            if earlier.layout == job.layout:
                undo = [step.inverse() for step in reversed(done)]
            else:
                undo = self._way_back(job.layout, earlier.layout, job.before)
            failures = undo_all(self.stack, undo)
            earlier.processes = self._processes(earlier.layout)
            self.state.records[job.layout.name] = earlier
        self._finish()
        if failures:
            raise ExceptionGroup("some steps could not be taken back", failures)

    def _way_back(self, layout: Layout, earlier: Layout, before: Before) -> list[Step]:
        self.seen = Observed(self.stack)
        wanted = self._desired(earlier, before)
        shared = self._shared(layout.name, before)
        diff.expect(self.seen, dict.fromkeys((*wanted, *shared)))
        keep = {*wanted, *shared}
        unwanted = [step for step in self._desired(layout, before) if step not in keep]
        return [change.step for change in diff.changes(self.seen, wanted, unwanted)]

    def _finish(self) -> None:
        """Record; with the last topology gone, nothing of ours stays."""
        if not self.state.records:
            self.state.before = None
            if self.state.prepared:
                netns.unprepare()
                self.state.prepared = False
        save(self.folder, self.state)

    # --- taking down

    def adopt(self, topology: Topology | None) -> Record | None:
        """A record of `topology` if it stands in the kernel without one."""
        if topology is None:
            return None
        job = self.prepare(topology)
        missing = {change.step for change in job.changes}
        if all(step in missing for step in self._desired(job.layout, job.before) if step.makes):
            return None
        self.state.before = self.state.before or job.before
        return Record(job.layout, created=time.time())

    def take_down(self, name: str, record: Record) -> Result:
        """Remove what only this topology wants, and whatever an interrupted `up` left of its
        earlier forms. Raises ExceptionGroup if something would not go; then it stays recorded.
        """
        before = self.state.before or host.before(self.seen)
        mine = dict.fromkeys(s for each in record.traces() for s in self._desired(each, before))
        shared = self._shared(name, before)
        self._find_processes(list(mine))
        diff.expect(self.seen, dict.fromkeys((*mine, *shared)))
        keep = {*shared, *diff.users_own(self.seen, mine)}
        steps = diff.standing(self.seen, [s for s in mine if s not in keep])
        plan = diff.teardown(steps, record.layout, keep)
        self._note_start(record)
        failures = undo_all(self.stack, plan)
        self.seen = Observed(self.stack)
        if not failures:
            self.state.records.pop(name, None)
        self._finish()
        if failures:
            raise ExceptionGroup("some things would not go", failures)
        return Result(record.layout, tuple(Change("-", step) for step in plan))

    def _note_start(self, record: Record) -> None:
        """Mark the record incomplete. On a full disk the removal goes on without it."""
        if record.complete:
            record.complete = False
            with suppress(KernelError):
                save(self.folder, self.state)


class Blocked(TopologyError):
    """The topology is well, but something on this host stands where it wants to go."""

    exit_code = 1


def _allocate(topology: Topology, taken: Taken, previous: Record | None) -> Layout:
    """The layout. Raises `TopologyError` if it could be nowhere, `Blocked` if not here."""
    try:
        return allocate(topology, taken, previous.layout if previous else None)
    except TopologyError as error:
        try:
            allocate(topology, Taken())
        except TopologyError:
            raise error from None
        raise Blocked(*error.problems) from None


def _traces(record: Record | None) -> list[Layout]:
    return record.traces() if record else []


def _free(binding: Binding) -> bool:
    return host.port_free(binding.protocol, binding.host_ip, binding.host_port)


def _taken(binding: Binding) -> str:
    tool = "ss -ltnp" if binding.protocol == "tcp" else "ss -lunp"
    return (
        f"{binding.container}: port {binding.where}/{binding.protocol} is already allocated: a "
        f"program on the host listens there: end it or publish on another port (see: {tool})"
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """No garbage collection while building: it would walk thousands of live steps."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
