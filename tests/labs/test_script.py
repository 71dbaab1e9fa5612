"""Scripts of exercises: what counts as one command, and what is declared above it."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsnet.labs.reading import BadExercise
from nsnet.labs.script import Command, Piece, broken, parse, solution, whole


def commands(text: str) -> list[str]:
    return [each.text for each in parse(text, "x.sh").commands]


def test_each_command_has_what_is_declared_above_it() -> None:
    script = parse(
        "#!/bin/sh\n"
        "# Rooms come first.\n"
        "# without: NS.MISSING\n"
        "ip netns add c1\n"
        "\n"
        "# A room of its own,\n"
        "# with a loopback.\n"
        "# without: L1.LO_DOWN, NS.MISSING\n"
        "ip -n c1 link set lo up\n",
        "x.sh",
    )
    assert script.style == "Rooms come first."
    assert script.commands == (
        Command("ip netns add c1", 4, ("NS.MISSING",), "Rooms come first."),
        Command(
            "ip -n c1 link set lo up",
            9,
            ("L1.LO_DOWN", "NS.MISSING"),
            "A room of its own, with a loopback.",
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "ip link add a \\\n  type veth \\\n  peer name b",
        "nft -f - <<EOF\ntable ip nat {\n# without: nothing\n}\nEOF",
        "nft -f - <<'EOF'\nit's \"open\nEOF",
        "cat <<-END\n\tx\n\tEND",
        "cat <<A <<B\n1\nA\n2\nB",
        "nft 'table ip nat {\n  chain x { }\n}'",
        'nft "add chain ip nat x\n{ type nat hook postrouting priority 100; }"',
        "for n in 1 2; do\n  ip netns add c$n\ndone",
        "if true; then\n  echo 'it is'\nelse\n  (echo no)\nfi",
        "case $A in\n1) echo one ;;\n*) echo more ;;\nesac",
        "up() {\n  ip link set $1 up\n}",
        "ip -br link |\n  grep c1",
        "true &&\n  echo yes",
        "N=$(ip -br link\n  echo more)",
        "nft add chain ip nat x { type nat hook postrouting priority 100 \\; }",
        "echo done fi esac",
        "echo \"it's\" # don't",
        'grep c1 <<<"$A"',
        "serve 80 &",
    ],
)
def test_what_belongs_together_is_one_command(text: str) -> None:
    assert commands(f"echo before\n{text}\n\necho behind\n") == ["echo before", text, "echo behind"]


def test_a_mistake_says_what_it_leads_to_and_where_it_begins() -> None:
    script = parse(
        "# expect: L1.LO_DOWN\n# after: solution\n# Switched off again.\nip link\n", "x.sh"
    )
    assert (script.expect, script.after) == ("L1.LO_DOWN", "solution")
    assert script.style == "Switched off again."
    assert parse("# needs: iptables brctl\nip link\n", "x.sh").needs == ("iptables", "brctl")
    assert parse("# expect: UNKNOWN\nip link\n", "x.sh").after == ""


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("ip link\nnft 'add\n", "x.sh:2"),
        ("ip link\ncat <<EOF\nx\n", "x.sh:2"),
        ("ip link\nfor n in 1; do\necho $n\n", "x.sh:2"),
        ("ip link\n# without: low\nip link\n", "x.sh:2"),
        ("# without:\nip link\n", "x.sh:1"),
        ("ip link\n# without: L1.LO_DOWN\n", "x.sh:2"),
        ("# without: A.B\n# without: C.D\nip link\n", "x.sh:2"),
        ("ip link\n# expect: L1.LO_DOWN\nip link\n", "x.sh:2"),
        ("# expect: A.B\n# expect: A.B\nip link\n", "x.sh:2"),
        ("# after: lunch\nip link\n", "x.sh:1"),
        ("# until: a\n# until: b\nip link\n", "x.sh:2"),
        ("# after: solution\n# instead of: a\nip link\n", "x.sh:2"),
        ("# until: a\n# instead of: b\nip link\n", "x.sh:2"),
        ("ip link\n# instead of: a\nip link\n", "x.sh:2"),
        ("# instead of:\nip link\n", "x.sh:1"),
        ("# nothing\n", "x.sh"),
    ],
)
def test_an_error_names_file_and_line(text: str, where: str) -> None:
    with pytest.raises(BadExercise) as caught:
        parse(text, "x.sh")
    assert caught.value.what.startswith(where), caught.value
    assert "\n" not in str(caught.value)


#: Four commands, in the lines 1, 2, 3 and 6.
SOLUTION = parse("one a\ntwo a\nthree <<END\n$B\nEND\nfour\n", "solution.sh")


def put_together(text: str) -> str:
    """The first words of what runs."""
    script = whole(parse(text, "x.sh"), SOLUTION)
    return " ".join(each.text.split()[0] for each in script.commands)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("mine\n", "mine"),
        ("# after: solution\nmine\n", "one two three four mine"),
        ("# instead of: two a\nmine\nmine\n", "one mine mine three four"),
        ("# instead of: $B\nmine\n", "one two mine four"),
        ("# instead of: one\n", "two three four"),
        ("# instead of: four\n# instead of: two\nmine\n", "one mine three"),
        ("# until: three\nmine\n", "one two mine"),
        ("# until: four\n", "one two three"),
    ],
)
def test_a_script_takes_from_the_solution_what_it_shares_with_it(text: str, runs: str) -> None:
    assert put_together(text) == runs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# expect: A.B\n# instead of: five\n", "x.sh:2: five: no command"),
        ("# instead of: one\n# instead of: a\nmine\n", "x.sh:2: a: several commands"),
        ("# until: five\nmine\n", "x.sh:1: five: no command"),
        ("# until: a\nmine\n", "(lines 1, 2)"),
    ],
)
def test_what_it_replaces_is_one_command(text: str, said: str) -> None:
    with pytest.raises(BadExercise) as caught:
        put_together(text)
    assert said in str(caught.value)


def test_a_mistake_is_read_with_what_it_shares(tmp_path: Path) -> None:
    path = tmp_path / "x.sh"
    path.write_text("# expect: L1.LO_DOWN\n# instead of: four\n# Why.\n# needs: ip\n")
    script = broken(str(path), SOLUTION)
    assert script.commands == SOLUTION.commands[:3]
    assert (script.expect, script.style, script.needs) == ("L1.LO_DOWN", "Why.", ("ip",))
    assert script.instead_of == (Piece("four", 2),)


@pytest.mark.parametrize("head", ["after: solution", "until: ip", "instead of: ip"])
def test_a_solution_takes_from_nothing(tmp_path: Path, head: str) -> None:
    text = "# without: NS.MISSING\nip netns add c1\n"
    (tmp_path / "solution.sh").write_text(text)
    assert solution(str(tmp_path)).commands
    (tmp_path / "solution.sh").write_text(f"# {head}\n{text}")
    with pytest.raises(BadExercise):
        solution(str(tmp_path))
