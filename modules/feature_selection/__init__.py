"""Feature Selection: which columns matter."""
