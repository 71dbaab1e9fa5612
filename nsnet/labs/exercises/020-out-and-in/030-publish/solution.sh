# without: NAT.NO_DNAT
nft add table ip mine
# Destinations are rewritten before the host decides for whom the packet is.
# without: NAT.NO_DNAT
nft add chain ip mine in '{ type nat hook prerouting priority -100; }'
# Only what was sent to an address of the host itself, as Docker's --dst-type LOCAL.
# without: NAT.NO_DNAT
nft add rule ip mine in fib daddr type local tcp dport "$PORT" dnat to "$C1:$INNER"
