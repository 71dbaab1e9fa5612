# expect: L3.GW_UNREACHABLE
ip -n "$A" route add default via "$NOBODY"
