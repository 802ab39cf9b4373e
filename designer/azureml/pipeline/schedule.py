"""`Schedule`: taken note of, not carried out; the system's own scheduler runs things at times (`designer run` in cron)."""

from __future__ import annotations

import uuid
import warnings
from enum import Enum
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException
from designer.azureml.pipeline.parameter import plain

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


def _times(recurrence: Any) -> dict[str, Any] | None:
    """A recurrence as plain data."""
    if recurrence is None:
        return None
    found = {key: value for key, value in vars(recurrence).items() if value is not None}
    return {
        key: value if isinstance(value, (int, str, list)) else str(getattr(value, "value", value))
        for key, value in found.items()
    }


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
        self.description, times = data["description"], data["recurrence"]
        self.recurrence = ScheduleRecurrence(**times) if times else None
        self.experiment_name, self.pipeline_parameters = data["experiment"], data.get("parameters") or {}
        self.datastore_name, self.path_on_datastore = data.get("datastore"), data.get("path")
        self.tags = dict(data.get("tags") or {})

    @staticmethod
    def create(workspace: Any, name: str, pipeline_id: str | None = None, experiment_name: str = "", recurrence: Any = None,
               description: str | None = None, pipeline_parameters: Any = None, wait_for_provisioning: bool = False,
               wait_timeout: int = 3600, datastore: Any = None, polling_interval: int = 5,
               data_path_parameter_name: str | None = None, continue_on_step_failure: bool | None = None,
               path_on_datastore: str | None = None, tags: Any = None, **others: Any) -> Schedule:  # fmt: skip
        """Keep it, with a warning."""
        warnings.warn(
            f"the schedule {name!r} is kept, but designer runs nothing by itself; next: put `designer run` into cron or systemd",
            UserWarning,
            stacklevel=2,
        )
        values = {key: plain(value) for key, value in (pipeline_parameters or {}).items()}
        data = {"title": name, "pipeline": pipeline_id or others.get("pipeline_endpoint_id"), "experiment": experiment_name,
                "recurrence": _times(recurrence), "description": description, "status": "Active", "parameters": values,
                "datastore": datastore.name if datastore is not None else None, "path": path_on_datastore,
                "tags": {str(k): str(v) for k, v in (tags or {}).items()}}  # fmt: skip
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

    def update(self, name: str | None = None, description: str | None = None, recurrence: Any = None, pipeline_parameters: Any = None,
               status: str | None = None, **others: Any) -> None:  # fmt: skip
        """Change it: only what is given."""
        values = {key: plain(value) for key, value in pipeline_parameters.items()} if pipeline_parameters else None
        changes = {"title": name, "description": description, "recurrence": _times(recurrence), "parameters": values,
                   "status": status, "experiment": others.get("experiment_name"), "tags": others.get("tags")}  # fmt: skip
        self._change({key: value for key, value in changes.items() if value is not None})

    def _change(self, changes: Any) -> None:
        self._data.update(changes)
        Assets(self.workspace.place, "schedules").update(self._data)
        self.__init__(self.workspace, self._data)  # type: ignore[misc]

    def _set(self, status: str) -> None:
        self._change({"status": status})

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

    def __repr__(self) -> str:
        return f"Schedule(Name: {self.name},\nId: {self.id},\nStatus: {self.status},\nPipeline Id: {self.pipeline_id})"
