# expect: DNS.NOT_REDIRECTED
# until: "$DB" names
# needs: iptables
ip netns exec "$WEB" iptables -t nat -A OUTPUT -d 127.0.0.11 -p udp --dport 53 -j REDIRECT --to-ports 5300
sleep 0.5
