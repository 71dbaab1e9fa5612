# expect: L3.OTHER_GATEWAY
# instead of: -n c1
# Forced. It works here, because Linux answers by ARP for any of its addresses, on any interface.
ip -n c1 route add default via 203.0.113.2 dev eth0 onlink
