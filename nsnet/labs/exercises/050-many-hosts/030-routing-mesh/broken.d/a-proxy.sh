# expect: MESH.ONE_SIDED
# needs: socat
for h in hA hB; do ip netns exec "$h" socat TCP-LISTEN:$PORT,fork,reuseaddr TCP:$W1:80 </dev/null >/dev/null 2>&1 & done
sleep 0.3
