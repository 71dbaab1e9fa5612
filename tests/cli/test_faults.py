"""Bad input and a hostile host: one clear line, the right exit code, the kernel unchanged."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import support
from tests.cli.terminal import COMMAND, ROOT, Done, down, environment, nsnet, up


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("upp", 2, "no command upp: did you mean up?"),
        ("up --dryrun", 2, "no option --dryrun: did you mean --dry-run?"),
        ("up brige-demo", 5, "brige-demo is neither a demo nor a file: did you mean bridge-demo"),
        ("up ./missing.yaml", 5, "./missing.yaml is neither a demo nor a file"),
        ("-f missing.yaml up", 5, "there is no file missing.yaml: check the path given with -f"),
        ("-f a.yaml up b", 2, "b and -f name two topologies: give one of them"),
        ("up bridge-demo --scale web", 2, "'web' is not SERVICE=NUMBER, such as web=3"),
        ("down nobody", 5, "no topology nobody is up on this host: up are: none"),
        ("down --all x", 2, "--all takes every topology down: leave the names out"),
        ("ps nobody", 5, "no topology nobody is up on this host"),
        ("exec nobody -- true", 1, "No such container: nobody: nsnet ps -a lists all"),
        ("exec", 1, "missing argument 'NAME' (see: nsnet exec --help)"),
        ("port web 0x50", 1, "'0x50' is not a port: write 80 or 53/udp"),
        ("logs nobody", 1, "No such container: nobody"),
        ("fault inject bogus", 5, "there is no fault bogus (see: nsnet fault kinds)"),
        ("trace host 127.0.0.1 --udp", 2, "--udp needs a port: write 127.0.0.1:53"),
        ("walk host 127.0.0.1 --tcp", 2, "--tcp needs a port: write 127.0.0.1:80"),
        ("sandbox stopp", 2, "no command stopp: did you mean stop?"),
        ("completion tcsh", 2, "'tcsh' is not one of 'bash', 'zsh', 'fish'"),
    ],
)
@pytest.mark.usefixtures("host")
def test_a_slip_of_the_fingers(line: str, code: int, said: str) -> None:
    done = nsnet(*line.split())
    assert done.code == code
    assert len(done.faults) == 1
    assert done.faults[0].startswith("error: ")
    assert said in done.faults[0]
    assert done.out == ""


@pytest.mark.usefixtures("host")
def test_no_compose_file_here(tmp_path: Path) -> None:
    done = nsnet("up", cwd=tmp_path)
    assert done.code == 5
    assert done.faults == [
        "error: there is no compose file in this folder or above: name a file or a demo: "
        "`nsnet demos` lists those"
    ]
    assert nsnet("up", str(tmp_path)).code == 5


@pytest.mark.usefixtures("host")
def test_every_problem_of_a_file_is_a_line(tmp_path: Path) -> None:
    done = refused(
        tmp_path, "services:\n  a:\n    image: x\n    foo: 1\n    networks: [nowhere]\n", 2
    )
    assert len(done.faults) == 2
    assert all(line.startswith(f"error: {tmp_path}/compose.yaml:") for line in done.faults)


WEB = "services: {web: {image: x, container_name: web, ports: ['8080:80'], networks: [n]}}\n"
NET = "networks: {n: {name: n, ipam: {config: [{subnet: 10.9.0.0/24}]}}}\n"


def refused(folder: Path, text: str, code: int) -> Done:
    """An `up` that fails with `code` and leaves no trace."""
    (folder / "compose.yaml").write_text(text)
    before = support.picture()
    done = nsnet("up", str(folder))
    assert done.code == code, done
    assert done.out == ""
    assert not support.differences(before, support.picture())
    assert nsnet("ls", "-q").out == ""
    return done


@pytest.mark.usefixtures("host")
def test_an_interface_name_that_is_too_long(tmp_path: Path) -> None:
    option = "driver_opts: {com.docker.network.bridge.name: a-name-far-too-long}"
    done = refused(tmp_path, WEB + f"networks: {{n: {{{option}}}}}\n", 2)
    assert len(done.faults) == 1
    assert "a-name-far-too-long" in done.err
    assert "15" in done.err


@pytest.mark.usefixtures("host")
def test_overlapping_subnets(tmp_path: Path) -> None:
    text = (
        "services: {a: {image: x, networks: [n, m]}}\n"
        "networks:\n"
        "  n: {ipam: {config: [{subnet: 10.9.0.0/24}]}}\n"
        "  m: {ipam: {config: [{subnet: 10.9.0.0/16}]}}\n"
    )
    done = refused(tmp_path, text, 2)
    assert len(done.faults) == 1
    assert "10.9.0.0/24" in done.err
    assert "10.9.0.0/16" in done.err


@pytest.mark.usefixtures("host")
def test_a_subnet_of_another_topology(tmp_path: Path) -> None:
    text = (
        "services: {{a: {{image: x}}}}\n"
        "networks: {{default: {{ipam: {{config: [{{subnet: {}}}]}}}}}}\n"
    )
    for name, subnet in (("first", "10.9.0.0/24"), ("second", "10.9.0.128/25")):
        (tmp_path / f"{name}.yaml").write_text(f"name: {name}\n" + text.format(subnet))
    up(str(tmp_path / "first.yaml"))
    done = nsnet("up", str(tmp_path / "second.yaml"))
    assert (done.code, len(done.faults)) == (1, 1)
    assert "subnet 10.9.0.128/25 overlaps 10.9.0.0/24 of network first_default" in done.err
    down()


@pytest.mark.usefixtures("host")
def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("0.0.0.0", 8080)):
        done = refused(tmp_path, WEB + NET, 1)
    assert len(done.faults) == 1
    assert "port 0.0.0.0:8080/tcp is already allocated" in done.err


@pytest.mark.usefixtures("host")
def test_a_foreign_interface_of_our_name(tmp_path: Path) -> None:
    support.run("ip", "link", "add", "br-n", "type", "bridge")
    done = refused(tmp_path, WEB + NET, 1)
    assert len(done.faults) == 1
    assert "interface br-n: the name is already in use by an interface that nsnet" in done.err
    support.run("ip", "link", "delete", "br-n")


@pytest.mark.usefixtures("host")
def test_a_foreign_table_of_our_name(tmp_path: Path) -> None:
    support.run("nft", "add", "table", "ip", "nsnet")
    done = refused(tmp_path, WEB + NET, 1)
    assert len(done.faults) == 1
    assert "table ip nsnet" in done.err
    support.run("nft", "delete", "table", "ip", "nsnet")


@pytest.mark.usefixtures("host")
def test_a_foreign_namespace_of_our_name(tmp_path: Path) -> None:
    support.run("ip", "netns", "add", "web")
    done = refused(tmp_path, WEB + NET, 1)
    assert len(done.faults) == 1
    assert "web" in done.err
    support.run("ip", "netns", "delete", "web")
    os.system("umount /run/netns && rmdir /run/netns")


@pytest.mark.usefixtures("host")
def test_a_full_disk(tmp_path: Path) -> None:
    os.makedirs("/run/nsnet")
    support.run("mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=3", "tmpfs", "/run/nsnet")
    try:
        done = refused(tmp_path, WEB + NET, 1)
        assert len(done.faults) == 1
        assert "No space left on device" in done.err
    finally:
        support.run("umount", "/run/nsnet")
        os.rmdir("/run/nsnet")


@pytest.mark.usefixtures("host")
def test_without_rights(tmp_path: Path) -> None:
    words = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    done = subprocess.run(
        [*words, *COMMAND, "up", "bridge-demo"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("\n") == 1
    assert "sudo nsnet" in done.stderr
    assert "nsnet --sandbox" in done.stderr


def test_a_reader_that_has_seen_enough() -> None:
    line = f"{' '.join(COMMAND)} --help | true"
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, cwd=ROOT, env=environment(), check=False
    )
    assert done.stderr == ""


def test_an_error_of_our_own_is_a_line(tmp_path: Path) -> None:
    program = (
        "import sys; from nsnet.cli import main, demos\n"
        "demos.say_json = None\n"
        "sys.exit(main.main([*sys.argv[1:], 'demos', '--format', 'json']))"
    )

    def run(*words: str) -> list[str]:
        done = subprocess.run(
            [COMMAND[0], "-c", program, *words],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=environment(),
            check=False,
        )
        assert done.returncode == 1
        return done.stderr.splitlines()

    assert run() == [
        "error: internal: TypeError: 'NoneType' object is not callable (nsnet -v -v … shows where)"
    ]
    assert "demos.py:" in run("-v")[1]
    assert any("Traceback" in line for line in run("-v", "-v"))


@pytest.mark.parametrize(
    ("closing", "code", "said"),
    [(">&-", 0, ""), ("<&-", 0, ""), (">/dev/full", 1, "cannot write the output: No space left")],
)
def test_streams_that_cannot_be_used(closing: str, code: int, said: str) -> None:
    program = shlex.join([sys.executable, "-m", "nsnet", "network", "ls"])
    done = subprocess.run(
        ["sh", "-c", f"{program} {closing}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert done.stderr.count("\n") <= 1
