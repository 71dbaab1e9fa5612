# Docker's own rule.
# needs: iptables
iptables -t nat -A POSTROUTING -s "$NET" ! -o br0 -j MASQUERADE
