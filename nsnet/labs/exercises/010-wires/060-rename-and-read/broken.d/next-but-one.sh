# expect: L3.WRONG_ADDR
# instead of: address add
# It works: but five was free.
ip -n c4 address add "${C4%.*}.77/$LEN" dev eth0
