"""What tests get from the plugin."""

from __future__ import annotations

import tomllib
from pathlib import Path

from tests.pytest_plugin.conftest import NAMED, ROOT, Run, Runner


def passed(run: Run, number: int) -> None:
    assert run.outcomes == {"passed": number}, run.text


def test_each_test_has_an_empty_lab_in_the_same_sandbox(run: Runner) -> None:
    text = """
        import pytest
        SEEN = []

        @pytest.mark.parametrize("turn", range(3))
        def test_it(lab, network, host, turn):
            assert [*lab.networks.values()] == [network] and not lab.containers
            web, db = lab.container("web", network, ports="80:80"), lab.container("db", network)
            lab.up()
            assert db.exec("ping", "-c1", "web") and web.address == "172.30.0.2"
            assert host.get("http://127.0.0.1/").startswith("web ")
            lab.partition(web, db)
            SEEN.append(lab._machine.running)
            assert len(set(SEEN)) == 1
        """
    passed(run(text), 3)


def test_a_failed_test_or_a_broken_sandbox_is_none_of_the_next_ones_business(run: Runner) -> None:
    text = """
        import signal

        def test_fails(lab):
            lab.container("web", command=["sleep", "60"])
            lab.up()
            lab.fault("NO_DEFAULT", on="web")
            raise KeyError

        def test_kills(lab):
            web = lab.container("web")
            lab.up()
            assert web.ping("8.8.8.8")
            signal.pidfd_send_signal(lab._machine.running._handle, signal.SIGKILL)

        def test_closes(lab):
            lab.container("web")
            lab.up()
            lab.close()

        def test_changes(host):
            host.exec("ip", "link", "add", "left", "type", "bridge", check=True)

        def test_last(lab, host):
            assert not lab.containers and not host.exec("ip", "link", "show", "left")
        """
    done = run(text)
    assert done.outcomes == {"failed": 1, "passed": 4}, done.text


def test_a_lab_in_a_forked_child_is_one_of_its_own(run: Runner) -> None:
    text = """
        import os

        def test_parent(lab):
            lab.up()

        def test_child(labs):
            pid = os.fork()
            if pid == 0:
                with labs.in_sandbox() as lab:
                    web = lab.container("web")
                    lab.up()
                    os._exit(0 if web.ping("8.8.8.8") else 1)
            assert os.waitpid(pid, 0)[1] == 0

        def test_parent_again(lab):
            lab.container("web")
            lab.up()
        """
    passed(run(text), 3)


def test_labs_live_as_long_as_one_likes(run: Runner) -> None:
    text = """
        import pytest

        @pytest.fixture(scope="module")
        def shop(labs):
            with labs("shop") as lab:
                lab.container("web", expose=80)
                lab.up()
                yield lab

        @pytest.fixture(scope="session")
        def forgotten(labs):
            lab = labs.from_compose("bridge-demo")
            lab.up()
            return lab

        @pytest.mark.parametrize("turn", range(2))
        def test_both(shop, lab, forgotten, turn):
            lab.container("web", expose=80)
            lab.up()
            for each in (shop, lab):
                assert each.host.get(f"http://{each['web'].address}/")
            assert forgotten["alpine1"].ping(forgotten["alpine2"])
        """
    passed(run(text), 2)


def test_who_asks_for_no_lab_imports_nothing(run: Runner) -> None:
    text = """
        import sys

        def test_it():
            assert "nsnet.pytest" in sys.modules
            assert not [x for x in sys.modules if x.startswith(("nsnet.api", "nsnet.kernel"))]
        """
    passed(run(text), 1)


def test_the_installed_plugin_and_the_named_one_are_the_same(run: Runner, tmp_path: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    points = project["entry-points"]["pytest11"]
    about = tmp_path / "nsnet-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: nsnet\nVersion: 1\n")
    lines = [f"{name} = {module}" for name, module in points.items()]
    (about / "entry_points.txt").write_text("\n".join(["[pytest11]", *lines, ""]))
    passed(run("def test_it(lab): lab.up()", named=False), 1)
    passed(run("def test_it(lab): lab.up()", *NAMED, named=False), 1)
    without = run("def test_it(lab): lab.up()", "-p", "no:nsnet.pytest", named=False)
    assert "fixture 'lab' not found" in without.text
