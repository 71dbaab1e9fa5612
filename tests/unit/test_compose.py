"""Compose files that are right: what a topology makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from nsnet import demos
from nsnet.topology.compose import find, keys, load
from nsnet.topology.model import Attachment, Container, Link, Pool, Port, Topology

Read = Callable[..., Topology]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Load a text as the compose file of a project called `lab`."""

    def read(text: str, **options: object) -> Topology:
        file = tmp_path / "compose.yaml"
        file.write_text(text)
        return load(file, **{"project": "lab", "env": {}, **options})  # type: ignore[arg-type]

    return read


def only(topology: Topology) -> Container:
    assert len(topology.containers) == 1
    return topology.containers[0]


def test_a_service_joins_the_implicit_network(read: Read) -> None:
    topology = read("services: {web: {image: nginx, ports: ['8080:80']}}")
    assert topology.name == "lab"
    assert [n.name for n in topology.networks] == ["lab_default"]
    web = only(topology)
    assert (web.name, web.service, web.mode, web.stub) == ("lab-web-1", "web", "bridge", True)
    assert web.attachments == (Attachment("lab_default", aliases=("web",)),)
    assert web.ports == (Port(80, 8080),)


def test_only_networks_in_use_are_made(read: Read) -> None:
    topology = read("""
        services: {web: {networks: [front, back]}}
        networks: {back: , unused: , front: {name: shop-front}}
    """)
    assert [n.name for n in topology.networks] == ["lab_back", "shop-front"]
    assert [a.network for a in only(topology).attachments] == ["lab_back", "shop-front"]


def test_networks_with_wishes(read: Read) -> None:
    topology = read("""
        services:
          web:
            networks:
              low: {priority: 1}
              top:
                priority: 10
                aliases: [www, www]
                ipv4_address: 172.30.0.9
                ipv6_address: FD00::9
                mac_address: 02-42-AC-1E-00-09
                gw_priority: 1
                link_local_ips: [169.254.8.8]
                interface_name: front0
                driver_opts: {x: 1}
        networks:
          low:
          top: {ipam: {config: [{subnet: 172.30.0.0/16}, {subnet: "fd00::/64"}]}, enable_ipv6: on}
    """)
    top = only(topology).attachments[0]
    assert top.network == "lab_top"
    assert top.aliases == ("web", "www")
    assert (top.ipv4, top.ipv6, top.mac) == ("172.30.0.9", "fd00::9", "02:42:ac:1e:00:09")
    assert (top.gw_priority, top.link_local_ips) == (1, ("169.254.8.8",))
    assert top.options == (("x", "1"), ("com.docker.network.endpoint.ifname", "front0"))
    assert topology.networks[1].enable_ipv6


def test_network_settings(read: Read) -> None:
    topology = read("""
        services: {web: {networks: [a]}}
        networks:
          a:
            driver: macvlan
            driver_opts: {parent: eth0, com.docker.network.driver.mtu: 1400}
            internal: "true"
            labels: [team=red]
            ipam:
              driver: default
              config:
                - subnet: 172.30.0.5/16
                  ip_range: 172.30.5.0/24
                  gateway: 172.30.5.254
                  aux_addresses: {nas: 172.30.1.5}
    """)
    network = topology.networks[0]
    assert (network.driver, network.internal) == ("macvlan", True)
    assert network.option("com.docker.network.driver.mtu") == "1400"
    assert network.labels == (("team", "red"),)
    assert network.pools == (
        Pool("172.30.0.0/16", "172.30.5.254", "172.30.5.0/24", (("nas", "172.30.1.5"),)),
    )


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("none", ("none", "", ())),
        ("host", ("host", "", ())),
        ("bridge", ("bridge", "", ("bridge",))),
        ("default", ("bridge", "", ("bridge",))),
        ("container:other", ("container", "other", ())),
        ("elsewhere", ("bridge", "", ("elsewhere",))),
    ],
)
def test_network_mode(read: Read, mode: str, expected: tuple[object, ...]) -> None:
    web = only(read(f"services: {{web: {{network_mode: '{mode}'}}}}"))
    assert (web.mode, web.share, tuple(a.network for a in web.attachments)) == expected


def test_service_mode_shares_the_first_replica(read: Read) -> None:
    topology = read("""
        services:
          side: {network_mode: "service:web"}
          web: {scale: 2}
    """)
    names = [c.name for c in topology.containers]
    assert names == ["lab-web-1", "lab-web-2", "lab-side-1"]
    assert topology.containers[2].share == "lab-web-1"


def test_predefined_networks_by_name(read: Read) -> None:
    topology = read("""
        services:
          a: {networks: [h]}
          b: {networks: {own: , old: }}
          c: {networks: [n]}
        networks:
          h: {driver: host, name: host, external: true}
          n: {external: {name: none}}
          old: {external: true, name: bridge}
          own:
    """)
    a, b, c = topology.containers
    assert (a.mode, c.mode) == ("host", "none")
    assert [x.network for x in b.attachments] == ["bridge", "lab_own"]
    assert b.attachments[0].aliases == ()
    assert [(n.name, n.external) for n in topology.networks] == [
        ("bridge", False),
        ("lab_own", False),
    ]


def test_external_networks(read: Read) -> None:
    topology = read("""
        services: {a: {networks: {x: {ipv4_address: 10.0.0.9}, y: , z: }}}
        networks: {x: {external: true}, y: {external: {name: real}}, z: {external: "false"}}
    """)
    assert {n.name: n.external for n in topology.networks} == {
        "x": True,
        "real": True,
        "lab_z": False,
    }


def test_host_mode_drops_published_ports_and_says_so(read: Read) -> None:
    topology = read("services: {web: {network_mode: host, ports: ['8080:80'], expose: [53/udp]}}")
    web = only(topology)
    assert web.ports == ()
    assert web.expose == ((53, "udp"), (80, "tcp"))
    assert web.stub
    assert topology.notes == ("published ports have no effect in mode host or none: web",)


def test_ports_long_short_and_twice(read: Read) -> None:
    web = only(
        read("""
        services:
          web:
            expose: [3306, "33060-33061", 3306]
            ports:
              - 22:22
              - 80
              - "80:80/tcp"
              - "80:80"
              - {target: "53", published: 5353, protocol: udp, host_ip: 127.0.0.1, mode: host}
              - {target: 90, name: web, app_protocol: http, x-note: 1}
        """)
    )
    assert web.expose == ((3306, "tcp"), (33060, "tcp"), (33061, "tcp"))
    assert web.ports == (
        Port(22, 22),
        Port(80),
        Port(80, 80),
        Port(53, 5353, "udp", "127.0.0.1"),
        Port(90),
    )


def test_names_and_resolution(read: Read) -> None:
    topology = read("""
        services:
          web:
            container_name: front
            hostname: www
            domainname: example.test
            dns: 1.1.1.1
            dns_search: [a.test, a.test, b.test]
            dns_opt: [ndots:1]
            extra_hosts: ["a:10.0.0.1", "b=fd00::1", "c:[::1]", "gw:host-gateway"]
            sysctls: [net.core.somaxconn=1024]
            links: [db, "db:store"]
            restart: no
            labels: {a: 1, b: }
          db: {scale: 2, sysctls: {net.ipv4.ip_forward: 1}, extra_hosts: {x: [10.0.0.1, 10.0.0.2]}}
    """)
    web = topology.container("front")
    assert web
    assert (web.hostname, web.domainname, web.dns) == ("www", "example.test", ("1.1.1.1",))
    assert (web.dns_search, web.dns_opt) == (("a.test", "b.test"), ("ndots:1",))
    assert web.extra_hosts == (
        ("a", "10.0.0.1"),
        ("b", "fd00::1"),
        ("c", "::1"),
        ("gw", "host-gateway"),
    )
    assert web.links == tuple(
        Link(f"lab-db-{n}", alias) for alias in ("db", "store") for n in (1, 2)
    )
    assert web.labels == (("a", "1"), ("b", ""))
    assert (web.restart, web.sysctls) == ("no", (("net.core.somaxconn", "1024"),))
    db = topology.containers[0]
    assert db.extra_hosts == (("x", "10.0.0.1"), ("x", "10.0.0.2"))
    assert db.sysctls == (("net.ipv4.ip_forward", "1"),)


def test_start_order_is_stable_and_after_dependencies(read: Read) -> None:
    topology = read("""
        services:
          web: {depends_on: {db: {condition: service_healthy}, gone: {required: false}}}
          free:
          api: {links: [web]}
          db:
    """)
    assert [c.service for c in topology.containers] == ["free", "db", "web", "api"]
    assert topology.container("lab-web-1").depends_on == ("lab-db-1",)  # type: ignore[union-attr]


@pytest.mark.parametrize("key", ["scale: 3", "deploy: {replicas: '3'}"])
def test_replicas(read: Read, key: str) -> None:
    topology = read(f"services: {{web: {{{key}, ports: ['80', '8000-8002:81']}}}}")
    assert [c.name for c in topology.containers] == ["lab-web-1", "lab-web-2", "lab-web-3"]
    assert [len(c.ports) for c in topology.containers] == [2, 2, 2]
    assert len(read(f"services: {{web: {{{key}}}}}", scale={"web": 1}).containers) == 1


def test_a_host_port_goes_to_the_first_replica(read: Read) -> None:
    topology = read("services: {web: {deploy: {replicas: 3}, ports: ['8080-8081:80', '90:90']}}")
    assert [len(c.ports) for c in topology.containers] == [2, 1, 0]
    assert topology.containers[2].expose == ((80, "tcp"), (90, "tcp"))
    assert "first of several" in topology.notes[-1]


def test_sysctls_of_other_subsystems_are_noted(read: Read) -> None:
    topology = read("services: {a: {sysctls: {kernel.shmmax: 1, net.core.somaxconn: 99}}}")
    assert topology.notes == ("only net.* sysctls are set, not these: kernel.shmmax",)


def test_no_replica_is_no_obstacle(read: Read) -> None:
    topology = read("services: {a: {depends_on: [b], links: [b]}, b: {deploy: {replicas: 0}}}")
    assert [c.service for c in topology.containers] == ["a"]


def test_profiles(read: Read) -> None:
    text = "services: {a: , b: {profiles: [debug]}, c: {profiles: [test, debug]}}"
    topology = read(text)
    assert [c.service for c in topology.containers] == ["a"]
    assert topology.notes == ("not started without their profile: b (debug), c (test, debug)",)
    assert len(read(text, profiles=["test"]).containers) == 2
    assert len(read(text, profiles=["*"]).containers) == 3
    assert len(read(text, env={"COMPOSE_PROFILES": "x, debug"}).containers) == 3


def test_commands(read: Read) -> None:
    topology = read("""
        services:
          own: {command: sleep "1 2", entrypoint: [env, -i], expose: [80]}
          image: {image: nginx, command: nginx -g x, expose: [80]}
          both: {image: nginx, expose: [80], x-nsnet: {command: python3 -m http.server}}
          quiet: {image: nginx}
    """)
    commands = {c.service: (c.command, c.stub) for c in topology.containers}
    assert commands == {
        "own": (("env", "-i", "sleep", "1 2"), False),
        "image": ((), True),
        "both": (("python3", "-m", "http.server"), False),
        "quiet": ((), False),
    }
    assert topology.notes == ("without images these keys have no effect: command, image (4 uses)",)
    assert not any(c.stub for c in read("services: {a: {expose: [80]}}", stub=False).containers)


def test_one_note_for_all_that_has_no_effect(read: Read) -> None:
    topology = read("""
        version: "3.8"
        services:
          a: {build: ., volumes: [data:/x], mem_limit: 1g, deploy: {replicas: 1, resources: {}}}
          b: {image: x, volumes: [data:/x], log_driver: none}
        volumes: {data: }
        secrets: {s: {file: ./s}}
        x-anything: [goes]
    """)
    assert topology.notes == (
        "without images these keys have no effect: build, deploy.resources, image, log_driver, "
        "mem_limit, secrets, volumes (9 uses)",
    )


def test_tries(read: Read) -> None:
    topology = read("services: {a: }\nx-nsnet: {title: T, try: [ip link, curl x]}")
    assert topology.tries == ("ip link", "curl x")


@pytest.mark.parametrize("name", demos.names())
def test_demos_read_without_remarks(name: str) -> None:
    topology = load(demos.path(name), env={})
    assert topology.name == name
    assert topology.containers
    assert topology.tries
    assert all(note.startswith("without images") for note in topology.notes)
    assert len(demos.title(name)) > 20


def test_bridge_demo_is_in_the_order_of_its_picture() -> None:
    containers = load(demos.path("bridge-demo"), env={}).containers
    assert [c.name for c in containers] == ["alpine1", "alpine2", "web"]
    assert {c.attachments[0].network for c in containers} == {"bridge"}


def test_find_goes_upward_and_takes_the_override(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    for name in ("compose.yml", "docker-compose.yml", "compose.override.yaml"):
        (tmp_path / name).touch()
    assert find(below) == (tmp_path / "compose.yml", tmp_path / "compose.override.yaml")
    assert find(tmp_path / "compose.yml") == (tmp_path / "compose.yml",)
    (below / "docker-compose.yaml").touch()
    assert find(below) == (below / "docker-compose.yaml",)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, "my_lab-1"),
        ({"env": {"COMPOSE_PROJECT_NAME": "env"}}, "env"),
        ({"project": "asked", "env": {"COMPOSE_PROJECT_NAME": "env"}}, "asked"),
    ],
)
def test_project_name(tmp_path: Path, options: dict[str, object], name: str) -> None:
    directory = tmp_path / "_My_Lab-1.x"
    directory.mkdir()
    file = directory / "compose.yaml"
    file.write_text("services: {a: {hostname: '$COMPOSE_PROJECT_NAME'}}")
    topology = load(file, **{"env": {}, **options})  # type: ignore[arg-type]
    expected = "my_lab-1x" if name == "my_lab-1" else name
    assert topology.name == expected
    assert topology.containers[0].hostname == expected


def test_name_in_the_file(read: Read) -> None:
    assert read("name: shop\nservices: {a: }", project=None).name == "shop"
    assert read("name: ${N:-My Shop}\nservices: {a: }", project=None).name == "myshop"


def test_the_manual_names_every_key() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "compose.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)\*?`", manual))
    families = tuple(re.findall(r"`(\w+_)\*`", manual))
    known = {*keys.TOP, *keys.SERVICE, *keys.NETWORK, *keys.ATTACHMENT, *keys.POOL}
    assert not {key for key in known - named if not key.startswith(families)}
