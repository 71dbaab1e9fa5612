# expect: L3.GW_UNREACHABLE
# A typical mistake: the gateway's address is mistyped, and nobody has that one.
ip -n c1 address add "$C1/$LEN" dev eth0
ip -n c1 route add default via "${GW%.*}.99"
