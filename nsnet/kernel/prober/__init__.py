"""The prober: real packets out of any namespace, and what came back, all at the same time.

Sockets are opened inside the namespace of the sender and stay there when the thread is back;
one loop waits for all of them. No tools, no threads, nothing left open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..stack import Stack
from .doors import Doors
from .loop import Loop
from .question import Question, Reply
from .room import places

__all__ = ["Question", "Reply", "ask_all"]


def ask_all(
    stack: Stack, questions: Sequence[Question], paths: Mapping[str, str] | None = None
) -> list[Reply]:
    """The replies to `questions`, in their order. `paths` are ways into namespaces that have no
    name (``pid:77``: ``/proc/77/ns/net``). It takes as long as the longest timeout at most, once
    more for each time that the limit of open files (``ulimit -n``) is used up.

    A namespace that is gone gives ``error`` with ENOENT. Raises `PreconditionError` where only
    root may send.
    """
    replies: list[Reply] = []
    while len(replies) < len(questions):
        batch = questions[len(replies) : len(replies) + places(len(questions) - len(replies))]
        with Doors(stack, paths or {}) as doors:
            replies += Loop(doors).run(batch)
    return replies
