# Docker's own rule.
iptables -t nat -A POSTROUTING -s "$NET" ! -o br0 -j MASQUERADE
