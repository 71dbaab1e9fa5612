"""The keys of the Compose Specification, and older ones that files still carry.

Each table says which kinds of value a key takes. Source: the specification's JSON schema
(2025) and the reference of the file formats 1 to 3.8. ``x-`` keys are allowed everywhere.
"""

from __future__ import annotations

from .tree import Items, Map, Node, Scalar

Kinds = tuple[type[Node], ...]
Table = dict[str, Kinds]

ONE: Kinds = (Scalar,)
LIST: Kinds = (Items,)
MAP: Kinds = (Map,)
TEXTS: Kinds = (Scalar, Items)
PAIRS: Kinds = (Items, Map)
EITHER: Kinds = (Scalar, Map)
ANY: Kinds = (Scalar, Items, Map)


def _keys(names: str, kinds: Kinds) -> Table:
    return dict.fromkeys(names.split(), kinds)


TOP: Table = {
    **_keys("name version", ONE),
    **_keys("services networks volumes secrets configs models", MAP),
    **_keys("include", LIST),
}

#: What a service says about its network, its names and its command: all of it has effect.
SERVICE_USED: Table = {
    **_keys("container_name domainname hostname mac_address network_mode restart scale", ONE),
    **_keys("dns dns_search dns_opt env_file", TEXTS),
    **_keys("expose links ports profiles", LIST),
    **_keys("depends_on environment extra_hosts labels networks sysctls", PAIRS),
    **_keys("env_file", ANY),
    **_keys("extends", EITHER),
    **_keys("deploy", MAP),
}

#: A command has effect only where there is no image that it belongs to.
SERVICE_COMMAND: Table = _keys("command entrypoint", TEXTS)

#: Without images, storage and resource limits these are read and left alone.
SERVICE_UNUSED: Table = {
    **_keys("attach cgroup cgroup_parent cpu_count cpu_percent cpu_period cpu_quota", ONE),
    **_keys("cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset image init ipc isolation", ONE),
    **_keys("mem_limit mem_reservation mem_swappiness memswap_limit oom_kill_disable", ONE),
    **_keys("oom_score_adj pid pids_limit platform privileged pull_policy", ONE),
    **_keys("pull_refresh_after read_only runtime shm_size stdin_open stop_grace_period", ONE),
    **_keys("stop_signal tty use_api_socket user userns_mode uts working_dir", ONE),
    **_keys("cap_add cap_drop configs device_cgroup_rules devices external_links", LIST),
    **_keys("group_add post_start pre_stop secrets security_opt volumes volumes_from", LIST),
    **_keys("label_file tmpfs", TEXTS),
    **_keys("annotations models", PAIRS),
    **_keys("build", EITHER),
    **_keys("gpus storage_opt", ANY),
    **_keys("blkio_config credential_spec develop healthcheck logging provider ulimits", MAP),
    # Of the formats 1 and 2, which files still carry.
    **_keys("dockerfile log_driver log_opt net volume_driver", ANY),
}

SERVICE: Table = {**SERVICE_USED, **SERVICE_COMMAND, **SERVICE_UNUSED}

#: Keys inside those keys of a service that hold a mapping.
INSIDE_SERVICE: dict[str, Table] = {
    "build": {
        **_keys("context dockerfile dockerfile_inline network target shm_size isolation", ANY),
        **_keys("args ssh labels cache_from cache_to no_cache no_cache_filter pull tags", ANY),
        **_keys("additional_contexts entitlements extra_hosts platforms privileged", ANY),
        **_keys("provenance sbom secrets ulimits", ANY),
    },
    "deploy": {
        **_keys("mode endpoint_mode replicas", ONE),
        **_keys("labels", PAIRS),
        **_keys("placement resources restart_policy rollback_config update_config", MAP),
    },
    "extends": _keys("file service", ONE),
    "healthcheck": {
        **_keys("disable interval retries start_interval start_period timeout", ONE),
        **_keys("test", TEXTS),
    },
    "logging": {**_keys("driver", ONE), **_keys("options", MAP)},
}

DEPENDS_ON: Table = _keys("condition required restart", ONE)
ENV_FILE: Table = _keys("path required format", ONE)
PORT: Table = _keys("app_protocol host_ip mode name protocol published target", ONE)

#: A service's wishes on one network.
ATTACHMENT: Table = {
    **_keys("gw_priority interface_name ipv4_address ipv6_address mac_address priority", ONE),
    **_keys("aliases link_local_ips", TEXTS),
    **_keys("driver_opts", MAP),
}

NETWORK: Table = {
    **_keys("attachable driver enable_ipv4 enable_ipv6 internal name", ONE),
    **_keys("external", EITHER),
    **_keys("driver_opts ipam", MAP),
    **_keys("labels", PAIRS),
}
IPAM: Table = {**_keys("driver", ONE), **_keys("options", MAP), **_keys("config", LIST)}
POOL: Table = {**_keys("gateway ip_range subnet", ONE), **_keys("aux_addresses", MAP)}
EXTERNAL: Table = _keys("name", ONE)

INCLUDE: Table = {**_keys("path env_file", TEXTS), **_keys("project_directory", ONE)}

#: nsnet's own words, which other readers of the file pass over.
X_NSNET: Table = {**_keys("title", ONE), **_keys("try", TEXTS)}
X_NSNET_SERVICE: Table = _keys("command", TEXTS)
