"""The small parts of a run's configuration: Docker, MPI, PyTorch, TensorFlow, history … Mostly names without an effect here."""

from __future__ import annotations

from typing import Any

DEFAULT_CPU_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04"
DEFAULT_GPU_IMAGE = "mcr.microsoft.com/azureml/openmpi4.1.0-cuda11.1-cudnn8-ubuntu20.04"
DEFAULT_MMLSPARK_CPU_IMAGE, DEFAULT_MMLSPARK_GPU_IMAGE = DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE
MPI_CPU_IMAGE, MPI_GPU_IMAGE = DEFAULT_CPU_IMAGE, DEFAULT_GPU_IMAGE
LOCAL_RUNCONFIG_NAME, DEFAULT_CONDA_FILE_NAME = "local", "conda_dependencies.yml"


class Section:
    """Attributes with defaults; any other attribute may be set as well."""

    _defaults: dict[str, Any] = {}

    def __init__(self, **values: Any) -> None:
        for name, value in {**self._defaults, **values}.items():
            setattr(self, name, value.copy() if isinstance(value, (dict, list)) else value)

    def to_data(self) -> dict[str, Any]:
        """As plain data."""
        return {name: _plain(value) for name, value in vars(self).items() if not name.startswith("_")}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.to_data().items())})"


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return value.to_data()
    if hasattr(value, "as_dict"):
        return value.as_dict()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


class DockerConfiguration(Section):
    """Whether to run in Docker; here scripts run on this machine."""

    def __init__(
        self, use_docker: bool = False, shared_volumes: bool = True, arguments: Any = None, shm_size: str = "2g"
    ) -> None:
        super().__init__(
            use_docker=use_docker, shared_volumes=shared_volumes, arguments=list(arguments or ()), shm_size=shm_size
        )


class MpiConfiguration(Section):
    """How many processes and nodes."""

    def __init__(self, process_count_per_node: int = 1, node_count: int = 1) -> None:
        super().__init__(process_count_per_node=process_count_per_node, node_count=node_count)


class PyTorchConfiguration(Section):
    """How many processes and nodes."""

    def __init__(
        self, communication_backend: str = "Nccl", process_count: int | None = None, node_count: int = 1
    ) -> None:
        super().__init__(
            communication_backend=communication_backend, process_count=process_count, node_count=node_count
        )


class TensorflowConfiguration(Section):
    """How many workers and parameter servers."""

    def __init__(self, worker_count: int = 1, parameter_server_count: int = 1) -> None:
        super().__init__(worker_count=worker_count, parameter_server_count=parameter_server_count)


class ParallelTaskConfiguration(Section):
    """How many workers."""

    def __init__(
        self, max_retries_per_worker: int = 0, worker_count_per_node: int = 1, terminal_exit_codes: Any = None
    ) -> None:
        super().__init__(max_retries_per_worker=max_retries_per_worker, worker_count_per_node=worker_count_per_node)


class HistoryConfiguration(Section):
    """What is kept of a run."""

    _defaults = {"output_collection": True, "snapshot_project": True, "directories_to_watch": ["logs"]}


class AmlComputeConfiguration(Section):
    """Which machines; here this one."""

    _defaults = {"vm_size": None, "vm_priority": None, "retain_cluster": False, "cluster_max_node_count": None}


class ContainerRegistry(Section):
    """Where images lie."""

    _defaults = {"address": None, "username": None, "password": None, "registry_identity": None}


class DataReferenceConfiguration(Section):
    """A place in a datastore, in a run's configuration."""

    _defaults = {
        "datastore_name": None, "mode": "mount", "path_on_datastore": None, "path_on_compute": None, "overwrite": False
    }  # fmt: skip


class SparkConfiguration(Section):
    """No cluster here."""

    _defaults = {"configuration": {}}


class Data(Section):
    """A dataset, in a run's configuration."""

    _defaults = {"data_location": None, "mechanism": None, "path_on_compute": None, "overwrite": False}


class ResourceConfiguration(Section):
    """Cores and memory of a service."""

    def __init__(self, cpu: float | None = None, memory_in_gb: float | None = None, gpu: int | None = None) -> None:
        super().__init__(cpu=cpu, memory_in_gb=memory_in_gb, gpu=gpu)


class PythonSection(Section):
    """Which Python a script gets."""

    _defaults = {
        "user_managed_dependencies": False, "interpreter_path": "python", "conda_dependencies_file": None,
        "base_conda_environment": None, "conda_dependencies": None,
    }  # fmt: skip


class DockerSection(Section):
    """Which image; here none."""

    _defaults = {
        "enabled": False, "base_image": DEFAULT_CPU_IMAGE, "base_dockerfile": None, "base_image_registry": None,
        "shared_volumes": True, "gpu_support": False, "shm_size": None, "arguments": [], "platform": None,
    }  # fmt: skip

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"base_image_registry": ContainerRegistry(), **values})


class SparkSection(Section):
    """No cluster here."""

    _defaults = {"repositories": [], "packages": [], "precache_packages": True}


class RSection(Section):
    """Which R."""

    _defaults = {
        "r_version": None,
        "user_managed": False,
        "rscript_path": None,
        "cran_packages": [],
        "github_packages": [],
    }


class RCranPackage(Section):
    """A package of R."""

    _defaults = {"name": None, "version": None, "repository": None}
