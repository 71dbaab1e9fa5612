"""A datagram: somebody answers, or says that nobody listens."""

from __future__ import annotations

import socket
import time

from . import verdict
from .attempt import Attempt

#: Seconds until it is sent again. Refusals are ICMP errors, of which the kernel makes a limited
#: number in a second (``net.ipv4.icmp_msgs_per_sec``, in bursts of ``icmp_msgs_burst``, 50).
AGAIN = 0.25


class Datagram(Attempt):
    """A datagram, sent every `AGAIN` seconds until there is an answer."""

    def start(self) -> None:
        sock = self.open(socket.SOCK_DGRAM)
        sock.connect(self.at(self.question.address, self.question.port))
        self.again()

    def again(self) -> None:
        now = time.monotonic()
        self.due = now + AGAIN
        try:
            self.sockets[0].send(self.question.data)
        except BlockingIOError:
            return
        except OSError as error:
            self.fail_by(self.sockets[0], error.errno or 0)

    def ready(self, sock: socket.socket, failed: bool) -> None:
        if failed:
            waiting = verdict.queued(sock)
            if waiting:
                self.fail(waiting[-1])
                return
        try:
            data = sock.recv(2048)
        except BlockingIOError:
            return
        except OSError as error:
            self.fail_by(sock, error.errno or 0)
            return
        self.finish("answered", data=data)
