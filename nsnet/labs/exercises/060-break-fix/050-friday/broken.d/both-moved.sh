# expect: L3.DUP_ADDR
# after: solution
ip -n db address add "$CACHE/16" dev eth0
