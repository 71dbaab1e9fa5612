# expect: DNS.NO_FORWARD
# until: "$WEB" names
for name in "$WEB" "$DB"; do
    ip netns exec "$name" names /etc/netns/shop.names --listen 127.0.0.11:53 &
done
sleep 0.5
