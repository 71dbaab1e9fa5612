# Another order (rules first), maps in one table, and a small proxy for the debugger's port.
nft -f - <<END
table ip app {
    map published { type inet_service : ipv4_addr . inet_service; elements = { 8080 : $VOTE_F . 80, 8081 : $RESULT_F . 80 } }
    chain pre { type nat hook prerouting priority dstnat; iifname "wan0" dnat ip to tcp dport map @published; }
    chain post { type nat hook postrouting priority srcnat; oifname "wan0" masquerade; }
    chain fwd_ { type filter hook forward priority filter; iifname . oifname { "bf" . "bb", "bb" . "bf" } drop; }
}
END
sysctl -qw net.ipv4.ip_forward=1
ip link add bf type bridge
ip link add bb type bridge
for x in "vote bf $VOTE_F/$FL" "result bf $RESULT_F/$FL" "vote bb $VOTE_B/$BL" "result bb $RESULT_B/$BL" "redis bb $REDIS/$BL" "db bb $DB/$BL" "worker bb $WORKER/$BL"; do
    set -- $x
    ip link add "$2-$1" master "$2" up type veth peer name "to-$2" netns "$1"
    ip -n "$1" link set "to-$2" up
    ip -n "$1" address add "$3" dev "to-$2"
done
ip link set bf up
ip link set bb up
ip address add "$FRONT_GW/$FL" dev bf
ip address add "$BACK_GW/$BL" dev bb
for x in vote result; do ip -n $x route add default via "$FRONT_GW"; done
for x in redis db worker; do ip -n $x route add default via "$BACK_GW"; done
setsid python3 -c "
import socket, threading
def pump(a, b):
    while data := a.recv(4096): b.sendall(data)
    b.shutdown(1)
s = socket.create_server(('127.0.0.1', 9229))
while True:
    c, _ = s.accept()
    try: d = socket.create_connection(('$RESULT_F', 9229), 2)
    except OSError: c.close(); continue
    for pair in ((c, d), (d, c)): threading.Thread(target=pump, args=pair, daemon=True).start()
" > /dev/null 2>&1 &
sleep 0.5
