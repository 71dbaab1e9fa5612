"""Where the labs of a test session come from."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from . import turn

if TYPE_CHECKING:
    from ..api.lab import Lab


class Labs:
    """One test process's labs. `required`: a test that cannot have one fails; else it is
    skipped."""

    def __init__(self, required: bool = False) -> None:
        self._required = required
        self._missing = ""
        self._kept: Lab | None = None
        self._ends = ExitStack()

    def __call__(self, name: str = "lab", *, host: bool = False) -> Lab:
        """A new, empty lab, which ends with the session if it is not closed before."""
        from .. import Lab

        return self._begun(lambda: Lab(name, host=host), host)

    def from_compose(self, what: str | os.PathLike[str], *, host: bool = False, **how: Any) -> Lab:
        """As `nsnet.Lab.from_compose`; it ends with the session if it is not closed before."""
        from .. import Lab

        return self._begun(lambda: Lab.from_compose(what, host=host, **how), host)

    @contextmanager
    def in_sandbox(self) -> Iterator[Lab]:
        """An empty lab, in the sandbox that all tests of this process have one after another."""
        lab = self._kept = self._fit() or self(turn.NAME)
        try:
            yield lab
        finally:
            lab.reset()

    @contextmanager
    def on_host(self) -> Iterator[Lab]:
        """An empty lab on this very machine, while no other test process has one there."""
        lab = self(turn.NAME, host=True)
        with turn.taken(), lab:
            turn.sweep()
            yield lab

    def close(self) -> None:
        """End all of them."""
        self._ends.close()

    def _fit(self) -> Lab | None:
        """The lab of the tests before, if its sandbox is alive (a forked child has none)."""
        from .. import KernelError

        try:
            if self._kept is not None:
                _start(self._kept)
        except KernelError:
            return None
        return self._kept

    def _begun(self, make: Callable[[], Lab], host: bool) -> Lab:
        from .. import PreconditionError

        if self._missing and not host:
            self._refuse(self._missing)
        try:
            lab = make()
            self._ends.callback(lab.close)
            if not host:
                _start(lab)
        except PreconditionError as error:
            self._missing = self._missing if host else str(error)
            self._refuse(str(error))
        return lab

    def _refuse(self, why: str) -> None:
        if self._required:
            pytest.fail(f"nsnet: {why} (nsnet_required forbids to skip)", pytrace=False)
        pytest.skip(f"nsnet: {why}")


def _start(lab: Lab) -> None:
    """Have its sandbox now: whatever there is to say against it is said before the test."""
    _ = lab.outside
