# As VPNs do it: two halves of the internet, each longer than any default.
for room in c1 c2; do ip -n $room route add 0.0.0.0/1 via "$GW"; done
for room in c1 c2; do ip -n $room route add 128.0.0.0/1 via "$GW"; done
