# Nothing is deleted: an accept before the drop, and the program is stopped and started anew.
for x in shop blog wiki; do eval "answer $x \$_$(echo $x | tr a-z A-Z)_SAYS"; done
nft insert rule ip fw through ip daddr "$NET" tcp dport 80 accept
nft replace rule ip fw pre handle "$(nft -a list chain ip fw pre | awk -v p="$_WRONG_PORT" '$0 ~ p {print $NF}')" tcp dport "$_WRONG_PORT" dnat to "$_WRONG_IP:80"
kill -9 $(ip netns pids "$_LOOPED")
sleep 0.3
ip netns exec "$_LOOPED" setsid python3 -m http.server 80 > /dev/null 2>&1 &
sleep 1.5
