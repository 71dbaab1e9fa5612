# expect: DNS.NO_FORWARD
printf '%s\n' "$WEBIP $WEB" "$DBIP $DB" > /etc/netns/shop.names
for name in "$WEB" "$DB"; do
    echo nameserver 127.0.0.11 > "/etc/netns/$name/resolv.conf"
    ip netns exec "$name" names /etc/netns/shop.names --listen 127.0.0.11:53 &
done
sleep 0.5
