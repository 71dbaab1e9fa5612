"""The netlink executor: turns a plan into few, large requests, and says which step failed.

It knows nothing of what the steps are for. A step is anything with a `phase` (a number that
never falls along a plan) and an `apply(stack)`, which queues netlink messages, collects
nftables text or acts at once, through the methods of `Stack`. Queues go out when the phase
changes; everything one phase says about one namespace travels in one send.
"""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from . import netns, sysctl
from .errors import KernelError
from .link import post_alias
from .netlink import Channel
from .nft import Nft
from .process import Process


class Applicable(Protocol):
    """What the executor needs to know of a step."""

    @property
    def phase(self) -> int:
        """Steps of one phase may be sent together."""

    def apply(self, stack: Stack) -> None:
        """Do it, or queue it."""


class Startable(Protocol):
    """What `Stack.start` needs to know of a step."""

    namespace: str
    container: str
    listen: tuple[tuple[str, str, int], ...]


class StepFailed(KernelError):
    """A step that the kernel refused. `done` are the steps that did happen, in order."""

    def __init__(self, step: Any, why: str, code: int, done: Sequence[Any]) -> None:
        super().__init__(f"cannot {getattr(step, 'what', step)}", why, getattr(step, "see", ""))
        self.step, self.errno, self.done = step, code, tuple(done)
        if code == errno.EOPNOTSUPP:
            self.exit_code = 4


class Stopped(KernelError):
    """The user asked to stop between two phases."""

    exit_code = 130

    def __init__(self, done: Sequence[Any]) -> None:
        super().__init__("interrupted")
        self.done = tuple(done)


class Stack:
    """The host's network stack and its named namespaces, as one thread works on them.

    The thread that makes a `Stack` is in the namespace that plays the host; it is the only
    one that may use it. `close` brings the thread home.
    """

    def __init__(self) -> None:
        self._home = netns.open_current()
        self._where = ""
        self._fds: dict[str, int] = {}
        self._channels: dict[str, Channel] = {}
        self._nft: dict[str, Nft] = {}
        self._transactions: dict[str, list[tuple[str, Any]]] = {}
        self._starting: list[tuple[Any, Callable[[tuple[int, ...]], Any]]] = []
        self._stopping: list[str] = []
        #: The processes of the containers, by container.
        self.processes: dict[str, Process] = {}
        self.channel("").deepen()

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Return to the host's namespace and give every descriptor back."""
        self.enter("")
        for channel in self._channels.values():
            channel.close()
        for fd in self._fds.values():
            os.close(fd)
        os.close(self._home)
        self._channels.clear()
        self._fds.clear()
        self._nft.clear()

    def enter(self, name: str) -> None:
        """Move the thread into the namespace `name`; empty is the host's."""
        if name != self._where:
            netns.enter(self.netns_fd(name) if name else self._home)
            self._where = name

    def netns_fd(self, name: str) -> int:
        """An open descriptor of a namespace, kept until `close` or `forget`."""
        if not name:
            return self._home
        fd = self._fds.get(name)
        if fd is None:
            fd = self._fds[name] = netns.open_named(name)
        return fd

    def channel(self, name: str) -> Channel:
        """The rtnetlink socket of a namespace."""
        channel = self._channels.get(name)
        if channel is None:
            self.enter(name)
            channel = self._channels[name] = Channel()
        return channel

    def nft(self, name: str = "") -> Nft:
        """The nftables context of a namespace."""
        if name not in self._nft:
            self.enter(name)
            self._nft[name] = Nft()
        return self._nft[name]

    def add_namespace(self, name: str, mark: str) -> None:
        """Make a namespace. Its `mark` (the alias of its lo) is set before it gets a name,
        so that there is no moment in which a namespace of ours could not be told."""
        raise_limit(2 * len(self._fds) + 64)
        netns.unshare_network()
        self._where = name
        channel = self._channels[name] = Channel()
        post_alias(channel, 1, mark)
        try:
            netns.pin(name)
        except BaseException:
            self.forget(name)
            raise
        self._fds[name] = netns.open_current()

    def forget(self, name: str) -> None:
        """Close what is held of a namespace, so that nothing of ours keeps it alive."""
        if self._where == name:
            self._where = "?"
            self.enter("")
        channel = self._channels.pop(name, None)
        if channel:
            channel.close()
        self._nft.pop(name, None)
        fd = self._fds.pop(name, None)
        if fd is not None:
            os.close(fd)

    def transact(self, name: str, text: str, token: Any) -> None:
        """Collect nftables commands for the namespace's next transaction."""
        self._transactions.setdefault(name, []).append((text, token))

    def sysctl(self, name: str, key: str, value: str) -> None:
        """Write a kernel setting in a namespace, now."""
        self.enter(name)
        sysctl.write(key, value)

    def start(self, step: Startable, spec: Callable[[tuple[int, ...]], Any]) -> None:
        """Collect a command to start; `spec` makes its `Spawn` from its open sockets."""
        self._starting.append((step, spec))

    def stop(self, container: str) -> None:
        """Collect a container whose process is to end."""
        self._stopping.append(container)

    def flush(self, singly: bool = False) -> list[tuple[Any, int, str]]:
        """Send all queues; the refusals as (step, errno, the kernel's words). `singly`: where
        an nftables transaction is refused, try its parts one by one."""
        refused: list[tuple[Any, int, str]] = []
        if self._starting or self._stopping:
            self.enter("")
            refused += self._start_all()
            self._stop_all()
        for channel in self._channels.values():
            refused += channel.flush()
        for name, parts in self._transactions.items():
            refused += self._commit(name, parts, singly)
        self._transactions.clear()
        return refused

    def _start_all(self) -> list[tuple[Any, int, str]]:
        from .listen import listen_in
        from .spawn import spawn_all

        ready: list[tuple[Any, Any]] = []
        refused: list[tuple[Any, int, str]] = []
        opened: list[int] = []
        try:
            for step, spec in self._starting:
                where = netns.path(step.namespace) if step.namespace else ""
                try:
                    fds = tuple(listen_in(where, step.listen)) if step.listen else ()
                except KernelError as error:
                    refused.append((step, 0, error.why or error.what))
                    continue
                opened += fds
                ready.append((step, spec(fds)))
                os.makedirs(os.path.dirname(ready[-1][1].log), exist_ok=True)
            for (step, _), result in zip(ready, spawn_all([s for _, s in ready]), strict=True):
                if isinstance(result, KernelError):
                    refused.append((step, 0, result.why or result.what))
                else:
                    self.processes[step.container] = result
        finally:
            self._starting.clear()
            for fd in opened:
                os.close(fd)
        return refused

    def _stop_all(self) -> None:
        from .process import stop_all

        found = [self.processes.pop(name, None) for name in self._stopping]
        self._stopping.clear()
        stop_all([process for process in found if process])

    def _commit(
        self, name: str, parts: list[tuple[str, Any]], singly: bool
    ) -> list[tuple[Any, int, str]]:
        nft = self.nft(name)
        complaint = nft.run("\n".join(text for text, _ in parts))
        if not complaint:
            return []
        if singly:
            answers = [(token, 0, nft.run(text)) for text, token in parts]
            return [answer for answer in answers if answer[2]]
        guilty = parts[nft.culprit([text for text, _ in parts])][1]
        return [(token, 0, complaint if token is guilty else "") for _, token in parts]

    def discard(self) -> None:
        """Forget everything queued."""
        for channel in self._channels.values():
            channel.discard()
        self._transactions.clear()
        self._starting.clear()
        self._stopping.clear()


def raise_limit(wanted: int) -> None:
    """Allow `wanted` open files (two per namespace), as far as the hard limit goes."""
    if wanted & 127:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft - 128 < wanted <= hard - 256:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 1024), hard))


def apply(
    stack: Stack,
    steps: Sequence[Applicable],
    *,
    progress: Callable[[int, int], None] | None = None,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Apply `steps` in order.

    `progress` is told (steps done, steps in all) now and then; `stopping` is asked between
    phases and namespaces. Raises `StepFailed` or `Stopped`, each with the steps that did
    happen; the caller rolls those back.
    """
    done: list[Applicable] = []
    waiting: list[Applicable] = []
    phase = -1
    for number, step in enumerate(steps):
        if step.phase != phase:
            _settle(stack, waiting, done)
            phase = step.phase
        if not number & 31:
            if stopping():
                _settle(stack, waiting, done)
                raise Stopped(done)
            if progress:
                progress(number, len(steps))
        try:
            step.apply(stack)
        except (OSError, KernelError) as error:
            _settle(stack, waiting, done)
            raise StepFailed(step, _reason(error), getattr(error, "errno", 0), done) from error
        waiting.append(step)
    _settle(stack, waiting, done)
    if progress:
        progress(len(steps), len(steps))


#: What "it is gone already" looks like.
_GONE = frozenset((errno.ENOENT, errno.ENODEV, errno.ESRCH, errno.EADDRNOTAVAIL))


def undo_all(stack: Stack, steps: Sequence[Applicable]) -> list[StepFailed]:
    """Apply every step of a tear-down, whatever happens to the others. What is gone already
    is no failure. Returns the failures."""
    failures: list[StepFailed] = []
    phase = -1
    for step in steps:
        if step.phase != phase:
            failures += _settle_all(stack)
            phase = step.phase
        try:
            step.apply(stack)
        except OSError as error:
            if error.errno not in _GONE:
                failures.append(StepFailed(step, _reason(error), error.errno or 0, ()))
        except KernelError as error:
            failures.append(StepFailed(step, _reason(error), 0, ()))
    return failures + _settle_all(stack)


def _settle_all(stack: Stack) -> list[StepFailed]:
    failures = []
    for step, code, text in stack.flush(singly=True):
        if code in _GONE or "No such file" in text:
            continue
        if not code and not text:
            continue  # refused only because it travelled with one that was
        failures.append(StepFailed(step, text or _words(code), code, ()))
    return failures


def _settle(stack: Stack, waiting: list[Applicable], done: list[Applicable]) -> None:
    refused = stack.flush()
    if not refused:
        done += waiting
        waiting.clear()
        return
    bad = {id(step) for step, _, _ in refused}
    done += [step for step in waiting if id(step) not in bad]
    waiting.clear()
    step, code, text = next((each for each in refused if each[1] or each[2]), refused[0])
    raise StepFailed(step, text or _words(code), code, done)


def _reason(error: OSError | KernelError) -> str:
    if isinstance(error, KernelError):
        return error.why or error.what
    return _words(error.errno or 0)


def _words(code: int) -> str:
    if code == errno.EOPNOTSUPP:
        return "this kernel lacks the feature (Operation not supported)"
    return os.strerror(code)
