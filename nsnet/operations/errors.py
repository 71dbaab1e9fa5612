"""What Docker's daemon would answer with an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..engine.host import has_rights
from ..kernel.apply import StepFailed
from ..kernel.errors import KernelError, PreconditionError
from ..topology.model import TopologyError


class Refused(KernelError):
    """It cannot be done as things are; nothing was changed. Exit code 1, as from the docker
    command; `nsnet run` makes it 125. `problems` are several at once, each a line of its own."""

    exit_code = 1
    problems: tuple[str, ...] = ()


class NoSuch(Refused):
    """There is no container or network of that name."""


@contextmanager
def refusing() -> Iterator[None]:
    """What a topology cannot be, or this machine cannot do, is refused in the same words. Only
    for want of rights the exit code remains 4."""
    try:
        yield
    except TopologyError as error:
        refused = Refused("\n".join(error.problems))
        refused.problems = error.problems
        raise _with_created(refused, error) from error
    except PreconditionError as error:
        if not has_rights():
            raise
        raise _with_created(Refused(error.what, error.why, error.see), error) from error
    except StepFailed as error:
        if error.exit_code == PreconditionError.exit_code:
            error.exit_code = Refused.exit_code
        raise


def _with_created(refused: Refused, error: Exception) -> Refused:
    """What could not be started may have been created: `containers.run` says so."""
    if made := getattr(error, "created", None):
        refused.created = made  # type: ignore[attr-defined]
    return refused
