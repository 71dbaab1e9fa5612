# expect: NAT.WRONG_SOURCE
# needs: iptables
# The gateway's address is as private as the containers'.
iptables -t nat -A POSTROUTING -s "$NET" -o wan0 -j SNAT --to-source "$GW"
