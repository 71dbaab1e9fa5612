"""One locked use of a host: planning, doing, taking back, recording."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from ..kernel import link, netns
from ..kernel.apply import StepFailed, apply, undo_all
from ..kernel.errors import KernelError
from ..kernel.observe import Observed
from ..kernel.process import Process
from ..kernel.stack import Stack
from ..plan import diff
from ..plan.before import Before
from ..plan.build import common, desired
from ..plan.diff import Change
from ..plan.step import Step, Undo
from ..plan.steps.nft import AddTable
from ..plan.steps.process import StartProcess, Stop
from ..plan.steps.veth import AddVeth
from ..topology.layout import Layout
from ..topology.model import Topology
from ..topology.taken import Taken
from ..value import Mutable, Value
from . import checks, cursors, host
from .checks import Blocked
from .collector import without_collector
from .described import describe
from .started import by_container
from .state import Record, State, claimed_elsewhere, save

Progress = Callable[[int, int], None]
_READY_WAIT = 2.0  # seconds


class Result(Value):
    """What an `up` or `down` came to: the changes made, and the layout they are about. `left` are
    networks that stay, since others are on them."""

    layout: Layout
    changes: tuple[Change, ...]
    left: tuple[str, ...] = ()

    @property
    def unchanged(self) -> bool:
        """Was everything so already?"""
        return not self.changes


class Job(Mutable, frozen=False):
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
        self.changes: list[Change] = []  # of all its edits

    # --- planning

    def prepare(self, topology: Topology, *, editing: bool = False, wary: bool = True) -> Job:
        """The plan for `topology`. `editing`: containers keep what they have, and commands that
        have ended are not started again. Not `wary`: what is recorded to be up is taken to be so.

        Raises `TopologyError` or `KernelError`; changes nothing.
        """
        previous = self.state.records.get(topology.name)
        taken = self._taken(topology.name)
        taken.keeping = editing
        layout = checks.allocated(topology, taken, previous)
        before = self.state.before or host.before(self.seen)
        wanted = self.desired(layout, before)
        trusting = not wary and previous is not None and previous.complete
        shared = self.shared(topology.name, before, briefly=trusting)
        self._find_processes(wanted)
        diff.expect(self.seen, dict.fromkeys((*wanted, *shared)))
        traces = dict.fromkeys(s for old in _traces(previous) for s in self.desired(old, before))
        keep = {*wanted, *shared}
        unwanted = [step for step in traces if step not in keep]
        trusted = {*traces, *shared} if trusting else set()
        if any(isinstance(s, AddTable) and s not in trusted for s in wanted):
            trusted = set()  # the first network of its family: better look twice
        problems = diff.conflicts(self.seen, [s for s in wanted if s not in trusted], unwanted)
        claimed = claimed_elsewhere(self.folder)
        problems += checks.claimed(self.seen, topology, claimed) or checks.without_record(
            self.seen, self.state, topology, claimed
        )
        self.stack.enter("")  # looking into namespaces has led us away from the host
        problems += checks.taken_ports(layout, _traces(previous))
        if problems:
            raise Blocked(*problems)
        if trusted:
            changes = diff.edits(self.seen, wanted, unwanted, trusted)
            return Job(layout, before, tuple(changes), previous)
        known = (*wanted, *unwanted, *shared)
        strays = diff.strays(self.seen, layout, known) if previous else []
        changes = diff.changes(self.seen, wanted, unwanted)
        if editing and previous and previous.complete:
            over = {s for s in traces if checks.is_over(s, previous.processes)}
            changes = [change for change in changes if change.step not in over]
        return Job(layout, before, (*(Change("-", s) for s in strays), *changes), previous)

    def _taken(self, name: str) -> Taken:
        """What is in use besides the topology `name`."""
        return host.taken(self.seen, self.state.layouts(but=name), self.state.cursors)

    def desired(self, layout: Layout, before: Before) -> list[Step]:
        """What a layout wants of this host."""
        return desired(layout, before, self.folder, self.etc)

    def shared(self, name: str, before: Before, briefly: bool = False) -> dict[Step, None]:
        """What all the other topologies want; `briefly`: as far as another one may want it."""
        found: dict[Step, None] = {}
        for each in self.state.layouts(but=name):
            steps = common(each, before, self.folder) if briefly else self.desired(each, before)
            found |= dict.fromkeys(steps)
        return found

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
        if lost:
            self.stack.processes |= by_container(self.folder, lost)

    # --- doing

    def carry_out(self, job: Job, progress: Progress | None, stopping: Callable[[], bool]) -> None:
        """Do what `job` plans and record it, or leave the host as it was."""
        before = job.previous
        if not job.changes and before and before.complete and before.layout == job.layout:
            return
        record = Record(job.layout, created=before.created if before else time.time())
        record.processes = self._processes(job.layout)
        record.leftovers = [old for old in _traces(job.previous) if old != job.layout]
        self.state.prepared = netns.prepare() or self.state.prepared
        self.state.before = self.state.before or job.before
        self.state.records[job.layout.name] = record
        earlier = before.layout if before else None
        self.state.cursors = cursors.advanced(self.state.cursors, job.layout, earlier)
        ending = self._ending(job)
        try:
            save(self.folder, self.state)
            self._build(job, record, progress, stopping)
        except BaseException as error:
            self._roll_back(job, getattr(error, "done", ()), ending)
            raise

    def _ending(self, job: Job) -> set[str]:
        """Containers whose commands run now and are ended on the way: only these are started
        again on the way back."""
        steps = (c.step.step if isinstance(c.step, Undo) else c.step for c in job.changes)
        names = {s.container for s in steps if isinstance(s, StartProcess | Stop)}
        known = self.stack.processes
        return {name for name in names if name in known and known[name].alive}

    def _build(
        self,
        job: Job,
        record: Record,
        progress: Progress | None,
        stopping: Callable[[], bool],
    ) -> None:
        steps = [change.step for change in job.changes]
        with without_collector():
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
        """The processes of its containers; of a stopped one the last that it had."""
        record = self.state.records.get(layout.name)
        stopped = {c.name for c in layout.topology.containers if c.stopped}
        last = record.processes if record else {}
        found = {name: each for name, each in last.items() if name in stopped}
        running = self.stack.processes
        names = [c.name for c in layout.topology.containers if c.name in running]
        return found | {name: running[name] for name in names}

    def _await_ready(self, indexes: set[int]) -> None:
        """Wait until every new bridge port forwards: before, it would lose first packets."""
        limit = time.monotonic() + _READY_WAIT
        while link.waiting_ports(self.stack.channel(""), indexes):
            if time.monotonic() > limit:
                return
            time.sleep(0.001)

    def _roll_back(self, job: Job, done: tuple[Step, ...], ending: set[str]) -> None:
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
                new = self.desired(job.layout, job.before)
                undo = self.way_back(new, earlier.layout, job.before, ending)
            failures = undo_all(self.stack, undo)
            earlier.processes |= self._processes(earlier.layout)
            self.state.records[job.layout.name] = earlier
        self._finish()
        if failures:
            raise ExceptionGroup("some steps could not be taken back", failures)

    def way_back(
        self, unwanted: Iterable[Step], earlier: Layout, before: Before, ending: set[str]
    ) -> list[Step]:
        """What leads from the kernel as it is now back to `earlier`, without `unwanted`. It
        starts only the commands of `ending`."""
        self.seen = Observed(self.stack)
        wanted = self.desired(earlier, before)
        keep = dict.fromkeys((*wanted, *self.shared(earlier.name, before)))
        diff.expect(self.seen, keep)
        gone = [step for step in unwanted if step not in keep]
        steps = [change.step for change in diff.changes(self.seen, wanted, gone)]
        return [s for s in steps if not isinstance(s, StartProcess) or s.container in ending]

    def _finish(self) -> None:
        """Record; with the last topology gone, nothing of ours stays."""
        if not self.state.records:
            self.state.before = None
            if self.state.prepared:
                netns.unprepare()
                self.state.prepared = False
        save(self.folder, self.state)

    # --- editing

    def edit(self, topology: Topology) -> Result:
        """Make a recorded topology (or a new one) be `topology`; what is recorded to be up is
        taken to be so, unless a step fails. An empty topology is taken down.

        Raises what `up` raises; then everything is as it was.
        """
        name = topology.name
        if not topology.networks and not topology.containers:
            record = self.state.records.get(name)
            return self.take_down(name, record) if record else Result(Layout(topology, 0), ())
        job = self._edit(topology)
        self.changes += job.changes
        return Result(job.layout, job.changes)

    def _edit(self, topology: Topology) -> Job:
        described = describe(self.folder, self.state, topology)
        if described:
            return Job(described, self.state.before or Before(), (), None)
        try:
            job = self.prepare(topology, editing=True, wary=False)
            self.carry_out(job, None, lambda: False)
        except StepFailed as error:
            begun = any(isinstance(s, StartProcess) for s in (*error.done, error.step))
            if begun or topology.name not in self.state.records:
                raise  # whoever waits for the command has seen it end: no second one
            return self.repair(topology)  # somebody else changed something
        self.seen = Observed(self.stack)
        return job

    def repair(self, topology: Topology) -> Job:
        """As `edit`, after a look at everything."""
        self.seen = Observed(self.stack)
        job = self.prepare(topology, editing=True)
        self.carry_out(job, None, lambda: False)
        self.seen = Observed(self.stack)
        return job

    # --- taking down

    def adopt(self, topology: Topology | None) -> Record | None:
        """A record of `topology` if it stands in the kernel without one."""
        if topology is None:
            return None
        job = self.prepare(topology)
        missing = {change.step for change in job.changes}
        if all(step in missing for step in self.desired(job.layout, job.before) if step.makes):
            return None
        self.state.before = self.state.before or job.before
        return Record(job.layout, created=time.time())

    def take_down(self, name: str, record: Record) -> Result:
        """Remove what only this topology wants, and what an interrupted `up` left of its earlier
        forms. Raises ExceptionGroup if something would not go; then it stays recorded."""
        from . import faults, heirs

        faults.take_back_of(self.stack, self.folder, name)
        before = self.state.before or host.before(self.seen)
        mine = dict.fromkeys(s for each in record.traces() for s in self.desired(each, before))
        shared = self.shared(name, before)
        self._find_processes(list(mine))
        diff.expect(self.seen, dict.fromkeys((*mine, *shared)))
        keep = {*shared, *diff.users_own(self.seen, mine)}
        steps = diff.standing(self.seen, [s for s in mine if s not in keep])
        plan = diff.teardown(steps, record.layout, keep)
        self._note_start(record)
        failures = undo_all(self.stack, plan)
        self.seen = Observed(self.stack)
        left: list[str] = []
        if not failures:
            self.state.records.pop(name, None)
            left = heirs.inherit(self.state, record.layout)
        self._finish()
        if failures:
            raise ExceptionGroup("some things would not go", failures)
        return Result(record.layout, tuple(Change("-", step) for step in plan), tuple(left))

    def _note_start(self, record: Record) -> None:
        """Mark the record incomplete. On a full disk the removal goes on without it."""
        if record.complete:
            record.complete = False
            with suppress(KernelError):
                save(self.folder, self.state)


def _traces(record: Record | None) -> list[Layout]:
    return record.traces() if record else []
