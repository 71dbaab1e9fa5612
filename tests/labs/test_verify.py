"""The authors' proof: a sound exercise is green, and for each property there is one that is red."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nsnet.kernel import throwaway
from nsnet.labs import library
from nsnet.labs.script import Command
from nsnet.labs.verify import pool, report, residue, template
from nsnet.labs.verify.outcome import Outcome
from nsnet.labs.verify.proof import prove
from nsnet.labs.verify.run import KINDS, Run, runs, sample
from nsnet.labs.verify.scripted import Hung, play
from nsnet.labs.verify.typed import Keyboard
from tests.cli.terminal import nsnet
from tests.support import needs_real_root


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an exercise, `mine`, in a library of its own."""
    labs = tmp_path / "labs"
    monkeypatch.setenv(library.ELSEWHERE, str(labs))
    return Path(template.write("mine", "own", str(labs)))


def proved(*wanted: str) -> list[Outcome]:
    """The runs of `mine`."""
    return list(pool.prove(runs([library.find("mine")], wanted, None), prove))


def red(wanted: str) -> Outcome:
    """The one run that fails."""
    (outcome,) = [each for each in proved(wanted) if not each.ok]
    assert outcome.run.again.startswith(f"nsnet lab verify mine -k {outcome.run.kind}")
    assert all(isinstance(line, str) for line in report.trouble(outcome))
    return outcome


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_new_exercise_is_sound(lab: Path) -> None:
    outcomes = proved(*KINDS)
    assert [report.trouble(each) for each in outcomes if not each.ok] == []
    assert sorted({each.run.kind for each in outcomes}) == sorted(KINDS)
    assert report.table(outcomes)[2] == "| mine | 1/1 | 1/1 | 1/1 | 2/2 | 1/1 | 2/2 | 2/2 |"
    assert report.data(outcomes, 1)["passed"] is True


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("task.ko.md", "${GW}", "", "${GW} is not named in ko"),
        ("after.en.md", "${GW}", "${GATE}", "${GATE} is no value"),
        ("task.en.md", "c1 is plugged", "```\n$ ip link show\n```\n", "a command to paste"),
        ("lab.yaml", 'ko: "밖으로 나가는 길"', "", "title: there is no text in ko"),
        ("lab.yaml", 'to: "${GW}"', 'to: "${GATE}"', "checks: ${GATE} is no value"),
        ("lab.yaml", "L3.NO_DEFAULT:", "L3.NO_SUCH_ID:", "L3.NO_SUCH_ID has no text"),
        ("lab.yaml", "by: ping}", "by: ping, else: L3.NIL}", "gateway: L3.NIL has no text"),
        (
            "lab.yaml",
            'ko: "아무 말이 없습니다. 패킷이 사라집니다."',
            "",
            "choice 1: there is no text",
        ),
        ("lab.yaml", "needs: []", "needs: [nobody]", "there is no exercise nobody"),
        ("solution.sh", "L3.NO_ADDR", "L3.NONSENSE", "solution.sh:6: L3.NONSENSE has no text"),
        ("broken.d/route-lost.sh", "L3.NO_DEFAULT", "L3.NONE", "L3.NONE has no text"),
    ],
)
def test_words_that_are_not_sound(lab: Path, file: str, old: str, new: str, said: str) -> None:
    edit(lab / file, old, new)
    outcome = red("texts")
    assert any(said in line for line in outcome.detail), outcome.detail


@pytest.mark.parametrize("name", ["task.ko.md", "after.en.md", "also.d/one-route.sh"])
def test_a_file_that_is_missing(lab: Path, name: str) -> None:
    (lab / name).unlink()
    assert str(lab / name).partition(".d/")[0] in red("texts").detail[0]


def test_a_scene_in_which_nothing_is_left_to_do(lab: Path) -> None:
    edit(
        lab / "lab.yaml",
        "c1: {bridge: br0}",
        'c1: {bridge: br0, address: "${C1}/${LEN}", via: "${GW}"}',
    )
    assert red("untouched").came == "all checks pass"


def test_a_failure_without_a_diagnosis(lab: Path) -> None:
    edit(lab / "lab.yaml", "reaches: {from: c1,", "reaches: {nonsense: 1, from: c1,")
    assert red("untouched").came == "could not be checked"


def test_a_solution_that_does_not_solve(lab: Path) -> None:
    edit(lab / "solution.sh", "default via", "198.51.100.0/24 via")
    outcome = red("solution")
    assert outcome.came == "L3.NO_DEFAULT"
    assert "check beyond:" in outcome.detail
    assert any("198.51.100.0/24" in line for line in outcome.detail), "what was typed"


def test_a_second_check_that_fails(lab: Path) -> None:
    """The shell's own word, which here is another's."""
    edit(lab / "solution.sh", "ip -n c1 route", "check() { return 7; }; ip -n c1 route")
    assert red("solution").came == "the second `check` ends with 7"


@pytest.mark.parametrize("kind", ["solution", "also"])
def test_a_command_that_fails_on_the_way(lab: Path, kind: str) -> None:
    name = "solution.sh" if kind == "solution" else "also.d/one-route.sh"
    with (lab / name).open("a") as file:
        file.write("# without: L3.NO_DEFAULT\nip -n c1 link set eth9 up\n")
    outcome = red(kind)
    assert outcome.came == ("all checks pass, but a command fails (1): ip -n c1 link set eth9 up")
    assert 'Cannot find device "eth9"' in outcome.detail


@pytest.mark.parametrize("absent", ["no-such-program", "/proc/sys/net/bridge/no-such"])
def test_what_needs_something_that_is_not_here(lab: Path, absent: str) -> None:
    path = lab / "also.d/one-route.sh"
    path.write_text(f"# needs: ip /proc/sys {absent}\n" + path.read_text())
    (outcome,) = proved("also")
    assert (outcome.ok, outcome.skipped) == (True, True)
    assert outcome.came == f"skipped: there is no {absent} here"
    assert report.table([outcome])[2] == "| mine | 0/1 (1 skipped) |"


def test_what_needs_a_module_that_is_not_loaded(lab: Path) -> None:
    edit(lab / "lab.yaml", "scene:\n", "scene:\n  sysctl: {net.bridge.no-such: 1}\n")
    (outcome,) = proved("untouched")
    assert outcome.skipped
    assert "needs the kernel's module br_netfilter" in outcome.came


@pytest.mark.parametrize(
    ("debrief", "said"),
    [
        ("trace: {from: c9, to: 203.0.113.2}", "c9"),
        (
            "docker: {services: {web: {image: alpine}}}\n  rules: [no such rule]",
            "debrief: rules: Docker writes no such line",
        ),
    ],
)
def test_a_debrief_without_its_packet_or_rules(lab: Path, debrief: str, said: str) -> None:
    edit(lab / "lab.yaml", "trace: {from: c1, to: 203.0.113.2, by: ping}", debrief)
    outcome = red("solution")
    assert outcome.came == "a debrief that has nothing to show"
    assert len(outcome.detail) == 2, "one for each language"
    assert said in outcome.detail[0]


def test_a_part_that_is_not_sound(lab: Path) -> None:
    edit(lab.parent / "part.yaml", "challenge: mine", "challenge: other")
    assert "no exercise other in this part" in red("texts").detail[0]


def test_a_mistake_with_another_diagnosis(lab: Path) -> None:
    edit(lab / "broken.d/wrong-gateway.sh", "L3.GW_UNREACHABLE", "L3.NO_GW_ADDR")
    outcome = red("broken")
    assert (outcome.run.name, outcome.wanted) == ("wrong-gateway", "L3.NO_GW_ADDR")
    assert outcome.came == "L3.GW_UNREACHABLE"
    assert any(line.startswith("probe: c1") for line in outcome.detail)


def test_a_mistake_that_says_just_the_difference(lab: Path) -> None:
    """Without the address that the solution gives, the route could not be set."""
    path = lab / "broken.d/wrong-gateway.sh"
    edit(path, "# instead of: default via", "# until: default via")
    assert all(each.ok for each in proved("broken"))
    edit(path, "# until: default via", "# instead of: $C1/$LEN")
    assert red("broken").came != "L3.GW_UNREACHABLE"


@pytest.mark.parametrize("name", ["broken.d/wrong-gateway.sh", "also.d/one-route.sh"])
def test_a_script_that_replaces_what_is_not_there(lab: Path, name: str) -> None:
    path = lab / name
    left = path.read_text().replace("# instead of: default via\n", "")
    path.write_text(f"# instead of: nothing\n{left}")
    said = red("texts").detail
    assert any(f"{path}:1: nothing: no command of solution.sh" in line for line in said), said
    kinds = [each.run.kind for each in proved(name.partition(".d/")[0])]
    assert kinds == ["texts"], "there is nothing to run"


def test_a_line_that_declares_another_diagnosis(lab: Path) -> None:
    edit(lab / "solution.sh", "L3.NO_DEFAULT", "L3.FORWARD_OFF")
    outcome = red("without")
    assert (outcome.run.name, outcome.came) == ("line-10", "L3.NO_DEFAULT")


def test_a_line_that_is_not_needed(lab: Path) -> None:
    with (lab / "solution.sh").open("a") as file:
        file.write("# without: L3.NO_DEFAULT\nip -n c1 link set eth0 up\n")
    assert red("without").came == "all checks pass"


def test_a_line_that_declares_nothing(lab: Path) -> None:
    edit(lab / "solution.sh", "# without: L3.NO_ADDR\n", "")
    (outcome,) = proved("without")
    assert (outcome.run.kind, outcome.ok) == ("texts", False)
    assert "solution.sh:5: ip -n c1 address" in outcome.detail[0]
    assert "write `# without: ID` above it" in outcome.detail[0]


def test_another_solution_that_does_not_pass(lab: Path) -> None:
    edit(lab / "also.d/one-route.sh", "203.0.113.0/24", "198.51.100.0/24")
    assert red("also").came == "L3.NO_DEFAULT"


@pytest.mark.parametrize("where", ["host", "sandbox"])
def test_something_that_is_left(lab: Path, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    needs_real_root("lay a /tmp of its own over this one")
    monkeypatch.setattr(residue, "PATIENCE", 0.1)
    edit(lab / "solution.sh", "ip -n c1 route", "touch /tmp/left-here; ip -n c1 route")
    outcome = red(f"residue/{where}")
    assert [line.rpartition("/")[2] for line in outcome.detail] == ["left-here"]
    assert not os.path.exists("/tmp/left-here"), "it has been written in the run's machine only"


def test_a_command_that_hangs_is_named() -> None:
    commands = [Command("true", 3), Command("sleep 9 &", 4), Command("sleep 60;\\\ntrue", 5)]
    with pytest.raises(Hung, match="line 5: sleep 60"):
        play(commands, dict(os.environ), patience=0.3)


def test_a_script_says_how_each_command_ended() -> None:
    commands = [Command("A=7", 1), Command("cat <<EOF\n$A\nEOF", 2), Command("(exit 3)", 5)]
    played = play(commands, dict(os.environ))
    assert [each.status for each in played.done] == [0, 0, 3]
    assert played.output == "7\n"


def test_what_runs_in_the_background_is_given_the_time_to_begin(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    slow = "import time, sys\nwhile time.process_time() < 0.3: pass\nopen(sys.argv[1], 'w')"
    play([Command(f'python3 -c "{slow}\ntime.sleep(1)" {begun} &', 1)], dict(os.environ))
    assert begun.exists()


def test_on_the_command_line(tmp_path: Path) -> None:
    labs = str(tmp_path / "labs")
    made = nsnet("-q", "lab", "new", "mine", "--dir", labs)
    assert made.out == f"{labs}/010-own/010-mine\n", made.err
    words = ("lab", "verify", "mine", "-k", "untouched", "-k", "without/line-6")
    done = nsnet(*words, NSNET_LABS=labs)
    assert done.code == 0, done.out + done.err
    assert done.out.splitlines()[-1].startswith("2 runs of 1 exercise in ")
    edit(Path(labs) / "010-own/010-mine/solution.sh", "L3.NO_ADDR", "L3.DUP_ADDR")
    done = nsnet(*words, "--seed", "7", "--format", "markdown", NSNET_LABS=labs)
    assert (done.code, done.out.splitlines()[-2]) == (1, "| mine | 1/1 | ✗ 0/1 |")
    assert "again:    nsnet lab verify mine -k without/line-6 --seed 7" in done.err
    assert nsnet("lab", "verify", "-k", "nonsense").code == 2
    assert nsnet("lab", "verify", "--sample", "6/5").code == 2


def _shell() -> int:
    os.execvpe("sh", ["sh", "-i"], {"PS1": "ready> ", "TERM": "dumb", "PATH": os.environ["PATH"]})


def test_what_is_typed_waits_for_the_prompt() -> None:
    with Keyboard(_shell, r"ready> $") as typing:
        typing.ready(5)
        assert typing.say("sleep 0.1; echo done") == "done"
        assert typing.enter(Command("cat <<-EOF\n\tone\n\ttwo\n\tEOF", 1)).endswith("one\ntwo")
        with pytest.raises(Hung, match=r"line 0: sleep 9.*no prompt after 0 s"):
            typing.say("sleep 9", patience=0.2)


def test_a_shell_that_ends_is_no_success() -> None:
    with Keyboard(_shell, r"ready> $") as typing:
        typing.ready(5)
        with pytest.raises(Hung, match="the shell has ended"):
            typing.say("exit")


def test_a_machine_ends_in_time_with_all_that_is_in_it() -> None:
    begun = throwaway.begin(lambda: b"%d" % os.system("sleep 60"), 0.2)
    assert throwaway.end(begun).trouble == "it took too long and was ended"
    assert not os.path.exists(f"/proc/{begun.pid}")
    failed = throwaway.end(throwaway.begin(lambda: b"%d" % (1 // 0), 5))
    assert failed.answer is None
    assert "ZeroDivisionError" in failed.trouble


def test_the_shares_are_all_runs_and_each_has_what_is_quick() -> None:
    found = [Run("x", kind, str(n), 0) for kind in KINDS for n in range(4)]
    shares = [sample(found, number, 3) for number in (1, 2, 3)]
    assert {run.title for share in shares for run in share} == {run.title for run in found}
    long = [run for share in shares for run in share if run.kind == "broken"]
    assert len(long) == 4
    assert all(sum(run.kind == "solution" for run in share) == 4 for share in shares)


def test_a_new_exercise_does_not_replace_another(lab: Path) -> None:
    labs = lab.parent.parent
    with pytest.raises(Exception, match="it is there already"):
        template.write("mine", "own", str(labs))
    second = Path(template.write("second", "own", str(labs)))
    assert (second.name, second.parent) == ("020-second", lab.parent)
    with pytest.raises(Exception, match="small letters"):
        template.write("Not This", "own", str(labs))
