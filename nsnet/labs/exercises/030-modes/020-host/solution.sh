# Host mode is a step that is left out: the program starts where we are.
# without: APP.NOT_LISTENING
serve --name web "$WEB" &
# The second one needs a port of its own: both share one table.
# without: APP.NOT_LISTENING
serve --name api "$API" &
