# expect: ANSWER.WRONG
# instead of: answer gateway
# Asked in the wrong namespace.
answer gateway "$(ip -n c3 route show default | cut -d' ' -f3)"
