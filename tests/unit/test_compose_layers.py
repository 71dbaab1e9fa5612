"""Several files: overrides, include, extends, anchors, variables and .env."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from nsnet.topology.compose import load
from nsnet.topology.model import Container, Port, Topology, TopologyError

Read = Callable[..., Topology]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Write the files of a mapping and load the first, or those named in `files`."""
    monkeypatch.chdir(tmp_path)

    def read(tree: dict[str, str], files: int = 1, **options: object) -> Topology:
        for name, text in tree.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text)
        paths = [Path(name) for name in tree][:files]
        return load(paths, **{"project": "lab", "env": {}, **options})  # type: ignore[arg-type]

    return read


def service(topology: Topology, name: str) -> Container:
    return next(c for c in topology.containers if c.service == name)


def test_override_rules(read: Read) -> None:
    topology = read(
        {
            "a.yaml": """
                services:
                  web:
                    command: [one]
                    hostname: a
                    environment: [A=1, B=1]
                    labels: {x: 1}
                    ports: ["80:80"]
                    dns: 1.1.1.1
                    networks: [front]
                    extra_hosts: {h: 10.0.0.1}
                    depends_on: [db]
                  db:
                networks:
                  front: {ipam: {config: [{subnet: 10.1.0.0/24}]}}
            """,
            "b.yaml": """
                services:
                  web:
                    command: [two]
                    hostname: b
                    environment: {B: 2, C: 3}
                    labels: [y=2]
                    ports: ["81:81", "80:80/tcp"]
                    dns: [8.8.8.8]
                    networks: {back: {aliases: [w]}}
                    extra_hosts: ["g:10.0.0.2"]
                    depends_on: {cache: {condition: service_started}}
                  cache:
                networks:
                  front: {ipam: {config: [{subnet: 10.1.0.0/24, gateway: 10.1.0.9}]}}
                  back:
            """,
        },
        files=2,
    )
    web = service(topology, "web")
    assert (web.command, web.hostname) == (("two",), "b")
    assert web.environment == (("A", "1"), ("B", "2"), ("C", "3"))
    assert web.labels == (("x", "1"), ("y", "2"))
    assert web.ports == (Port(80, 80), Port(81, 81))
    assert web.dns == ("1.1.1.1", "8.8.8.8")
    assert [a.network for a in web.attachments] == ["lab_back", "lab_front"]
    assert web.extra_hosts == (("h", "10.0.0.1"), ("g", "10.0.0.2"))
    assert web.depends_on == ("lab-db-1", "lab-cache-1")
    assert next(n for n in topology.networks if n.key == "front").pools[0].gateway == "10.1.0.9"


def test_reset_and_override(read: Read) -> None:
    topology = read(
        {
            "a.yaml": "services: {web: {ports: ['80:80'], dns: 1.1.1.1, hostname: a}, gone: }",
            "b.yaml": """
                services:
                  web: {ports: !override ["81:81"], dns: !reset null, hostname: !reset ""}
                  gone: !reset null
            """,
        },
        files=2,
    )
    (web,) = topology.containers
    assert (web.ports, web.dns, web.hostname) == ((Port(81, 81),), (), "")


def test_documents_of_one_file_merge(read: Read) -> None:
    topology = read({"a.yaml": "services: {a: {hostname: x}}\n---\nservices: {a: {hostname: y}}"})
    assert topology.containers[0].hostname == "y"


def test_anchors_and_merge_keys(read: Read) -> None:
    topology = read(
        {
            "a.yaml": """
                x-a: &a {hostname: a, domainname: a, environment: &env {E: 1}}
                x-b: &b {hostname: b, restart: always}
                services:
                  one: {<<: *a, hostname: own}
                  two: {<<: [*a, *b]}
                  three:
                    <<: *b
                    environment:
                      <<: *env
                      F: 2
            """
        }
    )
    one, two, three = topology.containers
    assert (one.hostname, one.domainname) == ("own", "a")
    assert (two.hostname, two.restart) == ("a", "always")
    assert three.environment == (("E", "1"), ("F", "2"))


def test_variables(read: Read) -> None:
    topology = read(
        {
            "c.yaml": """
                services:
                  a:
                    environment:
                      - A=$A
                      - B=${B:-b}-${A-no}
                      - C=${EMPTY:-full}${EMPTY-no}
                      - D=${A:+set}${B+set}
                      - E=${B:-${A:-x}y}
                      - F=$$A $${A}
                      - G=${UNSET}
                      - H={"x":${A}}
                      - I=${J:-{"k":"v"}}
                      - PASSED
                      - ABSENT
                    ports: ["${PORT}:80"]
            """,
            ".env": """
                # comment
                export A=fromfile # more
                EMPTY=
                PORT='80${A}' """
            + "\nPORT=\"80${A2:-81}\"\nA2=late\nMULTI='a\nb'\nPASSED: yes\n",
        },
        env={"A": "shell"},
    )
    (a,) = topology.containers
    assert dict(a.environment) == {
        "A": "shell",
        "B": "b-shell",
        "C": "full",
        "D": "set",
        "E": "shelly",
        "F": "$A ${A}",
        "G": "",
        "H": '{"x":shell}',
        "I": '{"k":"v"}',
        "PASSED": "yes",
    }
    assert a.ports == (Port(80, 8081),)
    assert topology.notes == ("these variables are not set and count as empty: UNSET",)


def test_unset_variables_leave_settings_out(read: Read) -> None:
    topology = read(
        {
            "c.yaml": """
                services:
                  a:
                    container_name: ${N}
                    hostname: ${N}
                    dns: [$N]
                    extra_hosts: ["h:${N}"]
                    ports: ["${N}:80", {target: 81, published: $N}]
                    networks: {default: {ipv4_address: $N, mac_address: $N}}
                networks: {default: {driver: $N, name: $N, ipam: {config: [{subnet: $N}]}}}
            """
        }
    )
    (a,) = topology.containers
    assert (a.name, a.dns, a.extra_hosts) == ("lab-a-1", (), ())
    assert a.ports == (Port(80), Port(81))
    assert topology.networks[0].pools == ()


def test_env_files(read: Read) -> None:
    topology = read(
        {
            "sub/c.yaml": """
                services:
                  a:
                    env_file: [one.env, {path: two.env, format: raw}, {path: no, required: false}]
                    environment: {C: own}
            """,
            "sub/one.env": "A=1\nB=${A}2\nC=file\n",
            "sub/two.env": "# raw\nD='${A}'\n",
        }
    )
    assert topology.containers[0].environment == (
        ("A", "1"),
        ("B", "12"),
        ("C", "own"),
        ("D", "'${A}'"),
    )


def test_extends(read: Read) -> None:
    topology = read(
        {
            "c.yaml": """
                services:
                  web: {extends: base, hostname: web}
                  base: {extends: {file: lib/common.yaml, service: app}, environment: [B=2]}
                networks: {front: }
            """,
            "lib/common.yaml": """
                services:
                  app: {extends: {service: root}, env_file: app.env, expose: [80]}
                  root: {hostname: root, domainname: d, networks: [front]}
            """,
            "lib/app.env": "A=1\n",
        }
    )
    web = service(topology, "web")
    assert (web.hostname, web.domainname, web.expose) == ("web", "d", ((80, "tcp"),))
    assert web.environment == (("A", "1"), ("B", "2"))
    assert service(topology, "base").hostname == "root"


def test_extends_circles_end(read: Read) -> None:
    with pytest.raises(TopologyError, match="leads back here"):
        read({"c.yaml": "services: {a: {extends: b}, b: {extends: a}}"})
    chain = ", ".join(f"s{i}: {{extends: s{i + 1}}}" for i in range(2000))
    with pytest.raises(TopologyError, match="leads back here"):
        read({"c.yaml": f"services: {{{chain}, s2000: }}"})


def test_include(read: Read) -> None:
    topology = read(
        {
            "c.yaml": """
                include:
                  - db/compose.yaml
                  - path: [mq/a.yaml, mq/b.yaml]
                    project_directory: mq
                    env_file: mq/x.env
                services: {web: {depends_on: [db, mq], networks: [shared]}}
            """,
            "db/compose.yaml": """
                services: {db: {env_file: db.env, hostname: $H, networks: [shared]}}
                networks: {shared: }
            """,
            "db/db.env": "A=1",
            "db/.env": "H=dbhost",
            "mq/a.yaml": "services: {mq: {hostname: one, domainname: $D}}",
            "mq/b.yaml": "services: {mq: {hostname: two}}",
            "mq/x.env": "D=dom",
        }
    )
    db, mq = service(topology, "db"), service(topology, "mq")
    assert (db.hostname, db.environment) == ("dbhost", (("A", "1"),))
    assert (mq.hostname, mq.domainname) == ("two", "dom")
    assert service(topology, "web").attachments[0].network == "lab_shared"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("include: [other.yaml]\nservices: {db: {hostname: x}}", "rename one of them"),
        ("include: [c.yaml]\nservices: {a: }", "it includes itself"),
        ("include: [nope.yaml]\nservices: {a: }", 'c.yaml:1: file "nope.yaml": cannot read it'),
        ("include: ['https://x/y.yaml']\nservices: {a: }", "download it first"),
        ("include: [{pth: x}]\nservices: {a: }", 'did you mean "path"?'),
        ("include: other.yaml\nservices: {a: }", "write a list"),
    ],
)
def test_includes_that_fail(read: Read, text: str, problem: str) -> None:
    with pytest.raises(TopologyError) as caught:
        read({"c.yaml": text, "other.yaml": "services: {db: {hostname: y}}"})
    assert problem in str(caught.value)


def test_what_is_included_twice_alike_is_no_conflict(read: Read) -> None:
    same = "networks: {n: {driver: bridge}}\nservices: {}"
    topology = read(
        {
            "c.yaml": "include: [a/x.yaml, b/x.yaml]\nservices: {w: {networks: [n]}}",
            "a/x.yaml": same,
            "b/x.yaml": same,
        }
    )
    assert topology.networks[0].name == "lab_n"


def test_wrong_lines_of_env_files_are_named(read: Read) -> None:
    with pytest.raises(TopologyError, match=r'\.env:2: "=x" is no assignment: write NAME=value'):
        read({"c.yaml": "services: {a: }", ".env": "A=1\n=x\nB=2\n"})


def test_includes_that_double_end(read: Read) -> None:
    tree = {f"{i}.yaml": f"include: [{i + 1}.yaml, ./x/../{i + 1}.yaml]" for i in range(40)}
    with pytest.raises(TopologyError, match="use fewer"):
        read({**tree, "40.yaml": "services: {a: }"})


def test_a_closing_line_is_no_document(read: Read) -> None:
    assert len(read({"c.yaml": "---\nservices: {a: }\n---\n"}).containers) == 1
