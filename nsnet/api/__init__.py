"""The Python API: labs described by calls, built by the engine in a helper process.

- lab, description: the calls; draft, wish: what they say, checked
- network, container, place: handles on what stands
- machine, running, probe: the helper process, and what goes on in there
- remote: what runs in the helper, the engine's side
"""
