"""What Vagrant, Lima and cloud-init read, as far as it can be read without them."""

from __future__ import annotations

import json
import shutil
import subprocess
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cli.typed import ROOT

VAGRANT = ROOT / "vagrant"
SCRIPTS = sorted(VAGRANT.glob("*.sh"))
HOST_ONLY = ip_network("192.168.56.0/24")
#: Notes down all that a Vagrantfile says: [path of words, their arguments].
RECORDER = """
require "json"
SAID = []
class Noted
  def initialize(path) = @path = path
  def method_missing(name, *words, **more, &block)
    path = @path + [name.to_s.chomp("=")]
    SAID << [path.join("."), words, more]
    inner, override = [[], ["override"]].map { Noted.new(path + words.first(1).grep(String) + _1) }
    block&.call(*[inner, override].first(block.arity))
    inner
  end
  def respond_to_missing?(*) = true
  def vmx = Hash.new
end
module Vagrant
  def self.configure(_) = yield(Noted.new([]))
end
load "Vagrantfile"
puts JSON.generate(SAID)
"""


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_shell_reads_it(script: Path) -> None:
    assert script.read_text().startswith("#!/bin/sh\n")
    subprocess.run(["sh", "-n", script], check=True)


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / "scripts/setup"], ids=lambda path: path.name)
def test_shellcheck_finds_nothing(script: Path) -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    command = ["shellcheck", "--shell=sh", "--external-sources", str(script)]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not found.returncode, found.stdout


def said(cpu: str = "x86_64") -> list[tuple[str, list[Any], dict[str, Any]]]:
    """What the Vagrantfile says on a computer of that kind."""
    if not shutil.which("ruby"):
        pytest.skip("ruby is not installed")
    ruby = ["ruby", "-W0", "-e", f'RbConfig::CONFIG["host_cpu"] = "{cpu}"\n{RECORDER}']
    done = subprocess.run(ruby, cwd=ROOT, capture_output=True, text=True, check=True)
    return [(path, words, more) for path, words, more in json.loads(done.stdout)]


def test_machines_and_their_networks() -> None:
    calls = said()
    defined = {words[0]: more for path, words, more in calls if path == "vm.define"}
    assert defined == {
        "one": {"primary": True, "autostart": True},
        "two": {"primary": False, "autostart": False},
        "docker": {"primary": False, "autostart": False},
    }
    networks = [
        (path, words[0], more) for path, words, more in calls if path.endswith("vm.network")
    ]
    private = [ip_address(more["ip"]) for _, kind, more in networks if kind == "private_network"]
    assert len(set(private)) == len(defined)
    assert all(each in HOST_ONLY for each in private)
    forwards = [(path, more) for path, kind, more in networks if kind == "forwarded_port"]
    assert {path for path, _ in forwards} == {"vm.define.one.vm.network"}
    assert all(more["host_ip"] == "127.0.0.1" for _, more in forwards)


def test_providers_and_the_open_switch() -> None:
    calls = said()
    providers = {words[0] for path, words, _ in calls if path == "vm.provider"}
    assert providers == {"virtualbox", "libvirt", "vmware_desktop", "parallels"}
    told = [words[0] for path, words, _ in calls if path == "vm.provider.virtualbox.customize"]
    assert [each[2:] for each in told] == [["--nicpromisc2", "allow-all"]]


def test_docker_comes_to_its_own_machine_only() -> None:
    told = [(path, words[0]) for path, words, _ in said() if path.endswith("vm.provision")]
    every = [(f"vm.define.{name}.vm.provision", "nsnet") for name in ("one", "two", "docker")]
    assert told == [*every, ("vm.define.docker.vm.provision", "docker")]


@pytest.mark.parametrize(
    ("cpu", "debian"),
    [("x86_64", "debian/bookworm64"), ("x64", "debian/bookworm64")]
    + [(arm, "bento/debian-12") for arm in ("aarch64", "arm64")],
)
def test_boxes_that_there_are(cpu: str, debian: str) -> None:
    """Debian has none for arm64, and on amd64 none for VMware and Parallels."""
    boxes = {path: words[0] for path, words, _ in said(cpu) if path.endswith("vm.box")}
    provider = "vm.provider.{}.override.vm.box"
    assert boxes == {
        "vm.box": debian,
        provider.format("vmware_desktop"): "bento/debian-12",
        provider.format("parallels"): "bento/debian-12",
    }


def test_forwarded_ports_are_those_of_the_demos() -> None:
    ports = {more["guest"] for _, words, more in said() if words[:1] == ["forwarded_port"]}
    for demo in [*(ROOT / "nsnet" / "demos").glob("*.yaml"), VAGRANT / "loopback.yaml"]:
        for service in yaml.safe_load(demo.read_text())["services"].values():
            for port in service.get("ports", ()):
                assert int(port.split(":")[-2]) in ports, demo.name


def test_all_ways_lead_to_one_script() -> None:
    data = (VAGRANT / "user-data").read_text()
    assert data.startswith("#cloud-config\n")
    clone, provision = yaml.safe_load(data)["runcmd"]
    assert provision == ["sh", f"{clone[-1]}/vagrant/provision.sh"]
    lima = yaml.safe_load((VAGRANT / "lima.yaml").read_text())
    mount = lima["mounts"][0]
    assert mount["location"] == "{{.Param.source}}"
    assert f"sh {mount['mountPoint']}/vagrant/provision.sh" in lima["provision"][0]["script"]
    assert {each["arch"] for each in lima["images"]} == {"x86_64", "aarch64"}
