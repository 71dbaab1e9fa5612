# expect: ANSWER.WRONG
answer layer $((_LAYER % 3 + 1))
