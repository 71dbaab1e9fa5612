# A file for each, another port, iptables; the resolver on 127.0.0.1, so that REDIRECT will do.
# needs: iptables
mkdir -p /etc/netns/names
echo "$DBIP $DB" > "/etc/netns/names/$WEB"
echo "$WEBIP $WEB" > "/etc/netns/names/$DB"
for name in "$WEB" "$DB"; do
    ip netns exec "$name" names "/etc/netns/names/$name" --forward 203.0.113.1:53 --listen 127.0.0.1:8053 &
    ip netns exec "$name" iptables -t nat -I OUTPUT -d 127.0.0.11/32 -p udp --dport 53 -j REDIRECT --to-ports 8053
    echo nameserver 127.0.0.11 > "/etc/netns/$name/resolv.conf"
done
