"""The Python API: labs described by calls, built by the engine in a helper process.

- lab, description: the calls; draft, wish: what they say, checked; given, askable: what a caller
  gave, whatever its type
- network, container, place: handles on what stands
- machine, running, probe: the helper process, and what goes on in there; unbroken, breakable: what
  Ctrl-C does to it, on our side and on the helper's
- remote: what runs in the helper, the engine's side
"""
