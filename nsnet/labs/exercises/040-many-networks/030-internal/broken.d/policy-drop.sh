# expect: FLT.TOO_WIDE
# until: nft -f -
# needs: iptables
iptables -P FORWARD DROP
