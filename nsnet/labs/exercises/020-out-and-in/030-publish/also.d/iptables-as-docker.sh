# Docker's chains, with iptables.
# needs: iptables
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A DOCKER ! -i br0 -p tcp -m tcp --dport "$PORT" -j DNAT --to-destination "$C1:$INNER"
