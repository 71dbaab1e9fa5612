# expect: NAT.MASQ_TOO_WIDE
# needs: iptables
# Half of Docker's rule: the subnet, without "! -o br0".
iptables -t nat -A POSTROUTING -s "$NET" -j MASQUERADE
