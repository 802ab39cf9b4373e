"""Regression: untrained models that predict a number."""
