"""up, plan, diff, down, clean: what they say and what they leave alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests import support
from tests.cli.terminal import COMMAND, ROOT, down, environment, nsnet, on_terminal, up

ACCOUNT = """\
bridge-demo is up: 3 containers, 1 network (… steps, … s)

  bridge  172.17.0.0/16 on bridge nsnet0
  ├─ alpine1  172.17.0.2
  ├─ alpine2  172.17.0.3
  └─ web      172.17.0.4  0.0.0.0:8080->80/tcp  [::]:8080->80/tcp

Try:
…
Take it down:  nsnet down bridge-demo
"""
PLAN = """\
Namespaces: a network stack of its own for every container
  + create namespace lonely
…
Addresses: who is who, and everything switched on
  + switch on lo in lonely

none-demo: … steps: … to add
"""
UNCHANGED = "bridge-demo is already up: nothing to change\n"


def same(text: str, golden: str) -> bool:
    """`…` stands for anything."""
    parts, at = golden.split("…"), 0
    for part in parts:
        found = text.find(part, at)
        if found < 0 or (at == 0 and found):
            return False
        at = found + len(part)
    return at == len(text)


@pytest.mark.usefixtures("host")
def test_the_account() -> None:
    account = up("bridge-demo")
    assert same(account.out, ACCOUNT), account.out
    assert max(map(len, account.out.splitlines())) <= 80
    assert up("bridge-demo").out == UNCHANGED
    assert nsnet("up", "-q", "bridge-demo").out == ""
    gone = nsnet("down", "bridge-demo").out
    assert gone.startswith("bridge-demo is down: 3 containers, 1 network removed (")


@pytest.mark.usefixtures("host")
def test_many_containers_are_only_counted(tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    file.write_text("services: {c: {image: x, scale: 40}}\n")
    lines = up(str(file)).out.splitlines()
    assert "  └─ … and 28 more (nsnet ps lists all)" in lines
    down()


@pytest.mark.usefixtures("host")
def test_more_namespaces_than_select_could_wait_for(tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    file.write_text("name: many\nservices: {c: {image: x, scale: 550}}\n")
    up(str(file))
    assert up(str(file)).out == "many is already up: nothing to change\n"
    down()


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize("words", [["plan"], ["up", "--dry-run"]])
def test_a_plan_changes_nothing(words: list[str]) -> None:
    before = support.picture()
    done = nsnet(*words, "none-demo")
    assert done.code == 0, done.err
    assert same(done.out, PLAN), done.out
    assert not support.differences(before, support.picture())


@pytest.mark.usefixtures("host")
def test_diff_tells_by_its_exit_code() -> None:
    assert nsnet("diff", "none-demo").code == 1
    up("none-demo")
    done = nsnet("diff", "none-demo")
    assert (done.code, done.out) == (0, "none-demo is up as it should be: nothing to change\n")
    assert nsnet("-q", "diff", "bridge-demo").out == ""
    down()


@pytest.mark.usefixtures("host")
def test_json_of_plan_and_up() -> None:
    plan = json.loads(nsnet("plan", "none-demo", "--format", "json").out)
    assert plan["name"] == "none-demo"
    assert set(plan["changes"][0]) == {"sign", "phase", "what", "why", "commands"}
    made = json.loads(up("none-demo", "--format", "json").out)
    assert made["changed"] is True
    assert made["steps"] == len(plan["changes"])
    assert [each["name"] for each in made["containers"]] == ["lonely"]
    gone = json.loads(nsnet("down", "none-demo", "--format", "json").out)
    assert [each["name"] for each in gone] == ["none-demo"]


@pytest.mark.usefixtures("host")
def test_explain_tells_reason_and_command() -> None:
    done = up("none-demo", "--explain")
    assert "$ ip netns add lonely" in done.out
    assert "(Docker: the container's sandbox)" in " ".join(done.out.split())
    assert "none-demo is up" in done.out
    down()


@pytest.mark.usefixtures("host")
def test_the_script_does_it() -> None:
    script = nsnet("up", "none-demo", "--script").out
    subprocess.run(["sh"], input=script, text=True, check=True)
    assert up("none-demo").out == "none-demo is already up: nothing to change\n"
    down()


@pytest.mark.usefixtures("host")
def test_files_projects_and_scale(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("name: shop\nservices: {web: {image: x}}\n")
    more = tmp_path / "more.yaml"
    more.write_text("services: {db: {image: y}}\n")
    assert nsnet("up", "-q", "--scale", "web=2", cwd=tmp_path).code == 0
    names = nsnet("ps", "--format", "{{.Names}}").out.split()
    assert sorted(names) == ["shop-web-1", "shop-web-2"]
    assert (
        nsnet("-p", "blog", "-f", "compose.yaml", "-f", "more.yaml", "up", cwd=tmp_path).code == 0
    )
    assert nsnet("ls", "-q").out.split() == ["shop", "blog"]
    assert nsnet("down", "-p", "blog", cwd=tmp_path).code == 0
    assert nsnet("down", cwd=tmp_path).code == 0
    assert nsnet("ls", "-q").out == ""


@pytest.mark.usefixtures("host")
def test_down_several_goes_on_after_an_error() -> None:
    up("none-demo")
    up("host-demo")
    done = nsnet("down", "none-demo", "nobody", "host-demo")
    assert done.code == 5
    assert done.faults == ["error: no topology nobody is up on this host: up are: host-demo"]
    assert nsnet("ls", "-q").out == ""
    assert nsnet("down", "--all").out == "nothing is up on this host\n"


@pytest.mark.usefixtures("host")
def test_clean_without_records() -> None:
    up("bridge-demo")
    subprocess.run(["rm", "-r", "/run/nsnet"], check=True)
    assert "would remove interface nsnet0\n" in nsnet("clean", "--dry-run").out
    assert "removed namespace web\n" in nsnet("clean").out
    assert nsnet("clean").out == "nothing of nsnet's is on this host\n"


@pytest.mark.usefixtures("host")
def test_progress_on_a_terminal_when_it_takes_long(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    file.write_text("name: large\nservices: {c: {image: x, scale: 300}}\n")
    done = on_terminal(" ".join((*COMMAND, "up", str(file))))
    assert "building large █" in done.out
    assert "\033[Klarge is up" in done.out.replace("\033[36m", "").replace("\033[0m", "")
    down()


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_rolls_back(tmp_path: Path, name: str) -> None:
    import signal
    import time

    file = tmp_path / "large.yaml"
    file.write_text("name: large\nservices: {c: {image: x, scale: 300}}\n")
    process = subprocess.Popen(
        [*COMMAND, "up", str(file)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    limit = time.monotonic() + 20
    while not support.run("ip", "netns", "list") and time.monotonic() < limit:
        time.sleep(0.01)
    process.send_signal(getattr(signal, name))
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "error: interrupted\n")
    assert nsnet("ls", "-q").out == ""
