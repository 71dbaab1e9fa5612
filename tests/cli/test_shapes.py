"""inspect, ps, port, network ls and events: Docker's shapes, compared with recordings."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.cli.terminal import COMMAND, ROOT, down, environment, nsnet

RECORDED = Path(__file__).parents[1] / "docker"
CONTAINER = json.loads((RECORDED / "templates.json").read_text(encoding="utf-8"))["object"]
NETWORKS = {
    each["Name"]: each
    for each in json.loads((RECORDED / "networks.json").read_text(encoding="utf-8"))
}
del CONTAINER["NetworkSettings"]["Networks"]["h3int"]  # joined later: null is {} there
#: Whose keys are names of the user's.
_OPEN = {"Labels", "Sysctls", "Ports", "PortBindings", "ExposedPorts", "Networks", "Containers"}
#: What nothing here stands for may be empty.
_EMPTY = {"MaskedPaths", "ReadonlyPaths", "Image"}


def shape(value: Any, name: str = "") -> Any:
    """Keys in their order, and types; of maps with keys of the user's and of lists, one value."""
    if name in _EMPTY:
        return type(value).__name__
    if isinstance(value, dict):
        if name in _OPEN:
            return {"*": shape(next(iter(value.values())))} if value else {}
        return [(key, shape(each, key)) for key, each in value.items()]
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def told(*words: str) -> str:
    """stdout of a command that has to work."""
    done = nsnet(*words)
    assert done.code == 0, done.err
    return done.out.rstrip("\n")


def inspected(*words: str) -> Any:
    """The first thing that an inspect prints."""
    return json.loads(told(*words))[0]


def web(*more: str) -> str:
    """Run a container as the recorded one was run; its id."""
    return told(
        *(
            "run",
            "-d",
            "--name",
            "web",
            "--hostname",
            "web.example.org",
            "--domainname",
            "dom.test",
        ),
        *("-p", "18080:80", "-p", "127.0.0.1:18081:80", "-p", "15353:53/udp", "--expose", "99"),
        *("--network", "front", "--network-alias", "www", "-l", "x=y", "-e", "FOO=bar"),
        *("--dns", "10.255.255.53", "--dns-search", "ex.org", "--dns-opt", "ndots:1"),
        *("--add-host", "foo:1.2.3.4", "--sysctl", "net.ipv4.ip_forward=0"),
        *("--restart", "on-failure:3", *more, "--", "sleep", "100000"),
    )


@pytest.mark.usefixtures("host")
def test_a_container_has_dockers_fields() -> None:
    told("network", "create", "front")
    id = web()
    found = inspected("inspect", "web")
    assert shape(found) == shape(CONTAINER)
    assert (found["Id"], found["Name"], found["Path"]) == (id, "/web", "sleep")
    assert found["HostConfig"]["NetworkMode"] == "front"
    assert found["HostConfig"]["PortBindings"] == CONTAINER["HostConfig"]["PortBindings"]
    assert found["HostConfig"]["RestartPolicy"] == CONTAINER["HostConfig"]["RestartPolicy"]
    for key in ("Dns", "DnsSearch", "DnsOptions", "ExtraHosts", "Sysctls"):
        assert found["HostConfig"][key] == CONTAINER["HostConfig"][key]
    assert found["Config"]["ExposedPorts"] == CONTAINER["Config"]["ExposedPorts"]
    network = found["NetworkSettings"]
    assert network["Ports"]["99/tcp"] is None
    assert {"HostIp": "127.0.0.1", "HostPort": "18081"} in network["Ports"]["80/tcp"]
    assert network["SandboxKey"] == "/run/netns/web"
    assert network["IPAddress"] == network["EndpointID"] == ""  # the default bridge's alone
    plug = network["Networks"]["front"]
    assert plug["Aliases"] == ["www", id[:12], "web.example.org"]
    assert (plug["IPAddress"], plug["Gateway"]) == ("172.18.0.2", "172.18.0.1")
    assert plug["MacAddress"] == "02:42:ac:12:00:02"
    net = inspected("network", "inspect", "front")
    assert plug["NetworkID"] == net["Id"]
    assert net["Containers"][id]["EndpointID"] == plug["EndpointID"]
    inside = told("exec", "web", "--", "readlink", "/proc/self/ns/net")
    pid = found["State"]["Pid"]
    assert Path(f"/proc/{pid}/ns/net").readlink() == Path(inside)
    assert told("inspect", "-f", "{{.State.Pid}}", id[:5]) == str(pid)
    told("rm", "-f", "web")
    told("network", "rm", "front")


@pytest.mark.usefixtures("host")
def test_states_and_modes() -> None:
    told("run", "-d", "--name", "first", "--", "sleep", "1000")
    told("run", "-d", "--name", "joined", "--network", "container:first", "--", "sleep", "1000")
    told("run", "-d", "--name", "on-host", "--network", "host", "--", "sleep", "1000")
    told("run", "-d", "--name", "alone", "--network", "none", "--", "sleep", "1000")
    told("create", "--name", "made", "-it", "--", "sh")
    first = inspected("inspect", "first")
    bridge = first["NetworkSettings"]["Networks"]["bridge"]
    assert first["HostConfig"]["NetworkMode"] == "default"
    assert bridge["Aliases"] is None
    for key in ("IPAddress", "Gateway", "MacAddress", "EndpointID", "IPPrefixLen"):
        assert first["NetworkSettings"][key] == bridge[key] != ""
    joined = inspected("inspect", "joined")
    assert joined["HostConfig"]["NetworkMode"] == f"container:{first['Id']}"
    assert joined["NetworkSettings"]["Networks"] == {}
    for name, mode in (("on-host", "host"), ("alone", "none")):
        networks = inspected("inspect", name)["NetworkSettings"]["Networks"]
        assert list(networks) == [mode]
        assert networks[mode]["IPAddress"] == ""
        assert len(inspected("network", "inspect", mode)["Containers"]) == 1
    made = inspected("inspect", "made")
    assert (made["State"]["Status"], made["State"]["Pid"]) == ("created", 0)
    assert made["NetworkSettings"]["Networks"]["bridge"]["NetworkID"] == ""
    told("pause", "first")
    assert told("inspect", "-f", "{{.State.Status}} {{.State.Paused}}", "first") == "paused true"
    assert "(Paused)" in told("ps", "-f", "status=paused")
    told("unpause", "first")
    told("stop", "-t", "0", "first")
    stopped = inspected("inspect", "first")
    assert (stopped["State"]["Status"], stopped["State"]["ExitCode"]) == ("exited", 137)
    assert stopped["State"]["FinishedAt"] > stopped["State"]["StartedAt"]
    assert stopped["NetworkSettings"]["Networks"]["bridge"]["IPAddress"] == ""
    states = told("ps", "-a", "--format", "{{.Names}} {{.State}}").splitlines()
    assert states == [
        *("made created", "alone running", "on-host running", "joined running", "first exited"),
    ]
    assert told("ps", "-l", "--format", "{{.Names}}") == "made"
    assert told("ps", "-a", "-f", "exited=137", "--format", "{{.Names}}") == "first"
    down()


@pytest.mark.usefixtures("host")
def test_networks() -> None:
    ids = told("network", "ls", "--no-trunc", "-q").split()
    assert told("network", "ls", "--format", "{{.Name}} {{.Driver}}").splitlines() == [
        *("bridge bridge", "host host", "none null"),
    ]
    bridge = inspected("network", "inspect", "bridge")
    assert bridge["IPAM"]["Config"] == NETWORKS["bridge"]["IPAM"]["Config"]
    told("network", "create", "--label", "a=1", "--label", "b=two", "front")
    told("network", "create", "--internal", "--subnet", "10.9.0.5/24", "back")
    assert [
        each for each in told("network", "ls", "--no-trunc", "-q").split() if each in ids
    ] == ids
    rows = told("network", "ls").splitlines()
    assert rows[0].split() == ["NETWORK", "ID", "NAME", "DRIVER", "SCOPE"]
    assert [row.split()[1] for row in rows[1:]] == ["back", "bridge", "front", "host", "none"]
    told("run", "-d", "--name", "web", "--network", "front", "--", "sleep", "1000")
    found = inspected("network", "inspect", "front")
    assert shape(found) == shape(NETWORKS["h3net"])
    assert shape(inspected("network", "inspect", "none")) == shape(
        {**NETWORKS["none"], "Containers": {}}
    )
    assert found["Labels"] == {"a": "1", "b": "two"}
    back = told("network", "inspect", "-f", "{{.Internal}} {{json .IPAM.Config}}", "back")
    assert back == 'true [{"Subnet":"10.9.0.5/24","Gateway":"10.9.0.1"}]'
    for words, names in (
        (("driver=bridge",), "back bridge front"),
        (("type=builtin", "name=o"), "host none"),
        (("label=a=1",), "front"),
        (("dangling=true",), "back"),
        (("name=^b", "type=custom"), "back"),
    ):
        flags = [word for each in words for word in ("-f", each)]
        assert told("network", "ls", *flags, "--format", "{{.Name}}").split() == names.split()
    assert told("network", "inspect", "-f", "{{.Name}}", found["Id"][:6]) == "front"
    told("rm", "-f", "web")
    told("network", "rm", "front", "back")


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("network inspect nosuch", 1, "No such network: nosuch"),
        ("inspect nosuch", 1, "No such object: nosuch"),
        ("inspect --type container bridge", 1, "No such container: bridge"),
        ("inspect --type foo bridge", 1, '"foo" is not a valid value for --type'),
        ("inspect -f {{.Name bridge", 64, "template parsing error: template: :1: unclosed action"),
        ("inspect -f {{.Nope}} bridge", 1, 'map has no entry for key "Nope"'),
        ("network inspect", 1, "missing argument"),
        ("inspect", 1, "missing argument"),
        ("ps -f nope", 125, "bad format of filter (expected name=value)"),
        ("ps -f foo=bar", 1, "Invalid filter 'foo'"),
        ("ps -f ancestor=alpine", 1, "there are no images here"),
        ("ps -f status=nope", 1, "Invalid filter 'status=nope'"),
        ("ps -n x", 125, "'x' is not a valid integer"),
        ("ps --format {{.Nope", 1, "template parsing error"),
        ("network ls -f foo=bar", 1, "Invalid filter 'foo'"),
        ("network ls -f type=x", 1, "invalid filter: 'type'='x'"),
        ("network ls -f dangling=x", 1, "invalid value for filter 'dangling'"),
        ("network ls x", 1, "unexpected extra argument"),
        ("port nosuch", 1, "No such container: nosuch"),
        ("port nosuch foo", 1, "'foo' is not a port"),
        ("events --since abc", 1, 'failed to parse value as time or duration: "abc"'),
        ("events --since 5 --until 4", 1, "cannot be after"),
        ("events --format {{.Nop --until 5", 64, "template: :1: unclosed action"),
    ],
)
@pytest.mark.usefixtures("host")
def test_what_is_wrong(line: str, code: int, said: str) -> None:
    done = nsnet(*line.split(" "))
    assert (done.code, len(done.faults)) == (code, 1), done.err
    assert said in done.faults[0]
    assert done.out in ("", "[]\n")


#: What may be told of besides.
_MORE = {"container stop api", "container kill api"}


@contextmanager
def watching(*words: str) -> Iterator[subprocess.Popen[str]]:
    """``nsnet events``, which has begun to look."""
    form = "{{.Type}} {{.Action}} {{.Actor.Attributes.name}}"
    with subprocess.Popen(
        [*COMMAND, "events", "--format", form, *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    ) as process:
        limit = time.monotonic() + 20
        while not list(Path("/run/nsnet").glob("*.events")) and time.monotonic() < limit:
            time.sleep(0.02)
        try:
            yield process
        finally:
            process.terminate()


@pytest.mark.usefixtures("host")
def test_events() -> None:
    told("network", "create", "old")  # of what has been before is not told
    with watching() as process:
        told("network", "create", "front")
        told("run", "-d", "--name", "web", "--network", "front", "--", "sleep", "1000")
        told("network", "connect", "old", "web")
        told("rename", "web", "api")
        told("stop", "-t", "0", "api")
        told("rm", "api")
        told("network", "rm", "front", "old")
        expected = [
            *("network create front", "container create web", "network connect front"),
            *("container start web", "network connect old", "container rename api"),
            *("container die api", "network disconnect front", "network disconnect old"),
            *("container destroy api", "network destroy front", "network destroy old"),
        ]
        assert process.stdout
        found: list[str] = []
        while len(found) < len(expected):
            line = process.stdout.readline().strip()
            if line not in _MORE:
                found.append(line)
        assert found == expected
    assert process.wait() == 130


@pytest.mark.usefixtures("host")
def test_events_of_the_past() -> None:
    told("network", "create", "front")
    told("create", "--name", "web", "-l", "x=1", "--", "true")
    (line,) = told("events", "--since", "1h", "--until", "0s", "-f", "type=network").splitlines()
    front = inspected("network", "inspect", "front")["Id"]
    assert line.split(" ", 1)[1] == f"network create {front} (name=front, type=bridge)"
    words = ("events", "--since", "1h", "--until", "0s", "-f", "label=x=1", "--format", "json")
    event = json.loads(told(*words))
    assert (event["status"], event["Type"], event["Action"]) == ("create", "container", "create")
    assert event["Actor"]["Attributes"]["name"] == "web"
    assert nsnet("events", "--until", "0s").out == ""
    told("rm", "web")
    told("network", "rm", "front")
