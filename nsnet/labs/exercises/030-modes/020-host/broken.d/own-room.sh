# expect: MODE.HAS_OWN_NS
serve --name api "$API" &
unshare --net sh -c 'ip link set lo up; serve --name web "$WEB"' &
sleep 0.5
