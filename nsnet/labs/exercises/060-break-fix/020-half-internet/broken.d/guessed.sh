# expect: ANSWER.WRONG
answer layer $((LAYER % 3 + 1))
