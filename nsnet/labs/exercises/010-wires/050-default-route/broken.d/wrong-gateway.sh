# expect: L3.GW_UNREACHABLE
# instead of: -n c1
# Nobody is there.
ip -n c1 route add default via "${GW%.*}.99"
