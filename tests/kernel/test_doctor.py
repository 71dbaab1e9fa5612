"""``nsnet doctor``: each thing that can be wrong with a machine is made wrong, and has to be found;
a machine in order, with networks up, has to be found in order."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nsnet.diagnose.doctor import (
    docker,
    features,
    files,
    firewalls,
    forwarding,
    managers,
    mtu,
    names,
    remains,
    rights,
    subnets,
    tools,
)
from nsnet.diagnose.doctor.finding import BROKEN, NOTE, OK, UNSEEN, WARNING, Finding
from nsnet.diagnose.doctor.machine import Machine
from nsnet.diagnose.doctor.rounds import Check, examine
from nsnet.engine import state
from nsnet.engine.engine import Engine
from nsnet.kernel.hostid import host_id
from nsnet.kernel.stack import Stack
from nsnet.kernel.survey import Survey
from nsnet.plan.steps.namespace import MARKED
from nsnet.topology.config import VARIABLE
from nsnet.topology.model import Attachment, Container, Network, Pool, Port, Topology
from tests.cli.terminal import COMMAND, ROOT, environment, nsnet
from tests.support import run, status

pytestmark = pytest.mark.usefixtures("host")


@contextmanager
def up(**options: object) -> Iterator[None]:
    """One network, 172.28.0.0/16, and a container on it."""
    front = Network("front", pools=(Pool("172.28.0.0/16"),), **options)  # type: ignore[arg-type]
    web = Container("web", attachments=(Attachment("front"),), ports=(Port(80, 8080),), stub=True)
    engine = Engine()
    engine.up(Topology("t", networks=(front,), containers=(web,)))
    try:
        yield
    finally:
        engine.down("t")


@contextmanager
def machine(*, root: bool = True) -> Iterator[Machine]:
    """This host as it is now."""
    folder = state.place(host_id())
    records = state.load(folder).records
    with Stack(privileged=root) as stack:
        yield Machine(
            Survey(stack),
            folder,
            tuple(each.layout for each in records.values()),
            root=root,
            incomplete=tuple(name for name, each in records.items() if not each.complete),
            elsewhere=state.claimed_elsewhere(folder),
            mark=MARKED,
        )


def found(check: Check, *, root: bool = True) -> dict[str, Finding]:
    """What a check finds now, by id."""
    with machine(root=root) as host:
        return {each.check: each for each in check(host)}


def levels(check: Check) -> set[str]:
    return {each.level for each in found(check).values()}


def uplink(size: int = 1500, name: str = "ext0") -> None:
    """A way out."""
    run("ip", "link", "add", name, "mtu", str(size), "type", "veth", "peer", "name", "far0")
    run("ip", "address", "add", "203.0.113.1/24", "dev", name)
    run("ip", "link", "set", name, "up")
    run("ip", "link", "set", "far0", "up")
    run("ip", "route", "add", "default", "via", "203.0.113.2")


def test_a_machine_in_order_with_networks_up_is_found_in_order() -> None:
    uplink()
    with up(), machine() as host:
        told = examine(host)
        wrong = [e for some in told.values() for e in some if e.level in (WARNING, BROKEN, UNSEEN)]
        missing = {e.check for e in wrong if e.check.startswith(("tool-", "feature-", "sandbox"))}
        assert [each for each in wrong if each.check not in missing] == []
    run("ip", "link", "delete", "ext0")


def test_the_same_is_found_without_the_right_to_look_and_said_to_be_incomplete() -> None:
    with machine(root=False) as host:
        told = examine(host)
    assert told["firewalls"][0].level == UNSEEN
    assert told["rights"][0].level in (NOTE, BROKEN)


def test_forwarding_that_was_switched_off_under_a_network_is_broken() -> None:
    assert found(forwarding.check)["ip_forward"].level == OK
    with up():
        assert found(forwarding.check)["ip_forward"].level == OK
        run("sysctl", "-qw", "net.ipv4.ip_forward=0")
        wrong = found(forwarding.check)["ip_forward"]
        assert wrong.level == BROKEN
        assert "front" in wrong.what
        run(*wrong.mend[0].split()[1:])
        assert found(forwarding.check)["ip_forward"].level == OK


@pytest.mark.parametrize("hook", ["forward", "input"])
def test_a_foreign_policy_drop_is_named_and_its_cure_cures(hook: str) -> None:
    with up():
        chain = f"{{ type filter hook {hook} priority 5; policy drop; }}"
        run("nft", f"add table inet mine; add chain inet mine gate {chain}")
        wrong = found(firewalls.check)["firewall"]
        assert wrong.level == (BROKEN if hook == "forward" else WARNING)
        assert f"inet mine gate: hook {hook}, policy drop" in wrong.what
        for command in wrong.mend:
            subprocess.run(["sh", "-c", command.removeprefix("sudo ")], check=True)
        assert found(firewalls.check)["firewall"].level == NOTE
        run("nft", "delete table inet mine")
        assert "firewall" not in found(firewalls.check)


def test_drop_rules_count_in_chains_that_are_jumped_to_and_only_there() -> None:
    run("nft", "add table ip mine; add chain ip mine far; add chain ip mine alone")
    run("nft", "add chain ip mine gate { type filter hook forward priority 0; policy accept; }")
    run("nft", "add rule ip mine alone drop")
    assert "firewall" not in found(firewalls.check)
    run("nft", "add rule ip mine gate jump far; add rule ip mine far ip saddr 192.0.2.1 reject")
    told = found(firewalls.check)["firewall"]
    assert told.level == NOTE
    assert "1 rule that drops or rejects" in told.what
    run("nft", "add rule ip mine gate iifname vmap { eth7 : drop, eth8 : accept }")
    assert "2 rules that drop or reject" in found(firewalls.check)["firewall"].what
    run("nft", "delete table ip mine")


@pytest.mark.parametrize("program", ["iptables-nft", "iptables-legacy"])
def test_the_policy_of_iptables_is_named_and_its_cure_cures(program: str) -> None:
    if not shutil.which(program) or status(program, "-S", "FORWARD"):
        pytest.skip(f"{program} does not work here")
    with up():
        try:
            assert "firewall" not in found(firewalls.check)
            run(program, "-P", "FORWARD", "DROP")
            wrong = found(firewalls.check)["firewall"]
            assert wrong.level == BROKEN
            assert f"ip filter FORWARD ({program}): hook forward, policy drop" in wrong.what
            for command in wrong.mend:
                run(program, *command.split()[2:])
            assert found(firewalls.check)["firewall"].level == NOTE
        finally:
            run(program, "-F", "FORWARD")
            run(program, "-P", "FORWARD", "ACCEPT")
            if program == "iptables-nft":
                run("nft", "delete table ip filter")


def test_a_last_rule_that_drops_is_as_good_as_a_policy() -> None:
    with up():
        run("nft", "add table inet mine")
        run("nft", "add chain inet mine gate { type filter hook forward priority 9; }")
        run("nft", "add rule inet mine gate ct state established accept")
        run("nft", "add rule inet mine gate counter reject with icmpx admin-prohibited")
        wrong = found(firewalls.check)["firewall"]
        run("nft", "delete table inet mine")
    assert wrong.level == BROKEN
    assert "drops the rest" in wrong.what


@pytest.mark.parametrize(
    ("chain", "command"),
    [("DOCKER-USER", "sudo iptables -I DOCKER-USER -i"), ("ufw-user-forward", "sudo ufw route")],
)
def test_the_cure_is_in_the_words_of_the_program_that_drops(chain: str, command: str) -> None:
    with up():
        run("nft", f"add table ip filter; add chain ip filter {chain}")
        run("nft", "add chain ip filter FORWARD { type filter hook forward priority 0; }")
        run("nft", "add chain ip filter FORWARD { policy drop; }")
        wrong = found(firewalls.check)["firewall"]
        run("nft", "delete table ip filter")
    assert wrong.mend[0].startswith(command)


def test_nsnets_own_drops_are_no_foreign_ones() -> None:
    with up(internal=True):
        run("nft", "add rule ip nsnet nsnet-user ip saddr 192.0.2.1 drop")
        told = found(firewalls.check)
        run("nft", "flush chain ip nsnet nsnet-user")
        assert set(told) == {"firewalls"}


def test_a_smaller_way_out_than_a_network_believes() -> None:
    uplink()
    with up():
        assert found(mtu.check)["mtu"].level == OK
        run("ip", "link", "set", "ext0", "mtu", "1400")
        wrong = found(mtu.check)["mtu"]
        assert wrong.level == WARNING
        assert "1400" in wrong.mend[0]
    run("ip", "link", "delete", "ext0")
    assert found(mtu.check)["way-out"].level == NOTE


@pytest.mark.parametrize(
    ("route", "level"),
    [("172.28.5.0/24", BROKEN), ("172.16.0.0/12", WARNING), ("10.0.0.0/8", OK)],
)
def test_routes_of_others_into_a_network(route: str, level: str) -> None:
    uplink()
    with up():
        run("ip", "route", "add", route, "dev", "ext0")
        told = found(subnets.check)
        assert told["subnet" if level != OK else "subnets"].level == level
    run("ip", "link", "delete", "ext0")


def test_routes_that_leave_no_subnet_for_networks() -> None:
    uplink()
    assert found(subnets.check)["pools"].level == OK
    run("ip", "route", "add", "172.16.0.0/12", "dev", "ext0")
    assert found(subnets.check)["pools"].level == OK
    run("ip", "route", "add", "192.168.0.0/16", "dev", "ext0")
    assert found(subnets.check)["pools"].level == BROKEN
    run("ip", "link", "delete", "ext0")


def test_strict_rp_filter_matters_where_there_are_two_ways_out() -> None:
    uplink()
    run("sysctl", "-qw", "net.ipv4.conf.ext0.rp_filter=1")
    assert found(forwarding.check)["rp_filter"].level == OK
    run("ip", "link", "add", "vpn0", "type", "veth", "peer", "name", "far1")
    run("ip", "address", "add", "198.51.100.1/24", "dev", "vpn0")
    run("ip", "link", "set", "vpn0", "up")
    run("ip", "route", "add", "default", "via", "198.51.100.2", "metric", "9")
    wrong = found(forwarding.check)["rp_filter"]
    assert wrong.level == WARNING
    assert "ext0" in wrong.what
    for command in wrong.mend:
        run(*command.split()[1:])
    assert found(forwarding.check)["rp_filter"].level == OK
    for device in ("ext0", "vpn0"):
        run("ip", "link", "delete", device)
    for key in ("all", "default"):
        run("sysctl", "-qw", f"net.ipv4.conf.{key}.rp_filter=0")


def test_the_table_of_connections_fills_up() -> None:
    assert [forwarding.fullness(n, 100).level for n in (10, 85, 92, 99)] == [
        OK,
        NOTE,
        WARNING,
        BROKEN,
    ]


def test_settings_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(files.check)["config"].level == OK
    file = tmp_path / "config.toml"
    file.write_text('mtu = "big"\nicc = 1\n')
    monkeypatch.setenv(VARIABLE, str(file))
    with machine() as host:
        wrong = [each for each in files.check(host) if each.check == "config"]
    assert [each.level for each in wrong] == [BROKEN, BROKEN]
    assert "mtu" in wrong[0].what
    file.write_text("mtu = = 1\n")
    assert found(files.check)["config"].level == BROKEN


def test_run_on_a_disk() -> None:
    mounts = "/dev/vda1 / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\n"
    assert files.file_system(mounts, "/run/nsnet") == "tmpfs"
    assert files.file_system(mounts.splitlines()[0], "/run/nsnet") == "ext4"
    assert found(files.check)["run"].level == OK


def test_a_dead_resolver_is_found_dead_and_left_so() -> None:
    from nsnet.resolver import service

    with up():
        folder = state.place(host_id())
        assert found(names.check)["resolver"].what == "the resolver runs"
        service.stop(folder)
        assert found(names.check)["resolver"].level == BROKEN
        done = nsnet("doctor")
        assert done.code == 1
        assert "the resolver does not run" in done.out
        assert not service.alive(folder)
        service.start(folder)


def test_name_servers() -> None:
    stub, real = "nameserver 127.0.0.53\n", "nameserver 192.0.2.53\n"
    assert names.servers(stub, real).level == OK
    assert names.servers(stub, stub).level == NOTE
    assert names.servers(real, real).level == OK
    assert names.servers("search x\n", "search x\n").level == WARNING


def test_dead_names_and_stray_interfaces_are_remains() -> None:
    assert levels(remains.check) == {OK}
    Path("/run/netns").mkdir(exist_ok=True)
    Path("/run/netns/ghost").touch()
    run("ip", "link", "add", "lost0", "group", str(0x6E730003), "type", "bridge")
    told = found(remains.check)
    assert told["dead-name"].what.startswith("/run/netns/ghost ")
    assert "lost0" in told["stray"].what
    Path("/run/netns/ghost").unlink()
    run("ip", "link", "delete", "lost0")


def test_a_namespace_of_ours_without_a_record() -> None:
    with up():
        assert levels(remains.check) == {OK}
        record = Path(state.place(host_id()), "state.json")
        kept = record.read_text()
        record.write_text(json.dumps(json.loads(kept) | {"records": {}}))
        with machine() as host:
            told = [each.what for each in remains.check(host)]
        record.write_text(kept)
    assert "namespace web is nsnet's, but no record tells of it" in told
    assert any("br-front" in each for each in told)


def test_records_of_a_host_that_is_gone_and_of_an_interrupted_build() -> None:
    with up():
        folder = state.place(host_id())
        other = Path(state.ROOT, "dead")
        other.mkdir()
        data = json.loads(Path(folder, "state.json").read_text())
        data["records"]["t"]["layout"]["topology"]["containers"][0]["name"] = "gone"
        (other / "state.json").write_text(json.dumps(data))
        now = state.load(folder)
        now.records["t"].complete = False
        state.save(folder, now)
        told = found(remains.check)
        assert "/run/nsnet/dead" in told["dead-host"].what
        assert told["incomplete"].level == WARNING
        shutil.rmtree(other)


def test_what_the_kernel_lacks_is_told_with_what_it_is_for() -> None:
    told = {each.check: each for each in features.judge({"veth": "no such kind", "vxlan": ""})}
    assert told["feature-veth"].level == BROKEN
    assert "modprobe veth" in told["feature-veth"].mend[0]
    assert "feature-vxlan" not in told
    assert next(features.judge({"namespace": "not permitted"})).level == UNSEEN


def test_the_probe_of_features_tells_what_ip_tells() -> None:
    told = found(features.check)
    for kind in ("dummy", "macvlan", "vlan", "bridge"):
        more = {"vlan": "link lo type vlan id 5", "macvlan": "link lo type macvlan"}
        words = more.get(kind, f"type {kind}").split()
        link = ["link", "lo"] if "link" in words else []
        kept = words[2:] if link else words
        done = subprocess.run(
            ["unshare", "--net", "ip", "link", "add", "try0", *link, *kept],
            capture_output=True,
            text=True,
            check=False,
        )
        unknown = "not supported" in done.stderr or "Unknown device type" in done.stderr
        assert (f"feature-{kind}" in told) == unknown, (kind, done.stderr)


def test_versions_of_nftables_with_traps() -> None:
    assert tools.traps("1.0.6").level == NOTE
    assert tools.traps("1.0.9").level == OK
    assert tools.traps("1.1").level == OK


def test_a_tool_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    there = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name, path=None: name != "ip" and there(name))
    assert found(tools.check)["tool-ip"].level == WARNING


def test_docker_is_seen_by_its_bridge() -> None:
    assert found(docker.check)["docker"].level == OK
    run("ip", "link", "add", "docker0", "type", "bridge")
    run("ip", "address", "add", "172.17.0.1/16", "dev", "docker0")
    told = found(docker.check)["docker"]
    assert told.level == NOTE
    assert "172.17.0.1/16" in told.what
    run("ip", "link", "delete", "docker0")


def test_network_files_that_are_about_our_interfaces_too(tmp_path: Path) -> None:
    file = tmp_path / "20-all.network"
    file.write_text("[Match]\nName=en* br-*\n[Network]\nDHCP=yes\n")
    assert managers.fits(str(file), "br-front")
    assert not managers.fits(str(file), "veth-web")
    file.write_text("[Match]\nName=*\n[Link]\nUnmanaged=yes\n")
    assert not managers.fits(str(file), "br-front")
    file.write_text("[Match]\nName=*\nType=wlan\n")
    assert not managers.fits(str(file), "br-front")
    assert OK in levels(managers.check)


def test_rights_and_sandboxes() -> None:
    assert found(rights.check)["rights"].level == OK
    with machine() as host:
        host.root = False
        told = {each.check: each for each in rights.check(host)}
    possible = told["sandbox"].level == OK
    assert told["rights"].level == (NOTE if possible else BROKEN)


def test_what_binds_ordinary_users_is_told_to_root() -> None:
    def ubuntu(name: str) -> str | None:
        return {"kernel.apparmor_restrict_unprivileged_userns": "1"}.get(name)

    (told,) = rights.restrictions(ubuntu)
    assert told.mend == ("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",)
    assert not list(rights.restrictions(lambda name: None))


def test_the_command_tells_by_subject_in_json_and_by_its_exit_code() -> None:
    run("nft", "add table inet mine")
    run("nft", "add chain inet mine gate { type filter hook forward priority 0; policy drop; }")
    with up():
        short, whole = nsnet("doctor"), nsnet("doctor", "--all")
        told = nsnet("doctor", "--format", "json")
    run("nft", "delete table inet mine")
    assert [short.code, whole.code, told.code] == [1, 1, 1]
    data = json.loads(told.out)
    broken = [each["check"] for each in data["findings"] if each["level"] == BROKEN]
    assert broken == ["firewall"]
    assert not data["ok"]
    assert "✗ inet mine gate" in short.out
    assert "✓" not in short.out
    assert "✓" in whole.out
    assert all(len(line) <= 80 for line in short.out.splitlines() if "→" not in line)


def test_without_rights_the_command_says_what_it_could_not_see() -> None:
    words = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *COMMAND, "doctor"]
    done = subprocess.run(
        words, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False
    )
    assert done.returncode in (1, 3), done.stderr
    assert "other firewalls not looked at" in done.stdout
    assert done.stderr == ""


def test_nothing_is_changed_and_nothing_stays_open() -> None:
    with up():
        before = run("nft", "list", "ruleset"), run("ip", "link"), sorted(os.listdir("/run"))
        assert nsnet("doctor").code in (0, 3)
        after = run("nft", "list", "ruleset"), run("ip", "link"), sorted(os.listdir("/run"))
    assert before == after
