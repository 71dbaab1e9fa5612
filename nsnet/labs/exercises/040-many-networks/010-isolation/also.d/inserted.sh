# By addresses, at the head of the chain that is there.
nft insert rule ip docker passing ip saddr "$NET0" ip daddr "$NET1" reject
nft insert rule ip docker passing ip saddr "$NET1" ip daddr "$NET0" reject
