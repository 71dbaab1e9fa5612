# expect: L3.NO_GW_ADDR
# after: solution
ip address del "$GW/$LEN" dev br0
