# expect: SYSCTL.WRONG_NS
# The setting is per namespace, and this one is the sender's.
ip netns exec c1 sysctl -w net.ipv4.ip_forward=1
