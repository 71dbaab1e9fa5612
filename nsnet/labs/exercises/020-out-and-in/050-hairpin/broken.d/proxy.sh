# expect: NAT.PROXY
# after: solution
nft flush chain ip docker published
nft add rule ip docker published iifname != br0 fib daddr type local tcp dport "$PORT" dnat to "$C1:80"
python3 - "$PORT" "$C1" > /dev/null 2>&1 <<'PROXY' &
import socket, sys, threading
def copy(one, other):
    while data := one.recv(4096):
        other.sendall(data)
    other.shutdown(socket.SHUT_WR)
taker = socket.create_server(("", int(sys.argv[1])))
while True:
    caller, _ = taker.accept()
    far = socket.create_connection((sys.argv[2], 80))
    threading.Thread(target=copy, args=(caller, far), daemon=True).start()
    threading.Thread(target=copy, args=(far, caller), daemon=True).start()
PROXY
sleep 0.4
