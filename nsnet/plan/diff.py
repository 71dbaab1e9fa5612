"""What is wanted, less what is there: the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..kernel.observe import Observed
from ..topology.layout import Layout
from ..topology.naming import group
from ..value import Value
from .step import Step, taking_back
from .steps.link import DropGroup, DropLink, HostLink, Regroup
from .steps.nft import FAMILIES, TABLE, USER_CHAIN, AddChain, AddTable, NftStep, reference_text
from .steps.nft_map import AddElement, ReplaceElement


class Change(Value):
    """A step of a plan with its sign: ``+`` new, ``~`` put right, ``-`` taken away."""

    sign: str
    step: Step


def expect(seen: Observed, wanted: Iterable[Step]) -> None:
    """Tell `seen` what the firewall should look like, so that it can compare."""
    steps = [step for step in wanted if isinstance(step, NftStep)]
    seen.expect({family: reference_text(steps, family) for family in FAMILIES}, TABLE)


def conflicts(seen: Observed, wanted: Iterable[Step], unwanted: Sequence[Step] = ()) -> list[str]:
    """Everything foreign that stands in the way, each once. What is in the way, but is going
    to be taken away, is not."""
    going = {subject for step in standing(seen, unwanted) for subject in step.makes}
    found = (step.conflict(seen) for step in wanted if going.isdisjoint(step.makes))
    return list(dict.fromkeys(text for text in found if text))


def changes(seen: Observed, wanted: Sequence[Step], unwanted: Sequence[Step]) -> list[Change]:
    """The plan that takes `unwanted` away and brings `wanted` about. What stays the same thing
    (its `identity`) is mended in place."""
    keep = {step.identity for step in wanted}
    gone = standing(seen, [step for step in unwanted if step.identity not in keep])
    return _plan(seen, wanted, gone, lambda *asked: _after_a_look(seen, *asked))


def edits(
    seen: Observed,
    wanted: Sequence[Step],
    unwanted: Sequence[Step],
    trusted: Iterable[Step],
) -> list[Change]:
    """As `changes`, for an edit of what is known to stand: `trusted` steps are taken to be so
    without a look at the kernel, and all of `unwanted` to be there still. What a firewall rule
    or element looks like is not read back either: that costs more than the whole edit."""
    known = frozenset(trusted)
    keep = {step.identity for step in wanted}
    former = {step.identity for step in unwanted}

    def parts_of(step: Step, remade: bool, touched: bool) -> tuple[Step, ...]:
        if step in known:
            return _after_a_look(seen, step, remade, touched) if remade or touched else ()
        if isinstance(step, NftStep) and step.identity not in former:
            return (step,)
        if isinstance(step, AddElement) and not remade:
            return (ReplaceElement(step),)
        return _after_a_look(seen, step, remade, touched)

    return _plan(seen, wanted, [s for s in unwanted if s.identity not in keep], parts_of)


def _after_a_look(seen: Observed, step: Step, remade: bool, touched: bool) -> tuple[Step, ...]:
    """What brings `step` about, seen what is there."""
    if remade:
        return (step,)
    return () if not touched and step.present(seen) else step.mend(seen)


def _plan(
    seen: Observed,
    wanted: Iterable[Step],
    gone: Sequence[Step],
    parts_of: Callable[[Step, bool, bool], tuple[Step, ...]],
) -> list[Change]:
    """The plan that takes `gone` away and brings `wanted` about by the steps that `parts_of`
    tells of each: of (step, whether it is remade, whether something that it is about is).

    `new` collects the objects that will not be those which `seen` shows: whatever belongs
    inside them has to be made, though it may be there now.
    """
    new = {subject for step in gone for subject in step.makes}
    plan: list[Change] = []
    for step in gone:
        if new.isdisjoint(step.inside):
            plan += [Change("~", other) for other in step.instead(seen)]
    for step in wanted:
        remade = not new.isdisjoint((*step.makes[:1], *step.inside))
        touched = not new.isdisjoint((*step.makes, *step.leans_on))
        parts = parts_of(step, remade, touched)
        new.update(subject for part in parts for subject in part.makes)
        plan += [Change("+" if part == step else "~", part) for part in parts]
    plan.sort(key=lambda change: change.step.phase)
    return [Change("-", step) for step in taking_back(gone)] + plan


def _kept_links(keep: Iterable[Step], number: int) -> bool:
    """Is something that stays in the link group `number`?"""
    return any(isinstance(step, HostLink) and step.group == number for step in keep)


def strays(seen: Observed, layout: Layout, known: Iterable[Step]) -> list[Step]:
    """Interfaces that carry the topology's mark, but that no step of it knows."""
    names = {s.name for s in known if isinstance(s, HostLink)}
    number = group(layout.slot)
    return [
        DropLink(link.name)
        for link in seen.links().values()
        if link.group == number and link.name not in names
    ]


def standing(seen: Observed, steps: Sequence[Step]) -> list[Step]:
    """Those of `steps` that have something to take back. What goes with another object is
    not even looked at: it would be one look into every namespace."""
    makers = {step for step in steps if step.makes and step.removable(seen)}
    gone = {step.makes for step in makers}
    return [
        step
        for step in steps
        if step in makers
        or (not step.makes and gone.isdisjoint(step.inside) and step.removable(seen))
    ]


def teardown(steps: Sequence[Step], layout: Layout, keep: Iterable[Step] = ()) -> list[Step]:
    """The shortest way to take all `steps` of a topology back: one deletion of its link
    group instead of many, for each of which the kernel would wait apart. (Unless something
    to `keep` is in that group: a bridge that others use as an external network.)"""
    number = group(layout.slot)
    links = [s for s in steps if isinstance(s, HostLink)]
    plan = taking_back(steps)
    if len(links) < 2 or _kept_links(keep, number):
        return plan
    gone = set(links)
    kept = [s for s in plan if s.inverse() not in gone]
    shared = [Regroup(s.name, number) for s in links if s.group != number]
    phase = links[0].inverse().phase
    at = next((i for i, s in enumerate(kept) if s.phase > phase), len(kept))
    return [*kept[:at], *shared, DropGroup(number, layout.name), *kept[at:]]


def users_own(seen: Observed, steps: Iterable[Step]) -> list[Step]:
    """Steps whose objects stay because the user has put rules of his own in them: our table,
    if its chain for users is not empty."""
    kept: list[Step] = []
    for step in steps:
        if isinstance(step, AddTable) or (isinstance(step, AddChain) and step.name == USER_CHAIN):
            table = seen.table(step.family, TABLE) or {}
            if len(table.get(f"chain {USER_CHAIN}", ())) > 1:
                kept.append(step)
    return kept
