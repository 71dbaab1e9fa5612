"""What is broken on purpose on this host: kept in a file of its own beside the state, so that it
can be mended however far it came, also when who broke it was killed.

`nsnet.faults` knows what can be broken; here is only what is done and how it is taken back.
"""

from __future__ import annotations

import errno
import functools
import json
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module

from ..kernel import files, netns
from ..kernel.apply import StepFailed
from ..kernel.errors import KernelError
from ..kernel.stack import Stack
from ..plan.step import Step
from ..plan.steps.fault.base import FaultStep
from ..topology.codec import plain, restore
from ..value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FILE = "faults.json"
_VERSION = 1
_MODULES = (
    "address", "cut", "device", "file", "flow", "link", "program", "rule", "setting", "shape",
    "table", "tunnel",
)  # fmt: skip


class Fault(Value):
    """One fault. `number` names it, `id` is the diagnosis that it should get, `on` what it was
    done to, `topology` whose that is ("" for what nsnet did not make). `spaces` are the
    namespaces that its steps are about, with their inodes: one made anew has other things in
    it. `hidden` ones are a riddle."""

    number: int
    id: str
    on: str
    steps: tuple[FaultStep, ...]
    spaces: tuple[tuple[str, int], ...] = ()
    topology: str = ""
    hidden: bool = False
    created: float = 0.0

    def standing(self) -> list[FaultStep]:
        """The steps that can still be taken back: those of namespaces that are the same ones."""
        now = netns.names()
        gone = {name for name, inode in self.spaces if name and now.get(name) != inode}
        return [step for step in self.steps if step.outlives or step.space not in gone]


def load(folder: str) -> list[Fault]:
    """The faults of a host in the order in which they were injected. Raises `KernelError` if
    they cannot be read or understood."""
    path = f"{folder}/{_FILE}"
    try:
        with open(path, encoding="utf-8") as found:
            data = json.load(found)
        if data["version"] != _VERSION:
            raise ValueError("written by another version of nsnet")
        return [_decode(each) for each in data["faults"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        why = f"{type(error).__name__}: {error}"
        raise KernelError(f"cannot read the faults in {path}", why) from None


def save(folder: str, faults: list[Fault]) -> None:
    """Keep them. Without any, the file goes, and its folder if nothing else is in it."""
    path = f"{folder}/{_FILE}"
    if not faults:
        files.remove(path)
        return
    data = {"version": _VERSION, "faults": [_encode(each) for each in faults]}
    files.write(path, json.dumps(data, separators=(",", ":")), mode=0o600)


def recorded(folder: str) -> bool:
    """Are there any?"""
    return os.path.exists(f"{folder}/{_FILE}")


def _encode(fault: Fault) -> dict[str, Any]:
    data = {name: value for name, value in plain(fault).items() if name != "steps"}
    data["steps"] = [{"step": type(step).__name__, **plain(step)} for step in fault.steps]
    return data


def _decode(data: dict[str, Any]) -> Fault:
    given = dict(data)
    steps = tuple(_step(dict(each)) for each in given.pop("steps"))
    fault = restore(_Head, given)
    return Fault(steps=steps, **{name: getattr(fault, name) for name in _HEAD})


def _step(data: dict[str, Any]) -> FaultStep:
    return restore(_kinds()[data.pop("step")], data)


@functools.cache
def _kinds() -> dict[str, type[FaultStep]]:
    """The kinds of steps by their names: most commands need none of them."""
    modules = (import_module(f"nsnet.plan.steps.fault.{name}") for name in _MODULES)
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if isinstance(kind, type) and issubclass(kind, FaultStep)
    }


class _Head(Value):
    """What a fault says besides its steps."""

    number: int
    id: str
    on: str
    spaces: tuple[tuple[str, int], ...] = ()
    topology: str = ""
    hidden: bool = False
    created: float = 0.0


_HEAD = ("number", "id", "on", "spaces", "topology", "hidden", "created")


def take_back(
    stack: Stack, folder: str, chosen: Callable[[Fault], bool] = lambda _: True
) -> tuple[list[Fault], list[KernelError]]:
    """Mend the faults that are chosen, the last one first; returns them, and what could not be
    mended, which stays recorded. The host's lock is held by the caller."""
    if not recorded(folder):
        return [], []
    faults = load(folder)
    mended: list[Fault] = []
    failures: list[KernelError] = []
    for fault in reversed([each for each in faults if chosen(each)]):
        failed = _mend(stack, fault)
        failures += failed
        if not failed:
            mended.append(fault)
            faults.remove(fault)
            save(folder, faults)
    stack.enter("")
    return mended, failures


def numbers(folder: str) -> list[str]:
    """The numbers of all faults; none where they cannot be read."""
    try:
        return [str(each.number) for each in load(folder)]
    except KernelError:
        return []


def stray_tables(stack: Stack, remove: bool = False) -> list[str]:
    """The tables of the host that carry the mark of a fault: with no record of one, `nsnet clean`
    goes by that."""
    from ..plan.steps.fault.cut import CUT
    from ..plan.steps.fault.rule import MARK
    from ..plan.steps.fault.table import PREFIX

    nft = stack.nft("")
    found = []
    for row in nft.handled("tables"):
        words = row.split()
        if len(words) > 2 and words[2].startswith((PREFIX, CUT)):
            comment = nft.comment(words[1], words[2])
            if comment and comment.startswith(MARK):
                found.append(f"{words[1]} {words[2]}")
    for name in found if remove else ():
        nft.run(f"delete table {name}")
    return found


def take_back_of(stack: Stack, folder: str, topology: str) -> None:
    """Mend what is broken about a topology, before it is taken down. What cannot be mended goes
    with it: its record is dropped."""
    if not recorded(folder):
        return
    take_back(stack, folder, lambda each: each.topology == topology)
    save(folder, [each for each in load(folder) if each.topology != topology])


def _mend(stack: Stack, fault: Fault) -> list[KernelError]:
    failures: list[KernelError] = []
    for step in reversed(fault.standing()):
        try:
            step.undo(stack)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENODEV):
                continue
            failures.append(_failed(step, error.strerror or os.strerror(error.errno or 0)))
        except KernelError as error:
            failures.append(_failed(step, error.why or error.what))
    return failures


def _failed(step: Step, why: str) -> StepFailed:
    return StepFailed(step.inverse(), why, 0, ())


def spaces_of(steps: Iterable[FaultStep]) -> tuple[tuple[str, int], ...]:
    """The namespaces of steps, with their inodes."""
    now = netns.names()
    return tuple((name, now.get(name, 0)) for name in dict.fromkeys(step.space for step in steps))


def break_it(stack: Stack, folder: str, fault: Fault) -> None:
    """Record a fault, then do it; what the kernel refuses is taken back at once. Raises
    `KernelError`."""
    save(folder, [*load(folder), fault])
    try:
        for step in fault.steps:
            try:
                step.apply(stack)
            except OSError as error:
                why = error.strerror or os.strerror(error.errno or 0)
                raise StepFailed(step, why, error.errno or 0, ()) from error
    except BaseException:
        with suppress(KernelError):
            take_back(stack, folder, lambda each: each.number == fault.number)
        raise
    stack.enter("")
