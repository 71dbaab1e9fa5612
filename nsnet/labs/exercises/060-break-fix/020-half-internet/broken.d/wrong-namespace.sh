# expect: SYSCTL.WRONG_NS
# after: solution
sysctl -qw net.ipv4.ip_forward=0
ip netns exec c1 sysctl -qw net.ipv4.ip_forward=1
