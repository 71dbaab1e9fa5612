"""A counter on the network, and a client that can be trusted with it.

    python3 counter.py serve PORT
    python3 counter.py add HOST PORT AMOUNT [PATIENCE]

One line asks, one line answers: ``add ID AMOUNT`` is answered by the sum. The ID is what makes
it safe to ask again when no answer has come: nobody knows then whether the question was lost or
the answer, and the server counts each ID once.
"""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
import time
import uuid


class Counter:
    """The sum, and what each ID was answered."""

    def __init__(self) -> None:
        self._answers: dict[str, int] = {}
        self._sum = 0
        self._lock = threading.Lock()

    def add(self, number: str, amount: int) -> int:
        """The sum after this; the same answer as before to an ID that is known."""
        with self._lock:
            if number not in self._answers:
                self._sum += amount
                self._answers[number] = self._sum
            return self._answers[number]


def serve(port: int) -> None:
    """Answer on all addresses, until killed."""
    counter = Counter()

    class Answer(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            word, number, amount = self.rfile.readline().decode().split()
            if word == "add":
                self.wfile.write(f"{counter.add(number, int(amount))}\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("", port), Answer) as server:
        server.serve_forever()


def add(host: str, port: int, amount: int, patience: float = 5.0, timeout: float = 0.2) -> int:
    """The sum after `amount` has been added, once. Asks again after `timeout` seconds without an
    answer, each time waiting twice as long, and raises `TimeoutError` after `patience` seconds."""
    number, limit = uuid.uuid4().hex, time.monotonic() + patience
    while True:
        try:
            return _ask(host, port, f"add {number} {amount}\n", timeout)
        except OSError as error:
            print(f"no answer ({error}), asking again", file=sys.stderr)
        if time.monotonic() + timeout > limit:
            raise TimeoutError(f"no answer from {host} within {patience:g} s")
        time.sleep(timeout / 2)
        timeout *= 2


def _ask(host: str, port: int, line: str, timeout: float) -> int:
    with socket.create_connection((host, port), timeout) as sock, sock.makefile() as answers:
        sock.settimeout(timeout)
        sock.sendall(line.encode())
        answer = answers.readline()
    if not answer:
        raise ConnectionError("hung up")
    return int(answer)


def main(words: list[str]) -> int:
    """0, or 1 where no answer came, or 2 for words that are not known."""
    try:
        match words:
            case ["serve", port]:
                serve(int(port))
            case ["add", host, port, amount, *more]:
                print(add(host, int(port), int(amount), *map(float, more[:1])))
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except TimeoutError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
