# expect: DNS.PORT_TAKEN
# until: "$WEB" names
for name in "$WEB" "$DB"; do
    ip netns exec "$name" names /etc/netns/shop.names --listen 127.0.0.11:53 --forward 203.0.113.1 &
done
sleep 0.5
