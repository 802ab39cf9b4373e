"""Modules of a shop."""
