# expect: DNS.NOT_REDIRECTED
printf '%s\n' "$WEBIP $WEB" "$DBIP $DB" > /etc/netns/shop.names
echo nameserver 127.0.0.11 > "/etc/netns/$WEB/resolv.conf"
ip netns exec "$WEB" names /etc/netns/shop.names --listen 127.0.0.11:5300 --forward 203.0.113.1 &
ip netns exec "$WEB" iptables -t nat -A PREROUTING -d 127.0.0.11 -p udp --dport 53 -j DNAT --to 127.0.0.11:5300
sleep 0.5
