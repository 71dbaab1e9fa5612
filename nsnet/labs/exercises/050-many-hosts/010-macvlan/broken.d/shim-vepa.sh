# expect: L2.MACVLAN_MODE
# instead of: name shim
ip link add link lan0 name shim type macvlan
