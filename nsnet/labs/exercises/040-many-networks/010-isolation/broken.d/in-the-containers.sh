# expect: FLT.ELSEWHERE
for room in c1 c2; do ip -n $room route add blackhole "$NET1"; done
ip -n c3 route add blackhole "$NET0"
