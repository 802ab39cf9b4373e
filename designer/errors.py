"""The error tree. What a user gets wrong in a pipeline is a `Problem`; these are for calls that can't do what they were asked.

DesignerError
├── PipelineError        a wrong pipeline was asked to run; holds its problems
├── RunFailedError       a run that was waited for failed; names its first failed node
├── MetricError          a value that can't be logged as asked
├── RunStateError        a call that this run can't take: no such file, a property set twice …
├── FormatError          no format keeps a value of this type, or a kept value can't be read
├── StoreError           a store that can't be read or written: a full disk, a damaged or missing file
├── ModuleLoadError      a file that should hold modules or a pipeline doesn't
└── MissingExtraError    a library that an extra brings is not installed
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class DesignerError(Exception):
    """Base of all errors that designer raises on purpose; the message says what, where and what next."""


class PipelineError(DesignerError):
    """A wrong pipeline was asked to run; nothing ran. `problems` holds every problem."""

    def __init__(self, problems: Sequence[Any]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"the pipeline has {count} problem{'s' * (count != 1)}; nothing ran"
        super().__init__("\n\n".join([head, *(str(problem) for problem in self.problems)]))


class RunFailedError(DesignerError):
    """A run that was waited for failed. `run_id`, `node` and `error` (the stored details) tell where and why."""

    def __init__(self, run_id: str, node: str | None, error: Any) -> None:
        self.run_id, self.node, self.error = run_id, node, error
        message = (error or {}).get("message", "no reason was recorded")
        where = f"node {node} failed" if node else "the run failed"
        super().__init__(f"{where}: {message}\n  next: designer logs {run_id}{' ' + node if node else ''}")


class MetricError(DesignerError, ValueError):
    """A value that can't be logged as asked."""


class RunStateError(DesignerError):
    """A call that this run can't take in its state."""


class FormatError(DesignerError, TypeError):
    """No format keeps a value of this type, or a kept value can't be read back."""


class StoreError(DesignerError):
    """A store can't be read or written: its disk is full, it may not be written to, its database is damaged or gone."""


class ModuleLoadError(DesignerError):
    """A file or package that should hold modules or a pipeline doesn't, or its import failed."""


class MissingExtraError(DesignerError, ImportError):
    """A library that an extra brings is not installed; the message names the one command that installs it."""

    def __init__(self, library: str, extra: str, distribution: str = "designer") -> None:
        self.library, self.extra = library, extra
        super().__init__(f"this needs {library}, which is not installed\n  next: pip install '{distribution}[{extra}]'")
