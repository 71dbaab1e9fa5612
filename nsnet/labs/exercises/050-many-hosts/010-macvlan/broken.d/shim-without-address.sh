# expect: L3.NO_ADDR
# instead of: route add "$C1"
# instead of: route add "$C2"
ip route add "$C1" dev shim
ip route add "$C2" dev shim
