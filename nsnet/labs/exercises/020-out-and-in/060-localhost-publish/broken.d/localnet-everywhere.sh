# expect: SEC.REMOTE_LOOPBACK
# after: solution
sysctl -w net.ipv4.conf.all.route_localnet=1
nft flush chain ip docker guard
nft add rule ip docker guard iifname br0 ip daddr 127.0.0.0/8 drop
