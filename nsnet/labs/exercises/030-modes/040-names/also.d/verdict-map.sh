# One book and one loop for both rooms; a verdict map and redirect, for tcp as well.
mkdir -p /etc/netns/shop
printf '%s\n' "$DBIP $DB" "$WEBIP $WEB" > /etc/netns/shop/hosts
for room in "$WEB" "$DB"; do
    ip netns exec "$room" names /etc/netns/shop/hosts --listen 127.0.0.1:10053 --forward 203.0.113.1 &
    echo 'nameserver 127.0.0.11' > "/etc/netns/$room/resolv.conf"
    ip netns exec "$room" nft -f - <<'END'
table inet dns {
    chain ours { meta l4proto { tcp, udp } redirect to :10053; }
    chain out {
        type nat hook output priority -100;
        ip daddr . th dport vmap { 127.0.0.11 . 53 : jump ours }
    }
}
END
done
