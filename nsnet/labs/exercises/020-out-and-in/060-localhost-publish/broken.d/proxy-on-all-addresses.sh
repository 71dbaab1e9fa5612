# expect: NAT.ALL_ADDRESSES
# needs: iptables
sysctl -w net.ipv4.ip_forward=1
iptables -t nat -A POSTROUTING -s "$NET" ! -o br0 -j MASQUERADE
iptables -t nat -A PREROUTING -m addrtype --dst-type LOCAL -p tcp --dport "$OPEN" -j DNAT --to-destination "$C1:80"
python3 - "$C1" ":$OPEN" ":$CLOSED" > /dev/null 2>&1 <<'PROXY' &
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
