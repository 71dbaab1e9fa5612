# Before routing and DNAT: what comes in by wan0 must be for the host itself; the rest is nobody's business.
nft add table ip raw
nft add chain ip raw early '{ type filter hook prerouting priority raw; policy accept; }'
nft add rule ip raw early iifname wan0 ip daddr "$NET" drop
