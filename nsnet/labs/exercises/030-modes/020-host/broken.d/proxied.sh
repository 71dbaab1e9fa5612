# expect: MODE.LINKS_CHANGED
serve --name api "$API" &
ip netns add web
ip -n web link set lo up
ip link add veth-web type veth peer name eth0 netns web
ip link set veth-web master br0 up
W=$(python3 -c "import ipaddress as i; print(i.ip_address(\"$C1\") + 7)")
ip -n web address add "$W/$LEN" dev eth0
ip -n web link set eth0 up
ip -n web route add default via "$GW"
ip netns exec web serve --name web 80 &
python3 - "$W" ":$WEB" > /dev/null 2>&1 <<'PROXY' &
import socket, sys, threading
def copy(one, other):
    while data := one.recv(4096):
        other.sendall(data)
    other.shutdown(socket.SHUT_WR)
def take(where):
    address, port = where.split(":")
    taker = socket.create_server((address, int(port)))
    while True:
        caller, _ = taker.accept()
        far = socket.create_connection((sys.argv[1], 80))
        for one, other in ((caller, far), (far, caller)):
            threading.Thread(target=copy, args=(one, other), daemon=True).start()
for where in sys.argv[2:]:
    threading.Thread(target=take, args=(where,)).start()
PROXY
sleep 0.5
