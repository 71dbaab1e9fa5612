# expect: SEC.REMOTE_LOOPBACK
# after: solution
# needs: iptables
ip netns exec web sysctl -w net.ipv4.conf.eth0.route_localnet=1
ip netns exec web iptables -t nat -A PREROUTING -p tcp --dport "$ADMIN" -j DNAT --to-destination 127.0.0.1
