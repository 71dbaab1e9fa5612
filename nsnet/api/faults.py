"""Errors on their way from the helper: the same classes with the same words arrive."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..kernel.apply import StepFailed, Stopped
from ..kernel.errors import KernelError, NotFound, PreconditionError, SpawnError
from ..topology.model import TopologyError
from .command import Command

Fault = dict[str, Any]


def pack(error: BaseException) -> Fault | None:
    """`error` as JSON; None for one that nobody foresaw, which keeps its own way."""
    if isinstance(error, BaseExceptionGroup):
        return _pack_group(error)
    if isinstance(error, TopologyError):
        problems = error.problems
        return {"kind": "TopologyError", "problems": problems, "exit": error.exit_code}
    if isinstance(error, StepFailed):
        step = _step(error.step)
        return {"kind": "StepFailed", "step": step, "why": error.why, "errno": error.errno}
    for kind in (Stopped, SpawnError, NotFound, PreconditionError, KernelError):
        if isinstance(error, kind):
            return _pack_error(error, kind)
    return None


def unpack(fault: Fault) -> Exception:
    """The error that was packed."""
    return _UNPACK[fault["kind"]](fault)


def _pack_error(error: KernelError, kind: type[KernelError]) -> Fault:
    parts = [error.what, error.why, error.see]
    return {"kind": kind.__name__, "parts": parts, "exit": error.exit_code}


def _pack_group(group: BaseExceptionGroup[Any]) -> Fault | None:
    members = [pack(each) for each in group.exceptions]
    if None in members:
        return None
    context = pack(group.__context__) if group.__context__ else None
    what = group.message
    return {"kind": "ExceptionGroup", "what": what, "members": members, "context": context}


def _group(fault: Fault) -> Exception:
    """What could not be taken back, in the context of what went wrong before."""
    group = ExceptionGroup(fault["what"], [unpack(each) for each in fault["members"]])
    group.__context__ = unpack(fault["context"]) if fault["context"] else None
    return group


def _step(step: Any) -> list[str]:
    """A step as the fields of a `Command`, its commands below each other."""
    from ..plan.script import line

    text = "\n".join(line(command) for command in step.commands())
    return [text, step.why, "", step.what, "+", step.see]


def _step_failed(fault: Fault) -> Exception:
    return StepFailed(Command(*fault["step"]), fault["why"], fault["errno"], ())


def _topology_error(fault: Fault) -> Exception:
    error = TopologyError(*fault["problems"])
    error.exit_code = fault["exit"]
    return error


def _spawn_error(fault: Fault) -> Exception:
    what, why, see = fault["parts"]
    return SpawnError(what, why, see, fault["exit"])


def _plain(kind: type[KernelError], fault: Fault) -> KernelError:
    error = kind(*fault["parts"])
    error.exit_code = fault["exit"]
    return error


_UNPACK: dict[str, Callable[[Fault], Exception]] = {
    "ExceptionGroup": _group,
    "TopologyError": _topology_error,
    "StepFailed": _step_failed,
    "Stopped": lambda fault: Stopped(()),
    "SpawnError": _spawn_error,
    "NotFound": lambda fault: _plain(NotFound, fault),
    "PreconditionError": lambda fault: _plain(PreconditionError, fault),
    "KernelError": lambda fault: _plain(KernelError, fault),
}
