"""Clustering: untrained models that find groups."""
