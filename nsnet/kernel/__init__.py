"""The only room that touches Linux. It knows namespaces, netlink, nftables and processes,
and nothing of Docker."""
