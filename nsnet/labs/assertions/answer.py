"""``answer``: the learner has answered a question of the exercise.

answer: {question: port}
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..exercise import filled
from ..situation import Situation
from ..verdict import Verdict, broken, passed
from ._given import known, one


def check(at: Situation, given: Mapping[str, Any]) -> Verdict:
    """Is the answer right? It is compared without regard to case and blanks."""
    known(given, "question", "id")
    name = str(one(given, "question"))
    (question,) = [each for each in at.exercise.questions if each.id == name]
    said = at.answers.get(name, "")
    see = (f"nsnet lab answer {name} …",)
    if not said:
        return broken("ANSWER.MISSING", "answer", see=see, question=name)
    wanted = str(filled(question.answer, at.values))
    if _same(said) == _same(wanted):
        return passed(f"{name}: {said}")
    return broken(str(given.get("id", "ANSWER.WRONG")), "answer", see=see, question=name, said=said)


def _same(text: str) -> str:
    return "".join(text.lower().split())
