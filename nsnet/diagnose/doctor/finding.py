"""What a look at one thing came to."""

from __future__ import annotations

from ...value import Value

OK, NOTE, WARNING, BROKEN, UNSEEN = "ok", "note", "warning", "broken", "unseen"

#: From what may be passed over to what must be mended.
LEVELS = (OK, NOTE, UNSEEN, WARNING, BROKEN)


class Finding(Value):
    """One thing that was looked at. `check` is its id, `what` says how it is. Unless it is ok,
    `breaks` says what does not work because of it, `mend` are the commands that put it right.
    ``unseen``: it could not be looked at, `breaks` says why."""

    level: str
    check: str
    what: str
    breaks: str = ""
    mend: tuple[str, ...] = ()
