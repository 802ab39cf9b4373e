"""How modules and pipelines are written in Python, and where modules are found. Elsewhere: running them (engine)."""
