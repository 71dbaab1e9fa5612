# iptables all along, as Docker with --userland-proxy=false.
# needs: iptables
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv4/conf/br0/route_localnet
iptables -t raw -A PREROUTING -d 127.0.0.0/8 ! -i lo -j DROP
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A POSTROUTING -s "$NET" ! -o br0 -j MASQUERADE
iptables -t nat -A POSTROUTING -o br0 -m addrtype --src-type LOCAL -j MASQUERADE
iptables -t nat -A DOCKER -p tcp --dport "$OPEN" -j DNAT --to-destination "$C1:80"
iptables -t nat -A DOCKER -d 127.0.0.1/32 -p tcp --dport "$CLOSED" -j DNAT --to-destination "$C1:80"
