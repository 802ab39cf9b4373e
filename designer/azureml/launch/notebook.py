"""Runs a notebook's cells one after the other, as IPython does, and ends at the first that fails. Executed as a script of its own.

`python notebook.py FILE [args]`, in the user's interpreter and working folder. Elsewhere: a notebook that people run (designer.notebook).
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main(path: str) -> int:
    """Everything. Returns the exit code."""
    try:
        with open(path, encoding="utf-8") as file:
            cells = [cell for cell in json.load(file)["cells"] if cell.get("cell_type") == "code"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{path} can't be read as a notebook: {error}", file=sys.stderr)
        return 2
    try:
        from IPython.terminal.interactiveshell import TerminalInteractiveShell  # noqa: PLC0415 - its absence is told
    except ImportError:
        print(f"notebooks need IPython in {sys.executable}\n  next: pip install ipython", file=sys.stderr)
        return 2
    sys.argv = sys.argv[1:]
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    shell = TerminalInteractiveShell.instance()
    shell.simple_prompt = True
    shell.run_line_magic("colors", "NoColor")  # what is printed is kept as text
    for cell in cells:
        source = cell.get("source") or ""
        result = shell.run_cell("".join(source) if isinstance(source, list) else source, store_history=True)
        error = result.error_before_exec or result.error_in_exec
        if error is not None:
            return _code(error)
    return 0


def _code(error: Any) -> int:
    """The exit code that a script would end with."""
    if not isinstance(error, SystemExit):
        return 1
    if error.code is None or isinstance(error.code, int):
        return error.code or 0
    print(error.code, file=sys.stderr)
    return 1


if __name__ == "__main__":
    code = main(sys.argv[1])
    sys.stdout.flush()
    sys.exit(code)
