"""What all commands share: the two output streams, JSON, errors and exit codes, finding a run by what a user types."""

from __future__ import annotations

import errno
import json
import math
import os
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from designer.errors import DesignerError, PipelineError, StoreError

if TYPE_CHECKING:
    from rich.console import Console

    from designer.model.problem import Problem
    from designer.model.runs import RunRecord
    from designer.store.sqlite import SqliteStore

FAILED, WRONG = 1, 2


_WIDE = 10_000  # columns, where nobody looks through a window: whoever reads a file or a pipe wants all of the text


@cache
def console(stderr: bool = False) -> Console:
    """Rich's console on standard output, or standard error."""
    from rich.console import Console  # noqa: PLC0415 - a command that prints JSON needs none

    stream = sys.stderr if stderr else sys.stdout
    wide = None if stream.isatty() or "COLUMNS" in os.environ else _WIDE
    return Console(stderr=stderr, highlight=False, markup=False, emoji=False, soft_wrap=True, width=wide)


_answer = -1  # the descriptor that the one JSON value goes to, once standard output is kept for it


def keep_for_json(wanted: bool) -> bool:
    """Send whatever else is printed on standard output, by users' files or C code too, to standard error from here on."""
    global _answer
    if wanted and _answer < 0:
        sys.stdout.flush()
        _answer = os.dup(1)
        os.dup2(2, 1)
    return wanted


def _forget_in_child() -> None:  # whoever reads our output waits for all who have it open
    global _answer
    if _answer >= 0:
        os.close(_answer)
        _answer = -1


os.register_at_fork(after_in_child=_forget_in_child)


def print_json(value: Any) -> None:
    """Print the command's one JSON value. NaN and infinities are written as Python writes them."""
    text = json.dumps(value, indent=2, ensure_ascii=False, default=_plain) + "\n"
    sys.stdout.flush()
    with os.fdopen(os.dup(_answer if _answer >= 0 else 1), "w", encoding="utf-8", errors="backslashreplace") as out:
        out.write(text)


def _plain(value: Any) -> Any:
    for method in ("tolist", "item"):
        if callable(getattr(value, method, None)):
            return getattr(value, method)()
    return dict(value) if isinstance(value, Mapping) else str(value)


def complain(text: str) -> None:
    """Print an error."""
    console(stderr=True).print(text, style="red" if sys.stderr.isatty() else None)


def stop(code: int) -> NoReturn:
    """End the command with an exit code."""
    raise SystemExit(code)


def guarded(command: Callable[[], Any]) -> None:
    """Run the command line; what a user got wrong is told in words, without a traceback, with exit code 2."""
    from designer.model.document import DocumentError  # noqa: PLC0415 - pydantic loads while the command is parsed anyway
    from designer.store.protocol import RunNotFoundError, StoreVersionError  # noqa: PLC0415

    try:
        command()
    except PipelineError as error:
        complain(str(error))
        if _answer >= 0:
            print_json(problems_data(list(error.problems)))
        stop(WRONG)
    except (DesignerError, DocumentError, RunNotFoundError, StoreVersionError) as error:
        told = str(error.args[0] if isinstance(error, RunNotFoundError) else error)
        _told(told, FAILED if isinstance(error, StoreError) else WRONG)
    except BrokenPipeError:  # the reader of our output has gone: `designer runs | head`
        sys.stderr.close()
        stop(0)
    except OSError as error:
        if error.errno not in (*_OF_THE_DISK, *_OF_THE_PATH):
            raise
        _told(str(error), WRONG if error.errno in _OF_THE_PATH else FAILED)


_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)
_OF_THE_PATH = (errno.EEXIST, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)  # of the store, for one: it is a folder


def _told(text: str, code: int) -> NoReturn:
    complain(f"error: {text}")
    if _answer >= 0:
        print_json({"error": text})
    stop(code)


def problems_data(problems: list[Problem]) -> dict[str, Any]:
    """Problems as the JSON of `check`."""
    keys = {"code", "node", "port", "message", "hint"}
    return {"problems": [problem.model_dump(mode="json", include=keys) for problem in problems]}


def print_problems(problems: list[Problem]) -> None:
    """Problems as text, on standard error."""
    out = console(stderr=True)
    for problem in problems:
        out.print(str(problem), style="red" if sys.stderr.isatty() else None)
        out.print()
    out.print(f"{len(problems)} problem{'s' * (len(problems) != 1)}; nothing ran")


def find_run(store: SqliteStore, text: str) -> RunRecord:
    """The run that a user means: an id, its beginning, or `latest`. Raises `RunNotFoundError`."""
    from designer.model.runs import RunQuery  # noqa: PLC0415
    from designer.store.protocol import RunNotFoundError  # noqa: PLC0415

    if text == "latest":
        newest = store.runs(RunQuery(limit=1))
        if not newest:
            raise RunNotFoundError(
                f"there are no runs in {store.folder}\n  next: designer run PATH, or --store another folder"
            )
        return newest[0]
    try:
        return store.run(text)
    except RunNotFoundError:
        matches = [r for r in store.runs(RunQuery(text=text, roots_only=False, limit=50)) if r.id.startswith(text)]
        if len(matches) == 1:
            return matches[0]
        if matches:
            ids = ", ".join(r.id for r in matches[:5])
            raise RunNotFoundError(f"{text!r} is the beginning of several runs: {ids}") from None
        raise


def run_data(store: SqliteStore, run_id: str) -> dict[str, Any]:
    """The JSON of `run` and `show`."""
    from designer.tracking.metrics import many  # noqa: PLC0415

    records = store.tree(run_id)
    metrics = many(store, [record.id for record in records], brief=True)
    root = records[0]
    nodes = {
        record.node: {
            "run_id": record.id,
            "status": record.status,
            "metrics": metrics.get(record.id, {}),
            "seconds": record.seconds,
            "error": dict(record.error) if record.error else None,
            "reused_from": record.reused_from,
        }
        for record in records[1:]
        if record.node is not None
    }
    data = {"run_id": root.id, "status": root.status, "metrics": metrics.get(root.id, {}), "nodes": nodes}
    return data | ({"error": dict(root.error)} if root.error else {})


MARKS = {
    "Completed": ("✔", "green"),
    "Failed": ("✘", "red"),
    "Canceled": ("■", "yellow"),
    "Skipped": ("–", "bright_black"),
    "Running": ("▶", "cyan"),
    "Queued": ("…", "bright_black"),
}


def mark(status: str) -> tuple[str, str]:
    """A status as a sign that differs in shape, and its colour."""
    return MARKS.get(status, ("·", "bright_black"))


def number(value: Any) -> str:
    """A metric's value, short: six significant digits, thousands apart."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


def seconds(value: float | None) -> str:
    """A time span."""
    if value is None:
        return ""
    if value < 60:
        return f"{value:.2f} s"
    minutes, rest = divmod(int(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def moment(at: float | None) -> str:
    """A point in time, local."""
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""
