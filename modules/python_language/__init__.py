"""Python Language: your own Python code as a node."""
