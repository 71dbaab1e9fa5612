# Without any filter: for what comes by the bridge there is no route, and none into it for others.
ip rule add iif "$BACKBR" blackhole
ip rule add iif "$FRONTBR" to "$NET" blackhole
ip rule add iif wan0 to "$NET" blackhole
ip -n db route del default
ip -n app route del default
