"""A container under another name, while it runs."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from ..kernel.apply import StepFailed, apply, undo_all
from ..kernel.observe import Observed
from ..plan import diff
from ..plan.build import mark
from ..plan.step import Step
from ..plan.steps.namespace import RenameNamespace
from ..topology.layout import Layout
from ..topology.model import Container, Link, Topology
from . import host
from .session import Session
from .state import Record, save


def renamed(topology: Topology, old: str, new: str) -> Topology:
    """`topology` with its container `old` called `new`, wherever it is spoken of."""
    return replace(topology, containers=tuple(_container(c, old, new) for c in topology.containers))


def _container(one: Container, old: str, new: str) -> Container:
    return replace(
        one,
        name=new if one.name == old else one.name,
        share=new if one.share == old else one.share,
        links=_links(one.links, old, new),
        attachments=tuple(replace(a, links=_links(a.links, old, new)) for a in one.attachments),
        depends_on=tuple(new if name == old else name for name in one.depends_on),
    )


def _links(links: tuple[Link, ...], old: str, new: str) -> tuple[Link, ...]:
    return tuple(replace(k, container=new) if k.container == old else k for k in links)


def rename(session: Session, record: Record, old: str, new: str) -> None:
    """Give the container `old` of a topology the name `new`: its namespace, its files, its name
    in the DNS; its command does not notice, nor do those that share its sandbox. Raises
    `StepFailed`; then it has its old name."""
    name = record.layout.name
    if record.complete:
        with suppress(StepFailed):  # somebody else changed something: it is repaired first
            _rename(session, record, old, new)
            return
    session.repair(record.layout.topology)
    _rename(session, session.state.records[name], old, new)


def _rename(session: Session, record: Record, old: str, new: str) -> None:
    layout = _layout(record.layout, old, new)
    steps = _steps(session, record.layout, layout, old, new)
    records = session.state.records
    done: tuple[Step, ...] = ()
    try:
        leftovers = [*record.leftovers, layout]
        records[layout.name] = replace(record, complete=False, leftovers=leftovers)
        save(session.folder, session.state)
        apply(session.stack, steps)
        done = tuple(steps)
        processes = {new if n == old else n: p for n, p in record.processes.items()}
        records[layout.name] = replace(record, layout=layout, processes=processes)
        save(session.folder, session.state)
    except BaseException as error:
        done = done or getattr(error, "done", ())
        session.stack.discard()
        names = {old, new, *_sharers(layout.topology, new)}
        failures = _take_back(session, record.layout, layout, done, names)
        records[layout.name] = replace(record, complete=record.complete and not failures)
        save(session.folder, session.state)
        raise
    if old in session.stack.processes:
        session.stack.processes[new] = session.stack.processes.pop(old)
    session.seen = Observed(session.stack)


def _take_back(
    session: Session, was: Layout, layout: Layout, done: tuple[Step, ...], names: set[str]
) -> list[StepFailed]:
    """First the old name of the namespace; with it all is back that belongs to `names`. Then
    whatever else has changed in place."""
    moved = [step.inverse() for step in done if isinstance(step, RenameNamespace)]
    failures = undo_all(session.stack, moved)
    before = session.state.before or host.before(session.seen)
    new = [s for s in session.desired(layout, before) if not _moves(s, names)]
    return failures + undo_all(session.stack, session.way_back(new, was, before, set()))


def _steps(session: Session, was: Layout, layout: Layout, old: str, new: str) -> list[Step]:
    before = session.state.before or host.before(session.seen)
    known = session.desired(was, before)
    wanted = session.desired(layout, before)
    sharers = _sharers(was.topology, old)
    moved = {step for step in wanted if _moves(step, {new, *sharers})}
    keep = {*wanted, *session.shared(layout.name, before)}
    unwanted = [s for s in known if s not in keep and not _moves(s, {old, *sharers})]
    one = was.topology.container(old)
    steps: list[Step] = []
    if one and not one.stopped and one.mode != "host":
        marks = (mark(layout.name, new), mark(layout.name, old))
        steps.append(RenameNamespace(old, new, *marks))
    diff.expect(session.seen, wanted)
    trusted = {*known, *moved} & set(wanted)
    steps += [c.step for c in diff.edits(session.seen, wanted, unwanted, trusted)]
    return sorted(steps, key=lambda step: step.phase if step.phase < 50 else -1)


def _layout(layout: Layout, old: str, new: str) -> Layout:
    return replace(
        layout,
        topology=renamed(layout.topology, old, new),
        endpoints=tuple(
            replace(e, container=new) if e.container == old else e for e in layout.endpoints
        ),
        bindings=tuple(
            replace(b, container=new) if b.container == old else b for b in layout.bindings
        ),
    )


def _sharers(topology: Topology, name: str) -> set[str]:
    """Those that run in the sandbox of `name`; whom one shares with stands before it."""
    found = {name}
    for one in topology.containers:
        if one.share in found:
            found.add(one.name)
    return found - {name}


def _moves(step: Step, names: set[str]) -> bool:
    """Is it about something inside one of these namespaces, or about what runs there?"""
    kinds = ("netns", "process", "link", "address")
    return any(s[0] in kinds and s[1] in names for s in (*step.makes, *step.inside))
