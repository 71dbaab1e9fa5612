# expect: NAT.PROXY
# It answers, but it is another server: one on the host that calls itself c1.
serve "$PORT" --name c1 &
sleep 0.5
