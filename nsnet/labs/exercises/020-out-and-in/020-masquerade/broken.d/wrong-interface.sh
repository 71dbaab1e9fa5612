# expect: NAT.NO_MASQ
# needs: iptables
# The bridge is where it comes from, not where it leaves.
iptables -t nat -A POSTROUTING -s "$NET" -o br0 -j MASQUERADE
