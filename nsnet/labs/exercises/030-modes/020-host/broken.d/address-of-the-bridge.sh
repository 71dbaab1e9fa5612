# expect: APP.OTHER_ADDRESS
serve --name web "$GW:$WEB" &
serve --name api "$API" &
sleep 0.4
