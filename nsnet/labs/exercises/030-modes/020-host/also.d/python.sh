# Python's own web server, detached from the shell.
setsid python3 -m http.server "$WEB" --bind 0.0.0.0 > /dev/null 2>&1 &
setsid python3 -m http.server "$API" --bind "$HOST" > /dev/null 2>&1 &
