# expect: FLT.ELSEWHERE
for each in "c1 $C2 $C3" "c2 $C1 $C3" "c3 $C1 $C2"; do
    set -- $each
    ip -n "$1" route add blackhole "$2"
    ip -n "$1" route add blackhole "$3"
done
