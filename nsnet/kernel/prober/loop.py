"""One loop for all questions at once."""

from __future__ import annotations

import heapq
import select
import socket
import time
from collections.abc import Callable, Sequence

from . import verdict
from .attempt import Attempt
from .call import Call, Page
from .datagram import Datagram
from .doors import Doors
from .echo import Echo
from .question import Question, Reply

_KINDS: dict[str, type[Attempt]] = {"icmp": Echo, "tcp": Call, "udp": Datagram, "http": Page}

_FAILED = select.EPOLLERR | select.EPOLLHUP


class Loop:
    """Questions on their way: who waits at which socket, and who wants to be called when."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._poller = select.epoll()
        self._waiting: dict[int, tuple[Attempt, socket.socket]] = {}
        self._times: list[tuple[float, int, Attempt]] = []
        self._pushed = 0

    def run(self, questions: Sequence[Question]) -> list[Reply]:
        """Ask all and wait for all. Answers are heard between the questions, too: the time that
        they took shall not be that of our own work."""
        attempts: dict[int, Attempt] = {}
        try:
            for number in sorted(range(len(questions)), key=lambda n: questions[n].space):
                question = questions[number]
                attempts[number] = attempt = _KINDS[question.kind](question)
                self._send(attempt, attempt.start)
                self._listen(0)
            while self._times:
                self._wake(time.monotonic())
                self._listen(self._pause())
        finally:
            self._poller.close()
            for attempt in attempts.values():
                attempt.close()
        replies = [attempts[number].reply for number in range(len(questions))]
        return [reply for reply in replies if reply]

    def _send(self, attempt: Attempt, act: Callable[[], None]) -> None:
        """Let an attempt do something in its namespace."""
        try:
            self._doors.enter(attempt.question.space)
            act()
        except OSError as error:
            if attempt.reply is None:
                attempt.fail(verdict.own(error.errno or 0))
        while attempt.opened:
            sock = attempt.opened.pop()
            self._waiting[sock.fileno()] = attempt, sock
            self._poller.register(sock, attempt.events)
        self._settle(attempt)
        if attempt.reply is None:
            self._pushed += 1
            when = min(attempt.due or attempt.deadline, attempt.deadline)
            heapq.heappush(self._times, (when, self._pushed, attempt))

    def _wake(self, now: float) -> None:
        """Call those whose time has come."""
        while self._times and (self._times[0][0] <= now or self._times[0][2].reply):
            attempt = heapq.heappop(self._times)[2]
            if attempt.reply:
                continue
            if attempt.deadline <= now:
                attempt.give_up()
                self._settle(attempt)
            else:
                self._send(attempt, attempt.again)

    def _pause(self) -> float:
        """Seconds until somebody wants to be called."""
        return max(0.0, self._times[0][0] - time.monotonic()) if self._times else 0.0

    def _listen(self, pause: float) -> None:
        for fd, events in self._poller.poll(pause):
            attempt, sock = self._waiting.get(fd, (None, None))
            if attempt is None or sock is None or attempt.reply:
                continue
            attempt.ready(sock, bool(events & _FAILED))
            self._settle(attempt)

    def _settle(self, attempt: Attempt) -> None:
        """What is over needs its sockets no more."""
        if attempt.reply:
            for sock in attempt.sockets:
                self._waiting.pop(sock.fileno(), None)
            attempt.close()
