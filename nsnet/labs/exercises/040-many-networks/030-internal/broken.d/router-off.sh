# expect: L3.FORWARD_OFF
# until: nft -f -
sysctl -w net.ipv4.ip_forward=0
