"""``nsnet rules --watch``: the same look again and again, what moved being highlighted."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from ..looking.rules import Look
from ..show import paint
from ..show.rules.moves import Moves, moves

#: How fast a program that makes many changes is followed, in seconds.
_LEAST = 0.1
_KEYS = {b"j": 1, b"k": -1, b" ": 20, b"b": -20}


def watch(again: Callable[[bool], Look], interval: float, form: str) -> None:
    """Look with `again` (told whether rules were added or removed) every `interval` seconds, and
    when the kernel tells of a change, until Ctrl-C or q."""
    from ..kernel.listing import Changes

    changes = Changes()
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        if sys.stdout.isatty() and form != "json":
            _on_terminal(again, interval, changes)
        else:
            _into_pipe(again, interval, changes, form)
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        changes.close()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _moved(before: Look, now: Look) -> list[tuple[str, Moves]]:
    """What moved, by the namespace that it is in."""
    old = {part.space: part.tables for part in before.parts}
    found = [
        (part.space, moves(old.get(part.space, part.tables), part.tables)) for part in now.parts
    ]
    return [(space, each) for space, each in found if each]


def _into_pipe(again: Callable[[bool], Look], interval: float, changes: Any, form: str) -> None:
    """A block of lines for each change."""
    seen = again(False)
    while True:
        changed, _ = changes.wait(interval)
        if changed:
            time.sleep(_LEAST)  # A transaction is many events, and the record comes after it.
        now = again(changed)
        found = _moved(seen, now)
        seen = now
        if not found:
            continue
        if form == "json":
            click.echo(_json(found))
        else:
            click.echo(time.strftime("%H:%M:%S"))
            for space, each in found:
                for line in each.lines():
                    click.echo(f"  {f'{space}: ' if space else ''}{line}")
        sys.stdout.flush()


def _json(found: list[tuple[str, Moves]]) -> str:
    import json

    told: list[dict[str, object]] = []
    for space, each in found:
        rows = [("counted", line, more) for line, more in each.counted]
        rows += [("added", line, 0) for line in each.added]
        rows += [("gone", line, 0) for line in each.gone]
        told += [
            {
                "namespace": space,
                "change": change,
                "family": line.family,
                "table": line.table,
                "chain": line.chain,
                "handle": line.handle,
                "packets": more,
                "caption": line.caption,
            }
            for change, line, more in rows
        ]
        told += [{"namespace": space, "change": "added", "element": e} for e in each.added_elements]
        told += [{"namespace": space, "change": "gone", "element": e} for e in each.gone_elements]
    return json.dumps({"time": time.time(), "changes": told}, ensure_ascii=False)


def _on_terminal(again: Callable[[bool], Look], interval: float, changes: Any) -> None:
    seen, top = again(False), 0
    keys = sys.stdin.fileno() if sys.stdin.isatty() else -1
    with _screen(keys):
        moved: frozenset[Any] = frozenset()
        fresh = False
        while True:
            top = _draw(seen, moved, top, interval, fresh)
            changed, typed = changes.wait(interval, keys)
            fresh = not typed
            if typed:
                key = os.read(keys, 1)
                if key in (b"q", b"\x03", b""):
                    return
                top += _KEYS.get(key, 0)
                continue
            if changed:
                time.sleep(_LEAST)
            now = again(changed)
            moved = frozenset((space, key) for space, m in _moved(seen, now) for key in m.keys)
            seen = now


def _draw(seen: Look, moved: frozenset[Any], top: int, interval: float, fresh: bool) -> int:
    """Fill the screen from the line `top` on; returns the line that it really begins with. After
    a `fresh` look, that is near the first rule that has moved if none of these would be seen."""
    columns, rows = shutil.get_terminal_size()
    lines = list(seen.text(columns, moved, brief=True))
    places = [number for number, line in enumerate(lines) if paint.MOVED in line]
    if fresh and places and not any(top <= each < top + rows - 1 for each in places):
        top = places[0] - 2
    top = max(0, min(top, len(lines) - rows + 1))
    shown = lines[top : top + rows - 1]
    more = len(lines) - top - len(shown)
    title = f"every {interval:g} s, {time.strftime('%H:%M:%S')}; q ends"
    if more or top:
        title += f"; j, k, space and b scroll, {more} lines below"
    text = "".join(f"{_cut(line, columns)}\033[0m\033[K\r\n" for line in [title[:columns], *shown])
    click.echo(f"\033[H{text.removesuffix(chr(13) + chr(10))}\033[J", nl=False, color=True)
    sys.stdout.flush()
    return top


def _cut(line: str, columns: int) -> str:
    """`line` on one row of the screen; its colours take no room."""
    done, room, at = [], columns, 0
    while at < len(line) and room:
        if line[at] == "\033":
            end = line.index("m", at) + 1
            done.append(line[at:end])
            at = end
        else:
            done.append(line[at])
            at, room = at + 1, room - 1
    return "".join(done)


@contextmanager
def _screen(keys: int) -> Iterator[None]:
    """The other screen of the terminal, without a cursor; keys come as they are typed."""
    import termios
    import tty

    old = termios.tcgetattr(keys) if keys >= 0 else None
    try:
        if keys >= 0:
            tty.setcbreak(keys)
        click.echo("\033[?1049h\033[?25l", nl=False, color=True)
        yield
    finally:
        click.echo("\033[?25h\033[?1049l", nl=False, color=True)
        sys.stdout.flush()
        if old is not None:
            termios.tcsetattr(keys, termios.TCSADRAIN, old)
