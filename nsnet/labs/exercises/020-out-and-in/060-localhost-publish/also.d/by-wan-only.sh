# Published by interface: neighbours are not served at the host's address, which nobody asked for.
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.br0.route_localnet=1
nft -f - <<END
table ip mine {
    chain guard {
        type filter hook prerouting priority -300;
        iifname != "lo" ip daddr 127.0.0.0/8 drop
    }
    chain pre {
        type nat hook prerouting priority -100;
        iifname "wan0" ip daddr $HOST tcp dport $OPEN dnat to $C1:80
    }
    chain own {
        type nat hook output priority -100;
        ip daddr 127.0.0.0/8 tcp dport { $OPEN, $CLOSED } dnat to $C1:80
    }
    chain post {
        type nat hook postrouting priority 100;
        oifname "br0" ip saddr 127.0.0.0/8 snat to $GW
        oifname "wan0" ip saddr $NET masquerade
    }
}
END
