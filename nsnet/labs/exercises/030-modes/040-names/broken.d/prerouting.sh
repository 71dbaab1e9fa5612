# expect: DNS.NOT_REDIRECTED
# until: "$DB" names
# needs: iptables
ip netns exec "$WEB" iptables -t nat -A PREROUTING -d 127.0.0.11 -p udp --dport 53 -j DNAT --to 127.0.0.11:5300
sleep 0.5
