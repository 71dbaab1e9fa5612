# The names of this one network, and nobody else's.
# without: DNS.SILENT
printf '%s\n' "$WEBIP $WEB" "$DBIP $DB" > /etc/netns/shop.names
# Their programs ask 127.0.0.11, their own loopback.
# without: DNS.NXDOMAIN
echo nameserver 127.0.0.11 > "/etc/netns/$WEB/resolv.conf"
# without: DNS.NXDOMAIN
echo nameserver 127.0.0.11 > "/etc/netns/$DB/resolv.conf"
# A resolver in each namespace, on a port that nobody wants; it asks outside what it does not know.
# without: DNS.SILENT
ip netns exec "$WEB" names /etc/netns/shop.names --listen 127.0.0.11:5300 --forward 203.0.113.1 &
# without: DNS.SILENT
ip netns exec "$DB" names /etc/netns/shop.names --listen 127.0.0.11:5300 --forward 203.0.113.1 &
# What is sent to port 53 there is led to it. Locally made packets pass the output hook.
# without: DNS.NOT_REDIRECTED
ip netns exec "$WEB" nft -f - <<'END'
table ip resolver {
    chain leaving {
        type nat hook output priority -100; policy accept;
        ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:5300
    }
}
END
# without: DNS.NOT_REDIRECTED
ip netns exec "$DB" nft -f - <<'END'
table ip resolver {
    chain leaving {
        type nat hook output priority -100; policy accept;
        ip daddr 127.0.0.11 udp dport 53 dnat to 127.0.0.11:5300
    }
}
END
