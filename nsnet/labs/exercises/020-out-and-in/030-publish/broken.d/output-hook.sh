# expect: NAT.WRONG_HOOK
# What the host itself sends comes by here, what comes in does not.
nft add table ip mine
nft add chain ip mine out '{ type nat hook output priority -100; }'
nft add rule ip mine out ip daddr 203.0.113.2 tcp dport "$PORT" dnat to "$C1:$INNER"
