# Without any filter: the routing policy has no way between the two.
ip rule add iif "$BR0" to "$NET1" prohibit
ip rule add iif "$BR1" to "$NET0" prohibit
