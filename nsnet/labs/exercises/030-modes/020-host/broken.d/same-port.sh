# expect: APP.NOT_LISTENING
serve --name web "$WEB" &
sleep 0.4
serve --name api "$WEB" &
sleep 0.4
