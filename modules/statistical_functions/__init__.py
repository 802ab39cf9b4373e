"""Statistical Functions: describing a dataset."""
