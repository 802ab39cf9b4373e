"""`python -m designer.azureml FILE [args]`: `python FILE [args]` with `azureml` importable, in this very process.

Elsewhere: a script under a supervisor, with its output kept and JSON (designer run-script).
"""

from __future__ import annotations

import os
import sys
from types import ModuleType


def main() -> None:
    """Become the script."""
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print("usage: python -m designer.azureml FILE [args]", file=sys.stderr)
        raise SystemExit(2)
    path = sys.argv[1]
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        print(f"error: {path} can't be read: {error.strerror}", file=sys.stderr)
        raise SystemExit(2) from None
    from designer.azureml import loader  # noqa: PLC0415 - a wrong call needs none of it
    from designer.azureml.launch.variables import importing  # noqa: PLC0415

    loader.install()
    os.environ.update({name: value for name, value in importing(os.environ).items() if name != "PYTHONUNBUFFERED"})
    if path.endswith(".ipynb"):
        from designer.azureml.launch.supervisor import NOTEBOOK_RUNNER  # noqa: PLC0415

        os.execv(sys.executable, [sys.executable, str(NOTEBOOK_RUNNER), *sys.argv[1:]])
    sys.argv = sys.argv[1:]
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    script = ModuleType("__main__")
    script.__file__ = path
    script.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = script
    try:
        exec(compile(source, path, "exec"), script.__dict__)
    except SystemExit as end:
        if end.code not in (None, 0):
            _note(end)
        raise
    except BaseException as error:
        _note(error)
        error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ is not None else None
        raise


def _note(error: BaseException) -> None:
    """Let the program's run know how it ended."""
    if "designer.azureml.runs.offline" in sys.modules:
        sys.modules["designer.azureml.runs.offline"].failed_with(error)


if __name__ == "__main__":
    main()
