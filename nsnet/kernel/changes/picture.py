"""Addresses and routes of all namespaces, to be compared: were they changed, or changed back?"""

from __future__ import annotations

from ..stack import Stack
from ..survey import Survey
from .ear import ADDRESS, ROUTE

#: The kinds of changes that a picture shows.
PICTURED = frozenset((ADDRESS, ROUTE))


def picture(stack: Stack) -> object:
    """As they are now."""
    survey = Survey(stack)
    found = {
        key: (set(survey.addresses(key)), set(survey.routes(key)), survey.policy(key))
        for key in survey.spaces()
        if not key.startswith("pid:")
    }
    stack.enter("")
    return found
