"""Importing this makes `azureml.core` and its siblings importable, for the rest of the process. Elsewhere: how (loader.py)."""

from __future__ import annotations

from designer.azureml import loader

loader.install()
