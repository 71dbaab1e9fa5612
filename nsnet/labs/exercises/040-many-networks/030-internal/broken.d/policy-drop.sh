# expect: FLT.TOO_WIDE
ip -n db route delete default
ip -n app route delete default
iptables -P FORWARD DROP
