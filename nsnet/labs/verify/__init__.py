"""The proof that an exercise is sound, for its author: every run in a machine of its own.

- run: what is to be proved, as runs; outcome: what came of one
- stage: a scene that is put up and graded; scripted, typed: commands carried out there
- proof: a property of each kind; residue: what is left behind; words: what needs no machine
- pool: many runs at once; report: what is told of them
"""
