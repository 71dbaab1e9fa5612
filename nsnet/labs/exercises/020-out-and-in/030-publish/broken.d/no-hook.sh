# expect: NAT.WRONG_HOOK
# The chain has the right name, and no hook.
nft add table ip nat
nft add chain ip nat prerouting
nft add rule ip nat prerouting ip daddr 203.0.113.2 tcp dport "$PORT" dnat to "$C1:$INNER"
