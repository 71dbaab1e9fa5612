"""The lab shell: a plain shell where the exercise is, with its values and a few short words."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping

from ..kernel import files, ownwords
from ..kernel.launch import search_path
from ..kernel.visit import Visit, run_in
from . import data, session
from .attempt import Attempt
from .baseline import PLACE, PROGRAMS, SERVE
from .exercise import Exercise
from .session import INSIDE
from .values import shown

#: The words that stand for ``nsnet lab WORD``.
WORDS = (
    *("check", "hint", "task", "predict", "answer", "status"),
    *("next", "reset", "solution", "watch"),
)
#: The language of the short words, in the environment.
LANGUAGE = "NSNET_LAB_LANG"
#: The exit code that makes the shell end: what was asked for can be done only without it. Asked for
#: by the shell's own functions, with this in the environment.
LEAVE, _ASKED = 79, "NSNET_LAB_LEAVE"

_START_FILE = """\
# The start file of nsnet's lab shell, for bash and sh.
if [ -n "${{BASH_VERSION-}}" ]; then
    unset ENV BASH_ENV
    case $- in *i*) if [ -r ~/.bashrc ]; then . ~/.bashrc; fi ;; esac
    unset PROMPT_COMMAND
fi
unalias nsnet serve {words} 2>/dev/null || :
PATH={bin}:$PATH
PS1='({name}) # '
nsnet() {{
    {asked}={leave} command nsnet "$@"
    set -- $?
    if [ "$1" = {leave} ]; then
        exit 0
        exec true
    fi
    return "$1"
}}
{functions}
"""


def in_shell(attempt: Attempt) -> bool:
    """Were we typed into the shell of this exercise?"""
    return bool(os.environ.get(INSIDE)) and (attempt.where == "host" or session.here())


def wanted_to_leave() -> bool:
    """Does the shell end if we say so?"""
    return os.environ.get(_ASKED) == str(LEAVE)


def run(attempt: Attempt, exercise: Exercise, language: str) -> int:
    """Open it, where we are now; its exit code when it was left. Its short words speak
    `language`."""
    argv, env = program(exercise, attempt, typed=os.isatty(0))
    return run_in(Visit("", argv, env={**env, LANGUAGE: language}))


def program(
    exercise: Exercise, attempt: Attempt, typed: bool = True
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The words that start it, and its environment. `typed`: there is a terminal."""
    start_file = f"{PLACE}/shell"
    env = environment(exercise, attempt.values(exercise))
    if shutil.which("bash"):
        if typed:
            return ("bash", "--rcfile", start_file, "-i"), env
        return ("bash",), env | {"BASH_ENV": start_file}
    return (("sh", "-i") if typed else ("sh",)), env | {"ENV": start_file}


def environment(exercise: Exercise, values: Mapping[str, str]) -> dict[str, str]:
    """What its programs find there: the values of the attempt, and the short words, which are
    made now."""
    write(exercise)
    left_out = ("NSNET_SANDBOX", _ASKED)
    kept = {key: value for key, value in os.environ.items() if key not in left_out}
    return {
        **kept,
        **shown(values),
        INSIDE: exercise.id,
        data.ELSEWHERE: data.folder(),
        "PATH": f"{PROGRAMS}:{search_path()}",
        "PS1": f"({exercise.id}) # ",
    }


def write(exercise: Exercise) -> None:
    """Its start file, and the programs behind the short words."""
    programs = {word: ownwords.script(*ownwords.NSNET, "lab", word) for word in WORDS}
    programs["nsnet"] = ownwords.script(*ownwords.NSNET)
    mark = SERVE.decode()
    for name, module in (("serve", "nsnet.labs.serve"), ("names", "nsnet.labs.tools.names")):
        programs[name] = ownwords.script(module, "main(sys.argv[1:])", before=mark)
    ownwords.put(PROGRAMS, programs)
    text = _START_FILE.format(
        words=" ".join(WORDS),
        bin=shlex.quote(PROGRAMS),
        name=exercise.id,
        asked=_ASKED,
        leave=LEAVE,
        functions="\n".join(f'{word}() {{ nsnet lab {word} "$@"; }}' for word in WORDS),
    )
    files.write(f"{PLACE}/shell", text)
