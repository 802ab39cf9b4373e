"""Small names that scripts import and that do nothing here, or next to nothing."""

from __future__ import annotations

from enum import Enum
from typing import Any

SNAPSHOT_MAX_SIZE_BYTES = 1 << 62  # scripts raise it; here a snapshot has no limit


def set_diagnostics_collection(send_diagnostics: bool = True, verbosity: Any = None) -> None:
    """Nothing is ever sent anywhere."""


def get_diagnostics_collection(*_: Any, **__: Any) -> bool:
    """Nothing is ever sent anywhere."""
    return False


def get_portal_url(run: Any) -> str:
    """The run's page."""
    return f"http://localhost:8501/run?run={getattr(run, 'id', getattr(getattr(run, 'info', None), 'run_id', ''))}"


class RunStatus(Enum):
    """Statuses by name."""

    NOT_STARTED = "NotStarted"
    QUEUED = "Queued"
    PREPARING = "Preparing"
    STARTING = "Starting"
    RUNNING = "Running"
    FINALIZING = "Finalizing"
    CANCEL_REQUESTED = "CancelRequested"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"
