"""The command line. Each command has a file; `main.py` names them all. Elsewhere: the page (app/)."""

from designer.cli.main import main

__all__ = ["main"]
