# expect: APP.LOOPBACK_ONLY
serve --name web "127.0.0.1:$WEB" &
serve --name api "$API" &
sleep 0.4
