"""What the calls of Docker's API do: create, start, stop, connect and the like.

Each is an edit of the recorded topology that the container or network belongs to (`by-hand` for
what single commands make), carried out by the engine in one locked session.
"""
