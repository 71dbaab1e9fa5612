# expect: FLT.TOO_WIDE
# until: nft -f -
iptables -P FORWARD DROP
