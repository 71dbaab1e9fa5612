# With iptables-nft and Docker's own chain of thought: FORWARD, POSTROUTING, a DOCKER chain.
# needs: iptables
for n in "front $FRONT_GW/$FL" "back $BACK_GW/$BL"; do
    set -- $n
    ip link add name "$1" up type bridge
    ip address add "$2" dev "$1"
done
plug() { ip link add "$3" type veth peer name "$2"; ip link set "$2" netns "$1"; ip link set "$3" up master "$4"; ip -n "$1" link set "$2" up; ip -n "$1" address add "$5" dev "$2"; }
plug vote eth0 veth1 front "$VOTE_F/$FL"
plug vote eth1 veth2 back "$VOTE_B/$BL"
plug result eth0 veth3 front "$RESULT_F/$FL"
plug result eth1 veth4 back "$RESULT_B/$BL"
plug redis eth0 veth5 back "$REDIS/$BL"
plug db eth0 veth6 back "$DB/$BL"
plug worker eth0 veth7 back "$WORKER/$BL"
for x in vote result redis db worker; do ip -n $x route add default via "$BACK_GW"; done
echo 1 > /proc/sys/net/ipv4/ip_forward
iptables -t nat -A POSTROUTING -s "$FRONT" ! -o front -j MASQUERADE
iptables -t nat -A POSTROUTING -s "$BACK" ! -o back -j MASQUERADE
iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A OUTPUT -m addrtype --dst-type LOCAL -j DOCKER
iptables -t nat -A DOCKER ! -i back -p tcp --dport 8080 -j DNAT --to-destination "$VOTE_B:80"
iptables -t nat -A DOCKER ! -i back -p tcp --dport 8081 -j DNAT --to-destination "$RESULT_B:80"
iptables -t nat -A DOCKER -d 127.0.0.1 ! -i back -p tcp --dport 9229 -j DNAT --to-destination "$RESULT_B:9229"
iptables -t nat -A POSTROUTING -s 127.0.0.0/8 -o back -j MASQUERADE
sysctl -qw net.ipv4.conf.back.route_localnet=1
iptables -A FORWARD -i front -o back -j DROP
iptables -A FORWARD -i back -o front -j DROP
