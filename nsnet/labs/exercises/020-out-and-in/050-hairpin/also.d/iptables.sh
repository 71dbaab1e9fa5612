# As Docker writes it: iptables for the rule, sysfs for the port.
# needs: iptables
iptables -t nat -A POSTROUTING -s "$C1/32" -d "$C1/32" -p tcp --dport 80 -j MASQUERADE
echo 1 > "/sys/class/net/veth$_X1/brport/hairpin_mode"
