# Marked while being forwarded, translated by the mark, with iptables.
# needs: iptables
iptables-nft -t mangle -A FORWARD -i br0 ! -o br0 -s "$NET" -j MARK --set-mark 0x17
iptables-nft -t nat -A POSTROUTING -m mark --mark 0x17 -j MASQUERADE
