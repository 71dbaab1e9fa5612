"""Exercises that are built by hand and judged by the kernel.

- exercise, library, reading, values: what an exercise is, where it is found, its drawn addresses
- scene: what stands before the learner begins; session, shell: where that is, and the way in
- situation, assertions, grade, verdict: looking at what was built
- hints, debrief, texts: what is said about it
- attempt, progress: what is remembered
- verify: the proof that an exercise is sound, for its author
"""
