"""`Schedule`: taken note of, not carried out; the system's own scheduler runs things at times (`designer run` in cron)."""

from __future__ import annotations

import uuid
import warnings
from enum import Enum
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException

if TYPE_CHECKING:
    import builtins


class TimeZone(Enum):
    """Time zones by name."""

    GMTStandardTime, EasternStandardTime, PacificStandardTime, UTC = (
        "GMT Standard Time", "Eastern Standard Time", "Pacific Standard Time", "UTC"
    )  # fmt: skip


class ScheduleRecurrence:
    """How often."""

    def __init__(self, frequency: str, interval: int, start_time: Any = None, time_zone: Any = None, hours: Any = None,
                 minutes: Any = None, week_days: Any = None, time_of_day: str | None = None) -> None:  # fmt: skip
        if frequency not in ("Minute", "Hour", "Day", "Week", "Month"):
            raise ValueError(f"frequency is Minute, Hour, Day, Week or Month, not {frequency!r}")
        self.frequency, self.interval, self.start_time, self.time_zone = frequency, interval, start_time, time_zone
        self.hours, self.minutes, self.week_days, self.time_of_day = hours, minutes, week_days, time_of_day

    def validate(self) -> None:
        """It is right."""


class Schedule:
    """A published pipeline with times. Nothing here runs it at those times: `create` says so."""

    def __init__(self, workspace: Any, data: Any) -> None:
        self.workspace, self._data = workspace, dict(data)
        self.id, self.name, self.pipeline_id, self.status = (
            data["name"],
            data["title"],
            data["pipeline"],
            data["status"],
        )
        self.description, self.recurrence = data["description"], data["recurrence"]

    @staticmethod
    def create(workspace: Any, name: str, pipeline_id: str | None = None, experiment_name: str = "", recurrence: Any = None,
               description: str | None = None, **others: Any) -> Schedule:  # fmt: skip
        """Keep it, with a warning."""
        warnings.warn(
            f"the schedule {name!r} is kept, but designer runs nothing by itself; next: put `designer run` into cron or systemd",
            UserWarning,
            stacklevel=2,
        )
        times = {k: str(v) for k, v in vars(recurrence).items() if v is not None} if recurrence is not None else None
        data = {"title": name, "pipeline": pipeline_id or others.get("pipeline_endpoint_id"), "experiment": experiment_name,
                "recurrence": times, "description": description, "status": "Active"}  # fmt: skip
        return Schedule(workspace, Assets(workspace.place, "schedules").add(str(uuid.uuid4()), data, version=1))

    create_for_pipeline_endpoint = create

    @staticmethod
    def get(workspace: Any, id: str, **_: Any) -> Schedule:
        """One by its id."""
        data = Assets(workspace.place, "schedules").get(id, 1)
        if data is None:
            raise UserErrorException(f"there is no schedule {id!r}")
        return Schedule(workspace, data)

    @staticmethod
    def list(
        workspace: Any, active_only: bool = True, pipeline_id: str | None = None, **_: Any
    ) -> builtins.list[Schedule]:
        """All of them."""
        found = [Schedule(workspace, data) for data in Assets(workspace.place, "schedules").all()]
        chosen = [one for one in found if pipeline_id in (None, one.pipeline_id)]
        return [one for one in chosen if one.status == "Active" or not active_only]

    get_all = list

    @staticmethod
    def get_schedules_for_pipeline_id(workspace: Any, pipeline_id: str, **_: Any) -> builtins.list[Schedule]:
        """Those of a pipeline."""
        return Schedule.list(workspace, False, pipeline_id)

    def _set(self, status: str) -> None:
        self._data["status"] = self.status = status
        Assets(self.workspace.place, "schedules").update(self._data)

    def enable(self, wait_for_provisioning: bool = False, wait_timeout: int = 3600) -> None:
        """Note it as active."""
        self._set("Active")

    activate = enable

    def disable(self, wait_for_provisioning: bool = False, wait_timeout: int = 3600) -> None:
        """Note it as not active."""
        self._set("Disabled")

    def get_last_pipeline_run(self) -> None:
        """There is none: nothing runs by itself."""

    def get_pipeline_runs(self) -> builtins.list[Any]:
        """There are none."""
        return []
