"""A graph drawn: as text, SVG, Mermaid, Graphviz' dot, JSON."""
