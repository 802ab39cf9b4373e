"""The folder that a script works in: made from a snapshot, emptied of its outputs and logs into the store, removed.

Elsewhere: the paths of its inputs and outputs (data/bring.py), its process (process.py).
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

from designer.azureml.launch import snapshot
from designer.azureml.launch.mlflow_folder import MlflowFolder

if TYPE_CHECKING:
    from designer.azureml.launch.spec import Launch
    from designer.store.place import Place

KEPT = ("outputs", "logs", "azureml-logs", "user_logs")  # folders whose files go to the run
LIVE = ("logs", "azureml-logs", "user_logs")  # those whose files are shown while it runs
_LIVE_PAUSE = 2.0  # seconds between looks at them
_LIVE_MOST = 16 << 20  # bytes; a larger log is kept at the end only


class Workdir:
    """`code/` to run in, `in/` and `out/` for data. A run in place has only those."""

    def __init__(self, place: Place, launch: Launch) -> None:
        self.place, self.run_id = place, launch.run_id
        self.root = place.folder / "work" / launch.run_id
        self.root.mkdir(parents=True, exist_ok=True)
        self.in_place = launch.snapshot is None
        self.code = Path(launch.folder or ".").absolute() if launch.snapshot is None else self.root / "code"
        self.uploads = self.root / "uploads"
        self.mlflow = MlflowFolder(place, self.root / "mlflow", launch.run_id, launch.experiment, launch.top)
        self._seen: dict[str, tuple[int, int]] = {}
        self._looked = self._began = time.time()
        if launch.snapshot is not None:
            snapshot.copy_out(place, launch.snapshot, self.code)
        for name in ("outputs", "logs"):
            if launch.snapshot is not None:
                (self.code / name).mkdir(exist_ok=True)

    def keep_live(self) -> None:
        """Keep what has come to the log folders, from time to time."""
        now = time.time()
        if now - self._looked >= _LIVE_PAUSE:
            self._looked = now
            self._keep(LIVE, live=True)
            self.mlflow.keep(final=False)

    def keep_all(self) -> None:
        """Keep everything that the script has left in its outputs and logs, and told MLflow."""
        self._keep(KEPT, live=False)
        self.mlflow.keep(final=True)

    def leave_outputs(self) -> None:
        """Remove everything but `out/`."""
        for name in ("code", "in", "mlflow"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        self.uploads.unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove the folder; what is in the store stays."""
        shutil.rmtree(self.root, ignore_errors=True)

    def _keep(self, folders: tuple[str, ...], live: bool) -> None:
        uploaded = set(self.uploads.read_text().splitlines()) if self.uploads.exists() else set()
        for folder in folders:
            for above, _, names in os.walk(self.code / folder):
                for name in names:
                    path = Path(above, name)
                    stored = path.relative_to(self.code).as_posix()
                    if stored not in uploaded:
                        self._keep_file(path, stored, live)

    def _keep_file(self, path: Path, name: str, live: bool) -> None:
        try:
            stat = path.stat()
        except OSError:  # it has gone in between, or is a link to nowhere
            return
        state = (stat.st_size, stat.st_mtime_ns)
        if self._seen.get(name) == state or (live and stat.st_size > _LIVE_MOST):
            return
        if self.in_place and stat.st_mtime < self._began - 1:
            return  # left there by an earlier run
        artifacts = self.place.artifacts
        movable = not live and not self.in_place and not path.is_symlink() and stat.st_nlink == 1
        digest, size = artifacts.adopt(path) if movable else artifacts.add(path)
        self.place.journal.event(
            {"e": "file", "run": self.run_id, "name": name, "digest": digest, "size": size, "t": time.time()}
        )
        self._seen[name] = state
