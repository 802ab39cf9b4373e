"""The runs above a module's run, as the module sees them: what it logs to them is noted, too.

So a result that is taken again brings along what its module logged to the pipeline's run. Elsewhere: logging (run.py).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from designer.tracking import figures, values
from designer.tracking.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.store.place import Place


class Above(Run):
    """A pipeline's or group's run, to which the module `via` logs. `level` counts the steps up from the module's run."""

    def __init__(self, experiment: Any, run_id: str, *, place: Place, root: str, via: Run, level: int) -> None:
        super().__init__(experiment, run_id, place=place, managed=True, root=root)
        self._via, self._level = via, level

    @classmethod
    def of(cls, run: Run, parent: str, root: str) -> Above:
        """The run right above a module's run, as the module sees it."""
        above = cls(run._experiment, parent, place=run._place, root=root, via=run, level=1)
        above._parent_known = parent == root  # the pipeline's run has no parent, a group's has
        return above

    @property
    def parent(self) -> Run | None:
        """The run above this one."""
        if not self._parent_known:
            parent = self._record.parent
            self._parent = (
                Above(
                    self._experiment, parent, place=self._place, root=self._root(), via=self._via, level=self._level + 1
                )
                if parent
                else None
            )
            self._parent_known = True
        return self._parent

    def log(self, name: str, value: Any, description: str = "", step: int | None = None) -> None:
        """Log one value."""
        super().log(name, value, description, step)
        self._note(
            "log", name, values.scalar(name, value), description, None if step is None else values.step(name, step)
        )

    def log_list(self, name: str, value: Any, description: str = "") -> None:
        """Log several values at once."""
        items = values.elements(name, value)
        super().log_list(name, items, description)
        self._note("log_list", name, items, description)

    def _log_rows(self, name: str, rows: Any, description: str) -> None:
        super()._log_rows(name, rows, description)
        self._note("_log_rows", name, [dict(row) for row in rows], description)

    def log_image(self, name: str, path: str | None = None, plot: Any = None, description: str = "") -> None:
        """Log an image."""
        data, suffix, file = figures.image(name, path, plot)
        self._log_picture(name, data, suffix, file, description)
        digest, _ = self._place.artifacts.add_bytes(data)
        self._note("image", name, digest, suffix, file, description)

    def _log_json(self, name: str, value: Any, kind: str, description: str) -> None:
        super()._log_json(name, value, kind, description)
        self._note("_log_json", name, figures.json_of(name, value).decode(), kind, description)

    def _note(self, method: str, *arguments: Any) -> None:
        self._via._note_echoes()
        self._journal.event({"e": "echo", "run": self._via.id, "call": [time.time(), self._level, method, *arguments]})


def replay(call: list[Any], above: Mapping[int, Run]) -> None:
    """Log again what `Above` has noted, to the runs above another node."""
    _, level, method, *arguments = call
    run = above.get(level)
    if run is None:
        return
    if method == "image":
        name, digest, suffix, file, description = arguments
        run._log_picture(name, run._place.artifacts.path(digest).read_bytes(), suffix, file, description)
    elif method in ("log", "log_list", "_log_rows", "_log_json"):
        getattr(run, method)(*arguments)
