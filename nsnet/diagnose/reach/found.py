"""What was found out: each question with its answer, and all of them together."""

from __future__ import annotations

from ...value import Value
from ..probe import Answer
from .asking import Question
from .dns import meaning
from .station import Station

#: What a question can come to besides the codes of an answer (`nsnet.diagnose.probe.CODES`).
CODES = (
    "no-address",  # the target has none that could be asked
    "silent",  # UDP: nobody answered, which a server need not do
    "no-resolver",  # nobody answers for names at 127.0.0.11
    "unknown",  # the name has no address there
    "wrong",  # the name has addresses, but others than the target
    "failed",  # the resolver could not tell
)


class Found(Value):
    """A question and what it came to. `detail` are the addresses that a name stood for."""

    question: Question
    code: str
    by: str = ""
    errno: int = 0
    seconds: float = 0.0
    detail: str = ""

    @property
    def ok(self) -> bool:
        """Was it answered?"""
        return self.code == "answered"


class Reach(Value):
    """Who reaches whom. `what` are the parts that were asked for, `seconds` what it took."""

    senders: tuple[Station, ...]
    targets: tuple[Station, ...]
    what: tuple[str, ...]
    found: tuple[Found, ...]
    timeout: float
    seconds: float


def found(question: Question, answer: Answer | None) -> Found:
    """What an answer means to its question."""
    if answer is None:
        return Found(question, "no-address")
    code, detail = answer.code, ""
    if question.what == "name":
        code, detail = _of_name(question, answer)
    elif question.protocol == "udp" and code == "timeout":
        code = "silent"
    return Found(question, code, answer.by, answer.errno, answer.seconds, detail)


def _of_name(question: Question, answer: Answer) -> tuple[str, str]:
    if answer.ok:
        return meaning(answer.probe.data, answer.data, question.expected)
    return ("no-resolver" if answer.code == "refused" else answer.code), ""
