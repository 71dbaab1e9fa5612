# SNAT to the host's address: it passes, with a remark.
# needs: iptables
iptables -t nat -N CONTAINERS
iptables -t nat -A CONTAINERS -j SNAT --to-source 203.0.113.2
iptables -t nat -A POSTROUTING -s "$NET" -o wan0 -j CONTAINERS
