# expect: SYSCTL.RP_FILTER
# after: solution
ip netns exec web sysctl -qw net.ipv4.conf.all.rp_filter=1
