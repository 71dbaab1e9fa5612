"""Names of images, of which nsnet has none: what to run instead of each.

A command runs on the machine's own files, whatever image was named. Where the image would bring
its own command: a shell, for the images that have one; for the well-known servers the stub
listener, on the ports that they listen on (from the images' own documentation).
"""

from __future__ import annotations

import re
from typing import NamedTuple

Exposed = tuple[tuple[int, str], ...]

_NAME = re.compile(
    r"([a-zA-Z0-9][a-zA-Z0-9.-]*(:\d+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    r"(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?"
)


class Image(NamedTuple):
    """What an image would do. `command` is its own, `entrypoint` stands before any that is
    given; a server listens on `ports`, and `words` are the commands that start it."""

    command: tuple[str, ...] = ()
    entrypoint: tuple[str, ...] = ()
    ports: Exposed = ()
    words: tuple[str, ...] = ()
    small: bool = False

    @property
    def server(self) -> bool:
        """Is it one?"""
        return bool(self.ports)


def _server(*ports: int, words: str = "", udp: int = 0) -> Image:
    found = tuple((port, "tcp") for port in ports) + ((udp, "udp"),) * bool(udp)
    return Image(ports=found, words=tuple(words.split()))


_SMALL = Image(("ash",), small=True)
_LARGE = Image(("bash",))

IMAGES = {
    "alpine": _SMALL,
    "busybox": Image(("sh",), small=True),
    **dict.fromkeys(("ubuntu", "debian", "fedora", "centos", "rockylinux", "almalinux"), _LARGE),
    **dict.fromkeys(("archlinux", "amazonlinux", "golang", "gcc", "buildpack-deps"), _LARGE),
    "hello-world": Image(("echo", "Hello from nsnet! This command ran in a container's network.")),
    "node": Image(("node",)),
    "php": Image(("php", "-a")),
    "python": Image(("python3",)),
    "ruby": Image(("irb",)),
    "curlimages/curl": Image(("--help",), ("curl",)),
    "appropriate/curl": Image(("--help",), ("curl",)),
    "byrnedo/alpine-curl": Image(("--help",), ("curl",)),
    "instrumentisto/dig": Image(("-h",), ("dig",)),
    "networkstatic/iperf3": Image(("--help",), ("iperf3",)),
    "nicolaka/netshoot": Image(("zsh",)),
    "jonlabelle/network-tools": Image(("bash",)),
    "praqma/network-multitool": _server(80, 443),
    "wbitt/network-multitool": _server(80, 443),
    "tutum/dnsutils": _LARGE,
    # Servers.
    "adminer": _server(8080),
    "caddy": _server(80, 443, 2019, words="caddy"),
    "containous/whoami": _server(80),
    "crccheck/hello-world": _server(8000),
    "elasticsearch": _server(9200, 9300),
    "grafana/grafana": _server(3000),
    "hashicorp/http-echo": _server(5678),
    "httpd": _server(80, words="httpd httpd-foreground apache2-foreground"),
    "jwilder/whoami": _server(8000),
    "kennethreitz/httpbin": _server(80),
    "mariadb": _server(3306, words="mysqld mariadbd"),
    "memcached": _server(11211, words="memcached"),
    "mongo": _server(27017, words="mongod"),
    "mysql": _server(3306, 33060, words="mysqld"),
    "nginx": _server(80, words="nginx nginx-debug"),
    "nginxdemos/hello": _server(80),
    "phpmyadmin": _server(80),
    "postgres": _server(5432, words="postgres"),
    "prom/prometheus": _server(9090),
    "rabbitmq": _server(5672, 15672, words="rabbitmq-server"),
    "redis": _server(6379, words="redis-server"),
    "registry": _server(5000),
    "strm/helloworld-http": _server(80),
    "tomcat": _server(8080, words="catalina.sh"),
    "traefik": _server(80, 443),
    "traefik/whoami": _server(80),
    "training/postgres": _server(5432),
    "training/webapp": _server(5000),
    "tutum/hello-world": _server(80),
    "valkey/valkey": _server(6379, words="valkey-server"),
    "wordpress": _server(80, words="apache2-foreground"),
}

_APPLETS = """arp arping ash ftpget ftpput hostname httpd ifconfig ip ipcalc nc netstat nslookup
ping ping6 route telnet tftp top traceroute traceroute6 udhcpc vi watch wget whois"""

#: Programs of alpine and busybox that matter here, and that a machine with busybox has, too.
APPLETS = frozenset(_APPLETS.split())

#: What may stand in for a shell that this machine lacks.
SHELLS = {
    "ash": ("dash", "sh"),
    "bash": ("sh",),
    "zsh": ("bash", "sh"),
    "fish": ("bash", "sh"),
    "dash": ("sh",),
}


def find(name: str) -> Image | None:
    """The well-known image `name`, whatever its tag and registry; None where it is not one."""
    bare = name.partition("@")[0]
    head, slash, last = bare.rpartition("/")
    bare = head + slash + last.partition(":")[0]
    for prefix in ("docker.io/", "index.docker.io/", "public.ecr.aws/docker/", "library/"):
        bare = bare.removeprefix(prefix)
    return IMAGES.get(bare)


def has_form(word: str) -> bool:
    """Is `word` an image's name by its form alone: ``repo/name``, ``name:tag``, ``name@digest``?"""
    return any(sign in word for sign in "/:@") and _NAME.fullmatch(word) is not None
