# First the diagnosis ...
# without: ANSWER.MISSING
answer layer "$_LAYER"
# ... then what it says.
# without: L3.GW_UNREACHABLE L3.FORWARD_OFF NAT.NO_MASQ
case $_FAULT in
way) ip -n c1 route replace default via "$GW" ;;
router) sysctl -w net.ipv4.ip_forward=1 ;;
translation) nft add rule ip nat post ip saddr "$NET" oifname != br0 counter masquerade ;;
esac
