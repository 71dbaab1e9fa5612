# expect: L3.NO_DEFAULT
# Who cannot find the door does not knock. But the neighbour's routes are the neighbour's.
ip -n outside route del "$NET"
