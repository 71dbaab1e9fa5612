# expect: FLT.ELSEWHERE
# after: solution
nft delete table ip apart
ip -n worker route add blackhole "$FRONT"
