"""Compose files that are wrong: every problem at once, each with its line and its cure."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nsnet.topology.compose import load
from nsnet.topology.model import TopologyError

Complain = Callable[..., list[str]]


@pytest.fixture
def complain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Complain:
    """The problems of a text, as lines without the directory in front."""
    monkeypatch.chdir(tmp_path)

    def complain(text: str | bytes, **options: object) -> list[str]:
        file = Path("c.yaml")
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        with pytest.raises(TopologyError) as caught:
            load(file, **{"project": "lab", "env": {}, **options})  # type: ignore[arg-type]
        assert caught.value.exit_code == 2
        return list(caught.value.problems)

    return complain


def test_all_problems_in_line_order(complain: Complain) -> None:
    problems = complain("""\
services:
  web:
    image: nginx
    networkmode: host
    networks: [frnt]
    ports: ["99999:80"]
  db:
    depends_on: [wbe]
networks:
  front: {driver: brigde}
volume: {}
""")
    assert problems == [
        'c.yaml:4: service web: unknown key "networkmode": did you mean "network_mode"?',
        'c.yaml:5: service web: network "frnt" is not under networks: did you mean "front"?',
        'c.yaml:6: service web: ports: "99999:80": port 99999 does not exist: use 0 to 65535',
        'c.yaml:8: service db: depends_on: no service "wbe": did you mean "web"?',
        'c.yaml:10: network front: driver "brigde" is not known: did you mean "bridge"?',
        'c.yaml:11: the file: unknown key "volume": did you mean "volumes"?',
    ]


SERVICE = "services:\n  web:\n    {}\n  db: {{scale: 1}}\nnetworks:\n  n:\n"
SERVICE += "  b: {{external: true, name: bridge}}\n  m: {{ipam: "
SERVICE += "{{config: [{{subnet: 10.0.0.0/24, aux_addresses: {{a: 10.0.0.9}}}}]}}}}\n"


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("{network_mode: host, networks: [n]}", "keep one of the two"),
        ("{network_mode: hots}", 'did you mean "host"?'),
        ("{network_mode: 'service:dbb'}", 'did you mean "db"?'),
        ("{network_mode: 'service:'}", "names no service"),
        ("{network_mode: 'container:'}", "names no container"),
        ("{network_mode: 'service:db', ports: ['80:80']}", "ports conflicts with network_mode"),
        ("{network_mode: 'container:x', hostname: h}", "hostname conflicts with network_mode"),
        ("{network_mode: 'service:web'}", "web -> web"),
        ("{networks: {n: {ipv4_address: 10.0.0.5}}}", "needs a subnet on network n"),
        ("{networks: {m: {ipv4_address: 10.0.1.5}}}", "is outside 10.0.0.0/24"),
        ("{networks: {m: {ipv4_address: 10.0.0.1}}}", "is reserved"),
        ("{networks: {m: {ipv4_address: 10.0.0.9}}}", "is reserved"),
        ("{networks: {m: {ipv4_address: 10.0.0.255}}}", "is reserved"),
        ("{networks: {b: {ipv4_address: 172.17.0.9}}}", "not to be had on the default bridge"),
        ("{networks: {b: {aliases: [x]}}}", "the default bridge knows no aliases"),
        ("{networks: {m: {ipv6_address: 10.0.0.5}}}", "write an IPv6 address"),
        ("{networks: {m: {ipv4_address: 10.0.0}}}", "write an IPv4 address"),
        ("{scale: 2, networks: {m: {ipv4_address: 10.0.0.5}}}", "is also that of lab-web-1"),
        ("{networks: {n: {mac_address: 'xx'}}}", "write 02:42:ac:11:00:02"),
        ("{networks: {n: {mac_address: '01:00:00:00:00:01'}}}", "is a group address"),
        ("{networks: {n: {alias: x}}}", 'did you mean "aliases"?'),
        ("{networks: [{n: }]}", "write the network's name"),
        ("{ports: '80:80'}", "ports is a single value: write a list"),
        ("{ports: ['80/sctp']}", "use tcp or udp"),
        ("{ports: ['${P}:${P}']}", 'written "${P}:${P}"'),
        ("{ports: [{published: 80}]}", "no target"),
        ("{ports: [{target: 80, publish: 80}]}", 'did you mean "published"?'),
        (
            "{ports: ['8080:80', '127.0.0.1:8080:81']}",
            "host port 8080/tcp is also that of service web",
        ),
        ("{container_name: x, scale: 2}", 'cannot all be "x"'),
        ("{container_name: lab-db-1}", "is also that of service"),
        ("{container_name: -x}", "a letter or digit first"),
        ("{scale: 2, deploy: {replicas: 3}}", "differ: keep one"),
        ("{scale: -1}", "use 0 or more"),
        ("{scale: many}", "is no whole number"),
        ("{depends_on: [web]}", "web -> web"),
        ("{depends_on: {db: {conditions: x}}}", 'did you mean "condition"?'),
        ("{links: ['d:x']}", 'no service "d"'),
        ("{env_file: nope.env}", "No such file"),
        ("{env_file: [{path: nope.env}]}", "No such file"),
        ("{dns: dns.example}", "write an IP address"),
        ("{extra_hosts: [a]}", "write HOST:ADDRESS"),
        ("{extra_hosts: ['a:b']}", "write HOST:ADDRESS"),
        ("{extra_hosts: ['a b:10.0.0.1']}", "write HOST:ADDRESS"),
        ("{hostname: 'a b'}", "write one word"),
        (f"{{hostname: {'h' * 65}}}", "use at most 64 bytes"),
        ('{hostname: "a\\0b"}', 'holds "\\0"'),
        ("{sysctls: [a]}", "has no value"),
        ("{restart: on_failure}", 'did you mean "on-failure"?'),
        ("{command: 'a \"b'}", "close the quote"),
        ("{environment: {A: [1]}}", "A is a list"),
        ("{healthcheck: {intervall: 1s}}", 'did you mean "interval"?'),
        ("{build: {contxt: .}}", 'did you mean "context"?'),
        ("{x-nsnet: {comand: x}}", 'did you mean "command"?'),
        ("{x-nsnet: sh}", "write a mapping"),
        ("{extends: {service: nope}}", 'no service "nope"'),
        ("{extends: {service: x, file: nope.yaml}}", "No such file"),
        ("{extends: web}", "leads back here"),
        ("{hostname: '${H?}'}", "variable H is required"),
        ("{hostname: '${H:?say it}'}", "say it"),
        ("{hostname: 'a$'}", "write $$ for a dollar sign"),
        ("nginx", "write a mapping"),
    ],
)
def test_one_wrong_thing(complain: Complain, body: str, problem: str) -> None:
    problems = complain(SERVICE.format(body))
    assert [p for p in problems if problem in p], problems
    assert all(p.startswith("c.yaml:") and p.split(":")[1].isdigit() for p in problems)


@pytest.mark.parametrize(
    ("network", "problem"),
    [
        ("{ipam: {config: [{subnet: nonsense}]}}", "write ADDRESS/BITS"),
        ("{ipam: {config: [{subnet: 10.0.0.0}]}}", "write ADDRESS/BITS"),
        ("{ipam: {config: [{subnet: 10.0.0.0/31}]}}", "use /30 or wider"),
        ("{ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.1.1}]}}", "outside 10.0.0.0/24"),
        ("{ipam: {config: [{subnet: 10.0.0.0/24, gateway: 10.0.0.0}]}}", "ends the subnet"),
        ("{ipam: {config: [{gateway: 10.0.0.1}]}}", "add the subnet"),
        ("{ipam: {config: [{subnet: 10.0.0.0/24, ip_range: 10.1.0.0/25}]}}", "ip_range"),
        ("{ipam: {config: [{subnet: 10.0.0.0/24}, {subnet: 10.1.0.0/24}]}}", "one too many"),
        ("{ipam: {config: [{subnet: 10.8.0.0/16}]}}", 'overlaps "10.8.1.0/24" of network other'),
        ("{ipam: {confg: []}}", 'did you mean "config"?'),
        ("{driver: host}", "network_mode: host"),
        ("{name: bridge}", "Docker's own"),
        ("{name: 'a b'}", "a letter or digit first"),
        ("{external: {nme: x}}", 'did you mean "name"?'),
        ("{internal: maybe}", "write true or false"),
        ("[a]", "write a mapping"),
    ],
)
def test_wrong_networks(complain: Complain, network: str, problem: str) -> None:
    other = "{ipam: {config: [{subnet: 10.8.1.0/24}]}}"
    text = f"services: {{a: {{networks: [other, n]}}}}\nnetworks:\n  other: {other}\n  n: {network}"
    problems = complain(text)
    assert [p for p in problems if problem in p], problems


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "c.yaml:1: the file is empty: write services: and a service below it"),
        ("# nothing\n", "c.yaml:1: the file is empty: write services: and a service below it"),
        ("- a\n", "c.yaml:1: the file is a list: it must be a mapping, as services: {…}"),
        ("word", "c.yaml:1: the file is a single value: it must be a mapping, as services: {…}"),
        (b"a: \xff", "c.yaml:1: this file: byte 3 is not UTF-8 text: save it as UTF-8"),
        ("a: b\0", "c.yaml:1: this file: holds zero bytes: it is no text"),
        ("a: b\x01", "c.yaml:1: not YAML: control characters are not allowed"),
        ("services: {}", "c.yaml:1: services is empty: write a service below it"),
        ("x: &a [*a]", "c.yaml:1: alias *a: stands inside itself: name another"),
        ("x: *a", "c.yaml:1: alias *a: no &a stands above it: name another"),
        ("a: " + "[" * 5000, "c.yaml:1: nested deeper than 60: flatten it"),
        ("web:\n  image: x", "c.yaml:1: the file has no services: indent the services under "
         "services:"),
        ("servces: {}", 'c.yaml:1: the file has no services: did you mean "services"?'),
    ],
)  # fmt: skip
def test_files_that_are_no_compose_files(complain: Complain, text: str, problem: str) -> None:
    assert complain(text) == [problem]


def test_yaml_errors_name_their_line(complain: Complain) -> None:
    (tab,) = complain("services:\n\tweb:\n")
    assert tab.startswith("c.yaml:2: not YAML:")
    assert "use spaces" in tab
    (twice,) = complain("services:\n  a:\n    image: x\n    image: y\n")
    assert twice == 'c.yaml:4: key "image" stands twice (first in line 3): keep one'
    (key,) = complain("services:\n  a:\n  ? [b]\n  : c\n")
    assert key == "c.yaml:3: a key must be a word: write text before the colon"


def test_aliases_that_unfold_into_millions(complain: Complain) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    (problem,) = complain("\n".join(lines))
    assert "with its aliases spelt out" in problem


def test_errors_steer_no_terminal(complain: Complain) -> None:
    (problem,) = complain('services: {a: {"\\e[2J\\n\\u202e": 1}}')
    assert problem.isprintable()


def test_missing_files(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match="No such file or directory: check the path"):
        load(tmp_path / "nope.yaml", env={})
    with pytest.raises(TopologyError, match="Is a directory"):
        load(tmp_path, env={})
    with pytest.raises(TopologyError, match="name one with -f FILE"):
        load([], env={})


def test_one_missing_env_file_is_one_problem(complain: Complain) -> None:
    text = "services: {a: {env_file: .envx}, b: {env_file: [.envx]}}"
    assert len(complain(text)) == 1


def test_circles(complain: Complain) -> None:
    (problem,) = complain("""\
services:
  a: {depends_on: [b]}
  b: {links: [c]}
  c: {network_mode: 'service:a'}
  d: {depends_on: [a]}
""")
    assert "a -> b -> c -> a" in problem
    assert len(complain("services: {a: {links: [b]}, b: {links: [a]}, c: {links: [c]}}")) == 2


def test_asleep_services_name_their_profile(complain: Complain) -> None:
    (problem,) = complain("services: {a: {depends_on: [b]}, b: {profiles: [debug]}}")
    assert problem.endswith('service "b" is not started: add --profile debug')


def test_given_project_names_are_checked(complain: Complain) -> None:
    (problem,) = complain("services: {a: }", project="My Lab")
    assert 'project name "My Lab"' in problem
    assert 'as "mylab"' in problem


def test_unknown_service_to_scale(complain: Complain) -> None:
    (problem,) = complain("services: {web: }", scale={"wbe": 2})
    assert problem == 'c.yaml:1: scale: no service "wbe": did you mean "web"?'
