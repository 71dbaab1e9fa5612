"""Reading the scripts of an exercise: their commands, and what the comments above them declare."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator

from ..kernel.errors import KernelError
from ..value import Value
from .reading import BadExercise

#: What a script or a command may declare in a comment.
_DECLARED = re.compile(r"#\s*(?P<key>without|expect|after|needs)\s*:\s*(?P<what>.*)")
_ID = re.compile(r"[A-Z0-9]+(\.[A-Z0-9_]+)*")
_HEREDOC = re.compile(r"(?<!<)<<(?P<tabs>-?)\s*(?P<quote>['\"]?)(?P<end>\w+)(?P=quote)")

#: Words that may begin something which goes on for several lines.
_OPENING = {"for", "while", "until", "if", "case", "select", "function", "{", "("}
_GOES_ON = ("|", "&&", "||")


class Command(Value):
    """A command as it stands in a script, which may be several lines long. `line` counts from 1.

    `without` are the diagnoses one of which comes first when this one command is left out. `why`
    is the comment above it.
    """

    text: str
    line: int
    without: tuple[str, ...] = ()
    why: str = ""

    @property
    def brief(self) -> str:
        """Its first line."""
        first, *more = self.text.splitlines()
        return f"{first} …" if more else first


class Script(Value):
    """A script. `expect` is the diagnosis that it leads to, `after` is ``solution`` if that runs
    first, `style` its first comment, `needs` are programs that not every machine has."""

    path: str
    commands: tuple[Command, ...]
    expect: str = ""
    after: str = ""
    style: str = ""
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``lo-down`` of ``…/broken.d/lo-down.sh``."""
        return os.path.basename(self.path).removesuffix(".sh")


def read(path: str) -> Script:
    """A script. Raises `BadExercise`, which names file and line."""
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except OSError as error:
        raise BadExercise(f"cannot read {path}", error.strerror or str(error)) from None
    return parse(text, path)


def solution(folder: str) -> Script:
    """The solution of the exercise in `folder`: every command says what it is good for."""
    script = read(os.path.join(folder, "solution.sh"))
    for each in script.commands:
        if not each.without:
            at = f"{script.path}:{each.line}: {each.brief}"
            raise BadExercise(
                at, "write `# without: ID` above it: what is wrong when it is left out"
            )
    return script


def broken(path: str) -> Script:
    """A mistake: its first line says what it leads to."""
    script = read(path)
    if not script.expect:
        raise BadExercise(f"{path}:1", "the first line must be `# expect: ID`")
    return script


def parse(text: str, path: str) -> Script:
    """The commands in `text`. Raises `BadExercise`."""
    lines = text.splitlines()
    commands: list[Command] = []
    head: dict[str, str] = {}
    without: tuple[str, ...] = ()
    why: list[str] = []
    place, style, comment = 0, "", 0
    while place < len(lines):
        line = lines[place].strip()
        if line.startswith("#"):
            place += 1
            found = _DECLARED.fullmatch(line)
            if found and found["key"] == "without":
                if without:
                    raise BadExercise(f"{path}:{place}", "one `# without:` for each command")
                without, comment = _ids(found["what"], f"{path}:{place}"), place
            elif found:
                _head(head, found["key"], found["what"].strip(), f"{path}:{place}", commands)
            elif not line.startswith("#!"):
                why.append(line.lstrip("# "))
                style = style or ("" if commands else why[-1])
        elif line:
            end = _end(lines, place, path)
            body = "\n".join(lines[place:end])
            commands.append(Command(body, place + 1, without, " ".join(why)))
            place, without, why = end, (), []
        else:
            place += 1
    if without:
        raise BadExercise(f"{path}:{comment}", "there is no command below this `# without:`")
    if not commands:
        raise BadExercise(path, "there is no command in it")
    return Script(
        path,
        tuple(commands),
        expect=head.get("expect", ""),
        after=head.get("after", ""),
        style=style,
        needs=tuple(head.get("needs", "").split()),
    )


def _head(head: dict[str, str], key: str, what: str, at: str, commands: list[Command]) -> None:
    if commands:
        raise BadExercise(at, f"`# {key}:` stands above the first command")
    if key in head:
        raise BadExercise(at, f"`# {key}:` stands there twice")
    if key == "after" and what != "solution":
        raise BadExercise(f"{at}: after {what}", "known is `# after: solution`")
    head[key] = _ids(what, at)[0] if key == "expect" else what


def _ids(words: str, at: str) -> tuple[str, ...]:
    found = tuple(words.replace(",", " ").split())
    odd = [each for each in found if not _ID.fullmatch(each)]
    if odd or not found:
        raise BadExercise(at, f"{' '.join(odd) or 'nothing'} is no diagnosis (like L1.LO_DOWN)")
    return found


def _end(lines: list[str], start: int, path: str) -> int:
    """The number of the line after the command that begins at `start`, both from 0."""
    for end in _ends(lines, start, path):
        if _complete("\n".join(lines[start:end])):
            return end
    why = "this command has no end: a quote, a bracket or a word like `done` is missing"
    raise BadExercise(f"{path}:{start + 1}", why)


def _ends(lines: list[str], start: int, path: str) -> Iterator[int]:
    """Where it could end: after each line, but not within a heredoc."""
    place = start
    while place < len(lines):
        begun = place
        awaited = [] if lines[place].lstrip().startswith("#") else _heredocs(lines[place])
        place += 1
        for end, tabs in awaited:
            while (
                place < len(lines) and (lines[place].lstrip("\t") if tabs else lines[place]) != end
            ):
                place += 1
            if place == len(lines):
                raise BadExercise(f"{path}:{begun + 1}", f"there is no line {end} below `<<{end}`")
            place += 1
        yield place


def _heredocs(line: str) -> list[tuple[str, bool]]:
    return [(found["end"], bool(found["tabs"])) for found in _HEREDOC.finditer(line)]


def _complete(text: str) -> bool:
    """Would a shell run it, or wait for more? Only where it is not plain to see is one asked."""
    if text.endswith("\\"):
        return False
    if not _HEREDOC.search(text):
        try:
            words = shlex.split(text, comments=True)
        except ValueError:
            return False
        plain = "(" not in text and not _OPENING.intersection(words)
        if plain and not (words and words[-1].endswith(_GOES_ON)):
            return True
    try:
        asked = subprocess.run(
            ["sh", "-n"], input=text + "\n", capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise KernelError("cannot ask sh where a command ends", error.strerror or "") from error
    return asked.returncode == 0
