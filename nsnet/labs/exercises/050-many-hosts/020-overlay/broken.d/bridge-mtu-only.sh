# expect: MTU.OVERLAY
# until: t1 link set
for h in hA hB; do ip -n "$h" link set br0 mtu 1450; done
