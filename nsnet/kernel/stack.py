"""The host's network stack and its named namespaces, as the executor works on them: sockets,
contexts and queues for each, and the thread that moves between them."""

from __future__ import annotations

import os
from collections.abc import Callable

from . import netns, sysctl
from .errors import KernelError
from .link import post_alias
from .netlink import Channel
from .nft import Nft
from .process import Process

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from .conntrack import Flows

    class Startable(Protocol):
        """What `Stack.start` needs to know of a step."""

        @property
        def namespace(self) -> str:
            """Where it runs; empty is the host."""

        @property
        def container(self) -> str:
            """The container that it runs for."""

        @property
        def listen(self) -> tuple[tuple[str, str, int], ...]:
            """The (protocol, address, port) sockets that are opened for it."""


#: Waits until what the names of a service stand for is so (`Stack.expect`).
Wait = Callable[[str, list[str]], bool]

#: Files kept for nftables contexts on hosts with many namespaces.
_SPARE = 64


class Stack:
    """The host's network stack and its named namespaces, as one thread works on them.

    The thread that makes a `Stack` is in the namespace that plays the host; it is the only
    one that may use it. `close` brings the thread home.
    """

    def __init__(self, privileged: bool = True) -> None:
        #: May it look at what only root sees (nftables)? If not, nothing is there.
        self.privileged = privileged
        self._home = netns.open_current()
        self._where = ""
        self._fds: dict[str, int] = {}
        self._channels: dict[str, Channel] = {}
        self._nft: dict[str, Nft] = {}
        self._spare: list[int] = []
        self._transactions: dict[str, list[tuple[str, Any]]] = {}
        self._starting: list[tuple[Any, Callable[[tuple[int, ...]], Any]]] = []
        self._stopping: list[str] = []
        self._expected: dict[tuple[Wait, str], list[tuple[str, Any]]] = {}
        self._ending: list[Flows] = []
        self._last: list[tuple[Callable[[], None], Any]] = []
        #: The processes of the containers, by container.
        self.processes: dict[str, Process] = {}
        #: Why the commands of containers could not be started.
        self.causes: dict[str, KernelError] = {}
        self.channel("").deepen()

    def __enter__(self) -> Stack:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Return to the host's namespace and give every descriptor back."""
        self.conclude()
        self.enter("")
        for channel in self._channels.values():
            channel.close()
        for fd in self._fds.values():
            os.close(fd)
        for fd in self._spare:
            os.close(fd)
        os.close(self._home)
        self._channels.clear()
        self._fds.clear()
        self._nft.clear()
        self._spare.clear()

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
            self._make_room()
            fd = self._fds[name] = netns.open_named(name)
        return fd

    def _make_room(self) -> None:
        """Before another namespace takes two open files: raise their limit, and keep some
        small numbers for nftables contexts while there are any."""
        raise_limit(2 * len(self._fds) + _SPARE + 64)
        if len(self._fds) == 256:
            self._spare += [os.dup(self._home) for _ in range(_SPARE)]

    def fresh_nft(self) -> Nft:
        """A new nftables context of the namespace that the thread is in.

        libnftables waits with select(2), which ends the whole process when its socket has a
        number beyond FD_SETSIZE (1024): a spare file makes room for it.
        """
        if self._spare:
            os.close(self._spare.pop())
        return Nft()

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
            self._nft[name] = self.fresh_nft()
        return self._nft[name]

    def add_namespace(self, name: str, mark: str) -> None:
        """Make a namespace. Its `mark` (the alias of its lo) is set before it gets a name,
        so that there is no moment in which a namespace of ours could not be told."""
        self._make_room()
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

    def rename(self, old: str, new: str, mark: str) -> None:
        """Give a namespace another name and mark. Raises `KernelError` if the name is taken."""
        netns.pin(new, netns.path(old))
        self.forget(old)
        netns.unpin(old)
        post_alias(self.channel(new), 1, mark)

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

    def end_flows(self, flows: Flows) -> None:
        """Collect flows of the host that are to end when the next transaction is in force."""
        self._ending.append(flows)

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

    def expect(self, wait: Wait, service: str, name: str, token: Any) -> None:
        """Collect what `flush` is to wait for: `wait` is called once for all names of one
        service. Where it says that this is too early, it is asked again the next time."""
        self._expected.setdefault((wait, service), []).append((name, token))

    def _wait(self) -> list[tuple[Any, int, str]]:
        refused: list[tuple[Any, int, str]] = []
        for (wait, service), parts in list(self._expected.items()):
            try:
                over = wait(service, [name for name, _ in parts])
            except KernelError as error:
                over = True
                refused += [(token, 0, error.why or error.what) for _, token in parts]
            if over:
                del self._expected[wait, service]
        return refused

    def at_last(self, work: Callable[[], None], token: Any) -> None:
        """Collect what is to be done when all else is: waiting for what has begun to end."""
        self._last.append((work, token))

    def conclude(self) -> list[tuple[Any, int, str]]:
        """Do what was left for the end; the failures as `flush` gives them."""
        refused: list[tuple[Any, int, str]] = []
        last, self._last = self._last, []
        for work, token in last:
            try:
                work()
            except KernelError as error:
                refused.append((token, 0, error.why or error.what))
        return refused

    def flush(self, singly: bool = False) -> list[tuple[Any, int, str]]:
        """Send all queues; the refusals as (step, errno, the kernel's words). `singly`: where
        an nftables transaction is refused, try its parts one by one."""
        refused: list[tuple[Any, int, str]] = []
        if self._expected:
            refused += self._wait()
        if self._starting or self._stopping:
            self.enter("")
            refused += self._start_all()
            self._stop_all()
        for channel in self._channels.values():
            refused += channel.flush()
        for name, parts in self._transactions.items():
            if name:
                refused += self._commit_inside(name, parts, singly)
            else:
                refused += _commit(self.nft(), parts, singly)
        self._transactions.clear()
        if self._ending:
            self._end_flows()
        return refused

    def _end_flows(self) -> None:
        from .conntrack import forget

        self.enter("")
        forget(self.channel(""), self._ending)
        self._ending.clear()

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
                    self.causes[step.container] = result
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

    def _commit_inside(
        self, name: str, parts: list[tuple[str, Any]], singly: bool
    ) -> list[tuple[Any, int, str]]:
        """In a container's namespace, with a context for this one use: one kept for each of a
        thousand containers would be as many files. Its small number is kept for the next."""
        self.enter(name)
        refused = _commit(self.fresh_nft(), parts, singly)
        if len(self._fds) >= 256:
            self._spare.append(os.dup(self._home))
        return refused

    def discard(self) -> None:
        """Forget everything queued."""
        for channel in self._channels.values():
            channel.discard()
        self._transactions.clear()
        self._starting.clear()
        self._stopping.clear()
        self._expected.clear()
        self._ending.clear()


def _commit(nft: Nft, parts: list[tuple[str, Any]], singly: bool) -> list[tuple[Any, int, str]]:
    """All parts as one transaction; the refusals as `Stack.flush` gives them."""
    complaint = nft.run("\n".join(text for text, _ in parts))
    if not complaint:
        return []
    if singly:
        answers = [(token, 0, nft.run(text)) for text, token in parts]
        return [answer for answer in answers if answer[2]]
    guilty = parts[nft.culprit([text for text, _ in parts])][1]
    return [(token, 0, complaint if token is guilty else "") for _, token in parts]


def raise_limit(wanted: int) -> None:
    """Allow `wanted` open files (two per namespace), as far as the hard limit goes."""
    if wanted & 127:
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft - 128 < wanted <= hard - 256:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 1024), hard))
