"""Reading the scripts of an exercise: their commands, and what the comments above them declare."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator

from ..kernel.errors import KernelError
from ..value import Value, replace
from .reading import BadExercise

#: What a script or a command may declare in a comment.
_DECLARED = re.compile(
    r"#\s*(?P<key>without|expect|needs|after|until|instead of)\s*:\s*(?P<what>.*)"
)
#: Those that say which commands of the solution run as well.
_BASES = ("after", "until", "instead of")
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


class Piece(Value):
    """What a comment declares: `words`, a part of one command of the solution, as they stand in
    `line` of the script."""

    words: str
    line: int


class Script(Value):
    """A script. `expect` is the diagnosis that it leads to, `style` its first comment, `needs` are
    programs that not every machine has. What of the solution belongs to it: all of it (`after` is
    ``solution``), what stands before one command (`until`), or all but some, whose place its own
    commands take (`instead_of`); `whole` puts that together.
    """

    path: str
    commands: tuple[Command, ...]
    expect: str = ""
    after: str = ""
    until: Piece | None = None
    instead_of: tuple[Piece, ...] = ()
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
    if script.after or script.until or script.instead_of:
        raise BadExercise(script.path, "the solution begins with nothing but the scene")
    for each in script.commands:
        if not each.without:
            at = f"{script.path}:{each.line}: {each.brief}"
            raise BadExercise(
                at, "write `# without: ID` above it: what is wrong when it is left out"
            )
    return script


def broken(path: str, solution: Script) -> Script:
    """A mistake: its first line says what it leads to. Its commands are those of `whole`."""
    script = whole(read(path), solution)
    if not script.expect:
        raise BadExercise(f"{path}:1", "the first line must be `# expect: ID`")
    return script


def whole(script: Script, solution: Script) -> Script:
    """The script with what it takes from the solution. Raises `BadExercise` where a part of a
    command is in none of the solution's, or in several."""
    before = solution.commands if script.after else ()
    behind: tuple[Command, ...] = ()
    if script.until:
        before = solution.commands[: _place(script.until, script, solution)]
    if script.instead_of:
        places = [_place(piece, script, solution) for piece in script.instead_of]
        first = min(places)
        before = solution.commands[:first]
        rest = enumerate(solution.commands)
        behind = tuple(each for place, each in rest if place > first and place not in places)
    return replace(script, commands=(*before, *script.commands, *behind))


def _place(piece: Piece, script: Script, solution: Script) -> int:
    found = [at for at, each in enumerate(solution.commands) if piece.words in each.text]
    if len(found) == 1:
        return found[0]
    lines = ", ".join(str(solution.commands[at].line) for at in found)
    why = f"several commands of solution.sh contain this (lines {lines}): write more of the one"
    if not found:
        why = "no command of solution.sh contains this"
    raise BadExercise(f"{script.path}:{piece.line}: {piece.words}", why)


def parse(text: str, path: str) -> Script:
    """The commands in `text`. Raises `BadExercise`."""
    lines = text.splitlines()
    commands: list[Command] = []
    head: dict[str, list[Piece]] = {}
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
                if commands:
                    raise BadExercise(
                        f"{path}:{place}", f"`# {found['key']}:` stands above the first command"
                    )
                _head(head, found["key"], Piece(found["what"].strip(), place), path)
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
    if not (commands or "until" in head or "instead of" in head):
        raise BadExercise(path, "there is no command in it")
    return _script(path, tuple(commands), head, style)


def _head(head: dict[str, list[Piece]], key: str, piece: Piece, path: str) -> None:
    at = f"{path}:{piece.line}"
    if key in head and key != "instead of":
        raise BadExercise(at, f"`# {key}:` stands there twice")
    other = [each for each in _BASES if each in head and each != key]
    if key in _BASES and other:
        raise BadExercise(at, f"either `# {other[0]}:` or `# {key}:`")
    if key == "after" and piece.words != "solution":
        raise BadExercise(f"{at}: after {piece.words}", "known is `# after: solution`")
    if not piece.words:
        raise BadExercise(at, f"nothing stands behind `# {key}:`")
    head.setdefault(key, []).append(piece)


def _script(
    path: str, commands: tuple[Command, ...], head: dict[str, list[Piece]], style: str
) -> Script:
    def one(key: str) -> Piece | None:
        return head[key][0] if key in head else None

    expect, after, needs = one("expect"), one("after"), one("needs")
    return Script(
        path,
        commands,
        expect=_ids(expect.words, f"{path}:{expect.line}")[0] if expect else "",
        after=after.words if after else "",
        until=one("until"),
        instead_of=tuple(head.get("instead of", ())),
        style=style,
        needs=tuple(needs.words.split()) if needs else (),
    )


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
