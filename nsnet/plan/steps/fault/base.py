"""What all steps that break something share."""

from __future__ import annotations

from ....kernel.observe import Observed
from ...step import Command, Step

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

#: After all that is built.
BREAKING = 8


class FaultStep(Step):
    """A change that is wrong on purpose. It acts at once, in the order of the list, and it is
    taken back safely however far it came, also twice, also when its object has changed since.

    `space` is the name of the namespace that it is about, "" the host.
    """

    space: str
    phase = BREAKING

    #: What it is, to a learner.
    reason: ClassVar[str] = ""

    #: It is to be taken back even if the namespace has gone.
    outlives: ClassVar[bool] = False

    @property
    def why(self) -> str:
        return self.reason

    def present(self, seen: Observed) -> bool:
        """Not asked: a fault is no part of what a topology wants."""
        return False

    def within(self, *words: str) -> Command:
        """A command as it is typed for the namespace."""
        return (*(("ip", "netns", "exec", self.space) if self.space else ()), *words)
