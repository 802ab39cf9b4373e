"""Compute targets as names: whichever is asked for, this machine does the work."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import ComputeTargetException

if TYPE_CHECKING:
    from designer.azureml.workspace import Workspace


class ComputeTarget:
    """A compute target of a workspace. `ComputeTarget(ws, name)` raises `ComputeTargetException` when it was never created."""

    _kind = "AmlCompute"

    def __new__(cls, workspace: Any = None, name: str | None = None, *_: Any, **__: Any) -> Any:
        """The class of the kind that it was created as."""
        if cls is ComputeTarget and workspace is not None and name is not None:
            kept = Assets(workspace.place, "compute").get(name)
            if kept is not None:
                return object.__new__(_KINDS.get(kept["kind"], AmlCompute))
        return object.__new__(cls)

    def __init__(self, workspace: Workspace, name: str) -> None:
        kept = Assets(workspace.place, "compute").get(name)
        if kept is None:
            there = ", ".join(Assets(workspace.place, "compute").names()) or "none"
            raise ComputeTargetException(
                f"ComputeTargetNotFound: there is no compute target {name!r}; there are: {there}\n"
                "  next: ComputeTarget.create(ws, name, configuration); it will be this machine"
            )
        self.workspace, self.name = workspace, name
        self.type, self.settings = kept["kind"], kept["settings"]
        self.vm_size = self.settings.get("vm_size")
        self.location, self.provisioning_state, self.tags = "local", "Succeeded", dict(self.settings.get("tags") or {})
        self.provisioning_errors: list[Any] = []
        self.cluster_resource_id = self.id = f"local/{name}"
        self.description, self.created_on = self.settings.get("description"), kept["created"]

    @staticmethod
    def create(workspace: Workspace, name: str, provisioning_configuration: Any) -> Any:
        """Note a name for this machine."""
        data = {"kind": provisioning_configuration.kind, "settings": provisioning_configuration.settings}
        Assets(workspace.place, "compute").add(name, data, version=1)
        return ComputeTarget(workspace, name)

    attach = create

    @staticmethod
    def list(workspace: Workspace) -> list[Any]:
        """Those of a workspace."""
        return [ComputeTarget(workspace, name) for name in Assets(workspace.place, "compute").names()]

    @classmethod
    def provisioning_configuration(cls, *args: Any, **settings: Any) -> Any:
        """What it would be like in Azure; taken note of."""
        if args:
            settings["vm_size"] = args[0]
        return SimpleNamespace(kind=cls._kind, settings=settings, **settings)

    @classmethod
    def attach_configuration(cls, *args: Any, **settings: Any) -> Any:
        """The same, for a machine that is there already."""
        settings.pop("password", None)
        settings.pop("private_key_passphrase", None)
        return SimpleNamespace(kind=cls._kind, settings={k: v for k, v in settings.items() if v is not None})

    def wait_for_completion(self, show_output: bool = False, *_: Any, **__: Any) -> None:
        """It is there already."""
        if show_output:
            print("Succeeded\nthe work will be done by this machine")

    def get_status(self) -> Any:
        """An idle cluster's."""
        return Status(self)

    @property
    def status(self) -> Any:
        """An idle cluster's."""
        return Status(self)

    @property
    def scale_settings(self) -> Any:
        """How large it would be."""
        return SimpleNamespace(
            minimum_node_count=self.settings.get("min_nodes", 0), maximum_node_count=self.settings.get("max_nodes", 1)
        )

    def serialize(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "name": self.name,
            "type": self.type,
            "location": "local",
            "provisioningState": "Succeeded",
            "properties": self.settings,
        }

    def refresh_state(self) -> None:
        """Nothing changes."""

    def update(self, **settings: Any) -> None:
        """Note other settings."""
        self.settings = {**self.settings, **settings}
        Assets(self.workspace.place, "compute").add(
            self.name, {"kind": self.type, "settings": self.settings}, version=1
        )

    add_tags = update

    def delete(self) -> None:
        """Forget the name."""
        Assets(self.workspace.place, "compute").remove(self.name, 1)

    detach = delete

    def start(self, *_: Any, **__: Any) -> None:
        """It runs already."""

    stop = restart = start

    def list_nodes(self) -> list[dict[str, Any]]:
        """This machine."""
        return [{"nodeId": "local", "nodeState": "idle"}]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(workspace={self.workspace!r}, name={self.name!r}, type={self.type})"


class AmlCompute(ComputeTarget):
    """A cluster by name."""

    @staticmethod
    def supported_vmsizes(workspace: Any, location: str | None = None) -> list[dict[str, Any]]:
        """This machine."""
        return [{"name": "local", "vCPUs": 1, "gpus": 0, "memoryGB": 0}]


class ComputeInstance(ComputeTarget):
    """A machine by name."""

    _kind = "ComputeInstance"


class RemoteCompute(ComputeTarget):
    """A machine by name."""

    _kind = "RemoteCompute"


class DsvmCompute(ComputeTarget):
    """A machine by name."""

    _kind = "VirtualMachine"


class AksCompute(ComputeTarget):
    """A cluster by name."""

    _kind = "AKS"


class HDInsightCompute(ComputeTarget):
    """A cluster by name."""

    _kind = "HDInsight"


class DatabricksCompute(ComputeTarget):
    """A cluster by name."""

    _kind = "Databricks"


class SynapseCompute(ComputeTarget):
    """A cluster by name."""

    _kind = "SynapseSpark"


class KubernetesCompute(ComputeTarget):
    """A cluster by name."""

    _kind = "Kubernetes"


class BatchCompute(ComputeTarget):
    """A cluster by name."""

    _kind = "Batch"


_KINDS = {
    cls._kind: cls
    for cls in (
        AmlCompute, ComputeInstance, RemoteCompute, DsvmCompute, AksCompute, HDInsightCompute, DatabricksCompute,
        SynapseCompute, KubernetesCompute, BatchCompute,
    )
}  # fmt: skip


class Status:
    """What a cluster tells of itself."""

    def __init__(self, target: ComputeTarget) -> None:
        self.allocation_state, self.provisioning_state, self.current_node_count, self.target_node_count = (
            "Steady",
            "Succeeded",
            1,
            1,
        )
        self.errors: list[Any] = []
        self.allocation_state_transition_time = self.creation_time = datetime.now(UTC)
        self.vm_size, self.vm_priority, self.scale_settings = target.vm_size, "Dedicated", target.scale_settings
        self.state = "Running"

    def serialize(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "currentNodeCount": 1, "targetNodeCount": 1, "allocationState": "Steady", "errors": None,
            "nodeStateCounts": {"idleNodeCount": 1, "runningNodeCount": 0}, "vmSize": self.vm_size,
        }  # fmt: skip


def local(workspace: Workspace, name: str) -> Any:
    """A compute target of that name, made when it isn't there."""
    if Assets(workspace.place, "compute").get(name) is None:
        return AmlCompute.create(workspace, name, AmlCompute.provisioning_configuration(vm_size="local"))
    return ComputeTarget(workspace, name)
