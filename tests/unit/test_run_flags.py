"""Docker's options as `Container` values, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from nsnet.topology.flags import images, places, values
from nsnet.topology.flags.errors import BadFlag, Impossible
from nsnet.topology.flags.program import Machine, Program
from nsnet.topology.flags.program import read as read_program
from nsnet.topology.flags.run import Flags, Wanted, read
from nsnet.topology.flags.words import name_of
from nsnet.topology.model import Attachment, Container, Link, Port, TopologyError

HERE = ("sh", "dash", "bash", "busybox", "python3", "tail", "curl", "ping", "/bin/sh")


def machine(*programs: str, files: tuple[str, ...] = ()) -> Machine:
    """A machine that has these programs and files."""
    return Machine(lambda path: path in files, lambda name: name in (programs or HERE))


def wanted(*words: str, environ: Mapping[str, str] | None = None, **flags: Any) -> Wanted:
    """What these options ask for."""
    return read(Flags(words=words or ("--", "tail"), **flags), machine(), environ or {})


def container(*words: str, **flags: Any) -> Container:
    """The container that they ask for."""
    return wanted(*words, **flags).container


def program(*words: str, **more: Any) -> Program:
    """What runs."""
    return read_program(words, machine(), **more)


def test_without_options_it_is_on_the_default_bridge() -> None:
    one = container("--", "tail", "-f", "/dev/null")
    assert one == Container(
        "", attachments=(Attachment("bridge"),), command=("tail", "-f", "/dev/null")
    )


def test_every_option_finds_its_field() -> None:
    one = container(
        name="web",
        networks=("front",),
        ip="172.30.0.5",
        ip6="fd00::5",
        mac_address="02-42-AC-1E-00-05",
        aliases=("www",),
        links=("db:database", "cache"),
        publish=("8080:80", "53:53/udp"),
        publish_all=True,
        expose=("90-91", "80/udp"),
        dns=("1.1.1.1",),
        dns_search=("example.com", "."),
        dns_opt=("ndots:2",),
        add_host=("db:10.0.0.1", "me:host-gateway", "six:[::1]", "seven:::2"),
        hostname="h.example.org",
        domainname="example.org",
        sysctls=("net.ipv4.ip_forward=1",),
        env=("A=1=2", "HERE", "GONE", "EMPTY="),
        environ={"HERE": "x"},
        labels=("a=b", "c"),
        restart="on-failure:3",
        tty=True,
        interactive=True,
    )
    assert one.name == "web"
    assert one.attachments == (
        Attachment("front", ("www",), "172.30.0.5", "fd00::5", "02:42:ac:1e:00:05"),
    )
    assert one.links == (Link("db", "database"), Link("cache", "cache"))
    assert one.ports == (Port(80, 8080), Port(53, 53, "udp"))
    assert one.publish_all
    assert one.expose == ((90, "tcp"), (91, "tcp"), (80, "udp"))
    assert (one.dns, one.dns_search, one.dns_opt) == (
        ("1.1.1.1",),
        ("example.com", "."),
        ("ndots:2",),
    )
    assert one.extra_hosts == (
        ("db", "10.0.0.1"),
        ("me", "host-gateway"),
        ("six", "::1"),
        ("seven", "::2"),
    )
    assert (one.hostname, one.domainname) == ("h.example.org", "example.org")
    assert one.sysctls == (("net.ipv4.ip_forward", "1"),)
    assert one.environment == (("A", "1=2"), ("HERE", "x"), ("EMPTY", ""))
    assert one.labels == (("a", "b"), ("c", ""))
    assert (one.restart, one.tty, one.interactive) == ("on-failure:3", True, True)


def test_files_of_variables_come_before_options() -> None:
    text = "# a comment\n  A=1\nB=two words \nHERE\nGONE\n\n"
    one = container(env_files=(("f", text),), env=("A=2",), environ={"HERE": "x"})
    assert one.environment == (("A", "2"), ("B", "two words "), ("HERE", "x"))
    with pytest.raises(BadFlag, match="contains whitespaces"):
        container(env_files=(("f", "A B=1"),))
    with pytest.raises(BadFlag, match="no variable name"):
        container(env_files=(("f", "=1"),))
    assert container(label_files=(("f", "#\na=1\n b=2 \n"),)).labels == (("a", "1"), ("b", "2"))


# --- where it is on the network


def test_docker_takes_no_notice_of_these_without_a_network() -> None:
    """Measured of Docker 20.10: it gets the next address, and no alias."""
    for networks in ((), ("default",)):
        one = container(networks=networks, ip="172.17.0.50")
        assert one.attachments == (Attachment("bridge"),)
    assert container(aliases=("foo",)).attachments == (Attachment("bridge"),)
    assert container(mac_address="02:00:00:00:00:01").attachments[0].mac == "02:00:00:00:00:01"


@pytest.mark.parametrize("network", ["host", "none", "bridge", "container:web"])
def test_what_docker_refuses_at_the_start_can_be_created(network: str) -> None:
    refused = wanted(networks=(network,), ip="10.61.0.9")
    assert "supported on user defined networks only" in refused.refusal
    assert not wanted(networks=(network,)).refusal


def test_modes() -> None:
    assert container(networks=("host",)).mode == "host"
    assert container(networks=("none",)).mode == "none"
    shared = container(networks=("container:web",))
    assert (shared.mode, shared.share, shared.attachments) == ("container", "web", ())


def test_several_networks_and_the_long_form() -> None:
    long = "name=back,alias=a,alias=b,ip=10.0.0.5,mac-address=02:00:00:00:00:01,gw-priority=7"
    one = container(
        networks=("front", long, "name=third,driver-opt=k=v,interface=lan0"), ip="1.2.3.4"
    )
    assert one.attachments == (
        Attachment("front", ipv4="1.2.3.4"),
        Attachment("back", ("a", "b"), "10.0.0.5", mac="02:00:00:00:00:01", gw_priority=7),
        Attachment("third", options=(("k", "v"),), device="lan0"),
    )


NETWORK_REFUSALS = [
    ({"networks": ("e1", "bridge")}, "cannot attach both user-defined and non-user-defined"),
    ({"networks": ("host", "none")}, "keep one"),
    ({"networks": ("e1", "e1")}, "specified multiple times"),
    ({"networks": ("",)}, "no name set for network"),
    ({"networks": ("name=e1,foo=x",)}, "invalid field key foo"),
    ({"networks": ("alias=x",)}, "network name/id is not specified"),
    ({"networks": ("name=e1,gw-priority=x",)}, "is not a number"),
    ({"networks": ("name=e1,alias=x",), "aliases": ("y",)}, "conflicting options"),
    ({"networks": ("host",), "aliases": ("x",)}, "network-scoped aliases are only supported"),
    ({"networks": ("bridge",), "aliases": ("x",)}, "network-scoped aliases are only supported"),
    ({"networks": ("container:a",), "links": ("a",)}, "links are only supported for user-defined"),
    ({"networks": ("host",), "links": ("a",)}, "links are only supported for user-defined"),
    ({"mac_address": "zz"}, "zz is not a valid mac address"),
]

CLIENT_REFUSALS = [
    ({"dns": ("nope",)}, "nope is not an ip address"),
    ({"add_host": ("foo",)}, 'bad format for add-host: "foo"'),
    ({"add_host": (":1.2.3.4",)}, "bad format for add-host"),
    ({"add_host": ("foo:zz",)}, 'invalid IP address in add-host: "zz"'),
    ({"dns_search": ("a b",)}, "a b is not a valid domain"),
    ({"hostname": "h" * 65}, "65 bytes, the kernel allows 64"),
    ({"hostname": "a\nb"}, "one line"),
    ({"links": ("a:b:c",)}, "bad format for links: a:b:c"),
    ({"links": ("",)}, "empty string specified for links"),
    ({"publish": ("65536:80",)}, "65536"),
    ({"publish": ("",)}, "--publish"),
    ({"publish": ("1:2:3:4",)}, "--publish"),
    ({"expose": ("abc",)}, "invalid range format for --expose"),
    ({"sysctls": ("foo=1",)}, "is not whitelisted"),
    ({"sysctls": ("net.ipv4.ip_forward",)}, "is not whitelisted"),
    ({"env": ("=x",)}, "invalid environment variable: =x"),
    ({"labels": ("=x",)}, "empty name"),
    ({"restart": "on-failure:x"}, "maximum retry count must be an integer"),
    ({"restart": "always", "rm": True}, "Conflicting options: --restart and --rm"),
]

DAEMON_REFUSALS = [
    ({"name": "a b"}, "Invalid container name (a b)"),
    ({"name": "x"}, "Invalid container name (x)"),
    ({"name": "-x"}, "Invalid container name (-x)"),
    ({"name": "wéb"}, "Invalid container name"),
    ({"ip": "nope"}, "invalid IPv4 address: nope"),
    ({"ip6": "1.2.3.4"}, "invalid IPv6 address: 1.2.3.4"),
    ({"networks": ("container:",)}, "invalid container format container:<name|id>"),
    ({"networks": ("container:a",), "publish": ("8080:80",)}, "port publishing and the container"),
    ({"networks": ("container:a",), "publish_all": True}, "port publishing and the container"),
    ({"networks": ("container:a",), "expose": ("80",)}, "port exposing and the container"),
    ({"networks": ("container:a",), "hostname": "h"}, "hostname and the network mode"),
    ({"networks": ("container:a",), "dns": ("1.1.1.1",)}, "dns and the network mode"),
    ({"networks": ("container:a",), "add_host": ("a:1.1.1.1",)}, "custom host-to-IP mapping"),
    ({"networks": ("container:a",), "mac_address": "02:00:00:00:00:01"}, "mac-address and"),
    ({"networks": ("host",), "mac_address": "02:00:00:00:00:01"}, "mac-address and"),
    ({"restart": "foo"}, "invalid restart policy 'foo'"),
    ({"restart": "always:3"}, "cannot be used with restart policy 'always'"),
    ({"workdir": "foo"}, "needs to be an absolute path"),
]


@pytest.mark.parametrize(("flags", "words"), [*NETWORK_REFUSALS, *CLIENT_REFUSALS], ids=str)
def test_what_dockers_client_refuses(flags: dict[str, Any], words: str) -> None:
    with pytest.raises(BadFlag) as refused:
        wanted(**flags)
    assert words in str(refused.value)
    assert refused.value.exit_code == 125
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(("flags", "words"), DAEMON_REFUSALS, ids=str)
def test_what_dockers_daemon_refuses(flags: dict[str, Any], words: str) -> None:
    with pytest.raises(Impossible) as refused:
        wanted(**flags)
    assert words in str(refused.value)
    assert refused.value.exit_code == 1


def test_what_docker_accepts() -> None:
    """Strange, but so it is."""
    assert container(hostname="a b").hostname == "a b"
    assert container(name="/web").name == "web"
    assert container(name="").name == ""
    assert container(restart="on-failure:0").restart == "on-failure"
    assert container(restart="").restart == "no"
    assert container(networks=("none",), publish=("8080:80",)).ports == (Port(80, 8080),)


def test_ports_of_a_container_on_the_host_are_warned_about() -> None:
    notes = wanted(networks=("host",), publish=("8080:80",)).notes
    assert notes[0] == "WARNING: Published ports are discarded when using host network mode"


def test_settings_that_are_not_the_containers() -> None:
    host = wanted(networks=("host",), sysctls=("net.ipv4.ip_forward=1",))
    assert "not allowed in host network namespace" in host.refusal
    assert "only settings of the network" in wanted(sysctls=("kernel.msgmax=1",)).notes[0]


# --- what runs


@pytest.mark.parametrize(
    ("words", "image", "command"),
    [
        (("--", "nginx", "-v"), "", ("nginx", "-v")),
        (("tail", "-f", "/dev/null"), "", ("tail", "-f", "/dev/null")),
        (("alpine", "tail", "-f", "/dev/null"), "alpine", ("tail", "-f", "/dev/null")),
        (("alpine", "--", "tail"), "alpine", ("tail",)),
        (("alpine:3.19", "sh"), "alpine:3.19", ("sh",)),
        (("docker.io/library/alpine", "sh"), "docker.io/library/alpine", ("sh",)),
        (("my/tool:1.0", "ping", "web"), "my/tool:1.0", ("ping", "web")),
        (("localhost:5000/x/y", "sh"), "localhost:5000/x/y", ("sh",)),
        (("/bin/sh", "-c", "true"), "", ("/bin/sh", "-c", "true")),
        (("./here",), "", ("./here",)),
        (("bin/here", "x"), "", ("bin/here", "x")),
        (("ubuntu",), "ubuntu", ("bash",)),
        (("python", "python3", "-V"), "python", ("python3", "-V")),
        (("curlimages/curl", "-s", "web"), "curlimages/curl", ("curl", "-s", "web")),
        (("redis", "ping"), "redis", ("ping",)),
    ],
    ids=str,
)
def test_image_and_command(words: tuple[str, ...], image: str, command: tuple[str, ...]) -> None:
    found = read_program(words, machine(files=("bin/here",)))
    assert (found.image, found.command, found.stub) == (image, command, False)


@pytest.mark.parametrize(
    ("words", "command", "note"),
    [
        (("alpine", "ash"), ("busybox", "ash"), "busybox ash runs"),
        (("alpine",), ("busybox", "ash"), "busybox ash runs"),
        (("alpine", "/bin/ash"), ("busybox", "ash"), "busybox ash runs"),
        (("alpine", "wget", "-q", "web"), ("busybox", "wget", "-q", "web"), "busybox wget"),
        (("nicolaka/netshoot",), ("bash",), "this machine has no zsh"),
        (("--", "zsh"), ("bash",), "this machine has no zsh"),
        (("--", "/usr/bin/bash"), ("bash",), "for /usr/bin/bash"),
        (("alpine", "nosuchcmd"), ("nosuchcmd",), "this machine's own nosuchcmd runs"),
        (("--", "tail"), ("tail",), ""),
    ],
    ids=str,
)
def test_what_runs_instead(words: tuple[str, ...], command: tuple[str, ...], note: str) -> None:
    found = program(*words)
    assert found.command == command
    assert note in found.note
    assert bool(note) == bool(found.note)


@pytest.mark.parametrize(
    ("words", "expose"),
    [
        (("nginx",), ((80, "tcp"),)),
        (("nginx:alpine",), ((80, "tcp"),)),
        (("nginx", "nginx", "-g", "daemon off;"), ((80, "tcp"),)),
        (("redis", "redis-server", "--appendonly", "yes"), ((6379, "tcp"),)),
        (("hashicorp/http-echo", "-text=hi"), ((5678, "tcp"),)),
        (("mysql:8@sha256:" + "0" * 64,), ((3306, "tcp"), (33060, "tcp"))),
    ],
    ids=str,
)
def test_servers(words: tuple[str, ...], expose: tuple[tuple[int, str], ...]) -> None:
    found = program(*words)
    assert (found.stub, found.command, found.expose) == (True, (), expose)
    assert "stub listener answers on" in found.note


def test_images_that_nobody_knows() -> None:
    assert program("my/app", ports=((8000, "tcp"),)).stub
    assert program("my/app", terminal=True).command == ("sh",)
    nothing = program("my/app")
    assert (nothing.command, nothing.stub) == ((), False)
    assert "nothing runs" in nothing.note


def test_entrypoint_and_workdir() -> None:
    assert program("alpine", "-c", "true", entrypoint="sh").command == ("sh", "-c", "true")
    assert program("nginx", entrypoint="sh").command == ("sh",)
    assert program("curlimages/curl", "ping", entrypoint="").command == ("ping",)
    assert program("alpine", "sh", workdir="/tmp").command == ("env", "-C", "/tmp", "sh")


def test_nothing_runs_behind_two_dashes() -> None:
    assert program("--") == Program()


def test_the_table_of_images_is_written_as_images_are() -> None:
    for name in images.IMAGES:
        assert images.find(f"docker.io/{name}:1.2@sha256:{'0' * 64}") is images.IMAGES[name]
        assert images.has_form(f"{name}:latest")


def test_names_for_those_that_have_none() -> None:
    names = {name_of(number) for number in range(10_000)}
    assert len(names) > 2000
    for name in names:
        assert values.container_name(name) == name


def test_places_are_made_of_networks_alone() -> None:
    assert places.read(("e1",)).attachments == (Attachment("e1"),)
    with pytest.raises(TopologyError):
        places.read(("e1",), ip="1.2.3")


@pytest.mark.parametrize(
    ("words", "plain", "ignored"),
    [
        ("-itv /a:/b alpine -v", "-it alpine -v", "--volume"),
        ("-m512m -m 1g --memory=3 --memory 4 --init -dite A=1 x", "-dite A=1 x", "--memory"),
        ("--privileged=true --rm=false -d=true -p80:80 x", "-d -p80:80 x", ""),
        ("--sandbox -- a", "--sandbox=default -- -- a", ""),
        ("--name -v --read-only --pull always q", "--name -v q", "--read-only"),
        ("-ev=1 -hmv x", "-ev=1 -hmv x", ""),
    ],
)
def test_options_as_docker_takes_them(words: str, plain: str, ignored: str) -> None:
    import click

    from nsnet.cli.container_command import plain_words
    from nsnet.cli.ignored import told
    from nsnet.cli.run import run

    ctx = click.Context(run)
    assert " ".join(plain_words(ctx, run, words.split())) == plain
    assert " ".join(told(ctx)) == ignored
