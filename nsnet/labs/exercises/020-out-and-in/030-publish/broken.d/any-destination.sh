# expect: NAT.DNAT_TOO_WIDE
# A port, but whose? c2's calls to others are taken as well.
nft add table ip mine
nft add chain ip mine in '{ type nat hook prerouting priority -100; }'
nft add rule ip mine in tcp dport "$PORT" dnat to "$C1:$INNER"
