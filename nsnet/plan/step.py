"""`Step`: one change of the kernel that knows its command, its reason and its inverse.

Everything that changes the kernel is a step: the netlink executor applies it, the script
prints it, the explanation tells why, and taking it back is again a step (`Undo`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..kernel.observe import Observed
from ..kernel.stack import Stack
from ..value import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

Command = tuple[str, ...]
Subject = tuple[str, ...]

#: Phases in the order of building. The firewall stands before the settings that open ways
#: through the host, so that nothing is ever forwarded unfiltered.
NAMESPACES, LINKS, ADDRESSES, ROUTES, FIREWALL, SETTINGS, FILES, PROCESSES = range(8)

#: What is taken back has the same phases counted downwards from here.
_TAKING = 100
TAKING_LINKS = _TAKING - LINKS

TITLES = {
    NAMESPACES: "Namespaces: a network stack of its own for every container",
    LINKS: "Links: bridges, and a cable from every container to one",
    ADDRESSES: "Addresses: who is who, and everything switched on",
    ROUTES: "Routes: the way out of every container",
    FIREWALL: "Firewall: address translation, isolation, published ports",
    SETTINGS: "Settings: let the host forward packets",
    FILES: "Files: names and resolver settings of the containers",
    PROCESSES: "Processes: what runs in the containers",
}


class Step(Value):
    """The base of all steps: a frozen value, equal to any other that does the same.

    A kind of step gives `what` (a verb and its object, for messages), `why` (one sentence
    for a learner), `commands` and `undo_commands` (what a person would type), `apply` and
    `undo` (the same through netlink), and `present` (is it so already?).
    """

    phase: ClassVar[int]

    @property
    def what(self) -> str:
        """Verb and object: ``create bridge nsnet0``."""
        raise NotImplementedError

    @property
    def why(self) -> str:
        """Why it is needed, with the Docker term it stands for."""
        raise NotImplementedError

    @property
    def see(self) -> str:
        """The command that shows the object."""
        return ""

    #: A failure because its object is gone already is none.
    forgiving: ClassVar[bool] = False

    #: It is taken back by itself, though it would end with what it is `inside` of: the kernel
    #: takes namespaces down a moment after they lose their name, and this must not wait.
    at_once: ClassVar[bool] = False

    @property
    def token(self) -> Step:
        """Under which step the executor hears of a failure."""
        return self

    @property
    def makes(self) -> tuple[Subject, ...]:
        """The objects that this step brings into being, as keys; none for mere changes."""
        return ()

    @property
    def identity(self) -> object:
        """What stays the same when the step changes: a wanted step replaces an unwanted one
        of the same key by `mend`, without taking it away first."""
        return self

    @property
    def inside(self) -> tuple[Subject, ...]:
        """Objects whose end ends this one too: its own undoing can then be left out."""
        return ()

    @property
    def leans_on(self) -> tuple[Subject, ...]:
        """Objects that it refers to, but outlives: made anew, they have to be told of it."""
        return ()

    def commands(self) -> tuple[Command, ...]:
        """What a person would type."""
        raise NotImplementedError

    def undo_commands(self) -> tuple[Command, ...]:
        """What a person would type to take it back."""
        raise NotImplementedError

    def begin(self, stack: Stack, plan: Sequence[Step]) -> None:
        """Begin it before the others of its `plan`, if it takes long and can go on beside them."""

    def apply(self, stack: Stack) -> None:
        """Do it (or queue it) through netlink."""
        raise NotImplementedError

    def undo(self, stack: Stack) -> None:
        """Take it back (or queue that) through netlink."""
        raise NotImplementedError

    def present(self, seen: Observed) -> bool:
        """Is the kernel already so?"""
        raise NotImplementedError

    def removable(self, seen: Observed) -> bool:
        """Is there something of ours to take back, be it as it was made or changed since?"""
        return self.present(seen)

    def conflict(self, seen: Observed) -> str:
        """What stands in the way and is not nsnet's; "" if nothing does."""
        return ""

    def mend(self, seen: Observed) -> tuple[Step, ...]:
        """The steps that make it so, given that it is not `present`."""
        return (self,)

    def instead(self, seen: Observed) -> tuple[Step, ...]:
        """What takes the place of this step when it is not wanted any more, but what it is
        about stays."""
        return ()

    def inverse(self) -> Step:
        """The step that takes this one back."""
        return Undo(self)


class Undo(Step):
    """A step taken back. Its phase counts downwards: what was built last goes first."""

    step: Step
    forgiving = True

    @property
    def token(self) -> Step:
        return self.step

    @property
    def phase(self) -> int:  # type: ignore[override]
        return _TAKING - self.step.phase

    @property
    def what(self) -> str:
        return f"take back: {self.step.what}"

    @property
    def why(self) -> str:
        return f"undoes: {self.step.what}"

    @property
    def see(self) -> str:
        return self.step.see

    def commands(self) -> tuple[Command, ...]:
        return self.step.undo_commands()

    def undo_commands(self) -> tuple[Command, ...]:
        return self.step.commands()

    def apply(self, stack: Stack) -> None:
        self.step.undo(stack)

    def undo(self, stack: Stack) -> None:
        self.step.apply(stack)

    def present(self, seen: Observed) -> bool:
        return not self.step.present(seen)

    def inverse(self) -> Step:
        return self.step


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Steps by phase; within a phase as they came, each once."""
    return sorted(dict.fromkeys(steps), key=lambda step: step.phase)


def taking_back(steps: Iterable[Step]) -> list[Step]:
    """The inverses of `steps`, last first, without those whose object goes with another."""
    chosen = list(steps)
    gone = {subject for step in chosen for subject in step.makes}
    undone = [s.inverse() for s in reversed(chosen) if s.at_once or gone.isdisjoint(s.inside)]
    return sorted(undone, key=lambda step: step.phase)


def quoted(word: str) -> str:
    """A word as a shell takes it."""
    import shlex

    return shlex.quote(word)


def shell(command: Command) -> str:
    """A command as one line of shell."""
    import shlex

    return shlex.join(command)


def ip(namespace: str, *words: str) -> Command:
    """An `ip` command for the host, or (``-n``) for a named namespace."""
    return ("ip", "-n", namespace, *words) if namespace else ("ip", *words)
