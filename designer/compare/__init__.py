"""Two runs side by side: what each node did differently, and why. Reads the store only, so that the page may use it.

code.py: what differs in code · values.py: in parameters, packages and inputs · pairs.py: which node is which ·
runs.py: the comparison itself · union.py: both as one graph · lineage.py: what made an output.
Elsewhere: whether a result may be taken again (engine/reuse/).
"""
