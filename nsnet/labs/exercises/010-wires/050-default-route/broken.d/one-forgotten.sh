# expect: L3.NO_DEFAULT
# instead of: -n c1
# In the host: it is refused there, and it is not the host that lacks a way.
ip route add default via "$GW" || true
