"""`Model`: files under a name, in versions. Elsewhere: the files' contents (designer.store), runs (runs/run.py)."""

from __future__ import annotations

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import (
    ModelNotFoundException,
    ModelPathNotFoundException,
    UserErrorException,
    WebserviceException,
)

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping, Sequence

    from designer.azureml.workspace import Workspace
    from designer.store.place import Place

_NAME = re.compile(r"^[a-zA-Z0-9][a-zA-Z0-9\-\._]{0,254}$")


class Model:
    """A registered model. `Model(ws, "name")` is the newest that fits; none raises `WebserviceException`."""

    class Framework:
        """Frameworks by name."""

        CUSTOM, TENSORFLOW, SCIKITLEARN, ONNX, KERAS, PYTORCH, TFKERAS, MULTI = (
            "Custom", "TensorFlow", "ScikitLearn", "Onnx", "Keras", "PyTorch", "TfKeras", "Multi"
        )  # fmt: skip

    def __init__(
        self,
        workspace: Workspace,
        name: str | None = None,
        id: str | None = None,
        tags: Any = None,
        properties: Any = None,
        version: int | None = None,
        run_id: str | None = None,
        model_framework: str | None = None,
        expand: bool = True,
        **_: Any,
    ) -> None:
        if id is not None:
            name, _, text = id.rpartition(":")
            version = int(text) if text.isdigit() else None
        if not name:
            raise WebserviceException("a model is asked for by name or id; neither was given")
        found = _fitting(workspace.place, name, tags, properties, run_id, model_framework, version)
        if not found:
            there = ", ".join(Assets(workspace.place, "models").names()) or "none"
            raise WebserviceException(f"ModelNotFound: no model {name!r} like that; there are: {there}")
        self.workspace = workspace
        self._take(found[-1])

    def _take(self, data: Mapping[str, Any]) -> None:
        self._data = dict(data)
        self.name, self.version = data["name"], int(data["version"])
        self.id = f"{self.name}:{self.version}"
        self.url = f"aml://asset/{self.id}"
        self.tags, self.properties = dict(data["tags"]), dict(data["properties"])
        self.description, self.run_id, self.experiment_name = (
            data["description"],
            data["run_id"],
            data["experiment_name"],
        )
        self.model_framework, self.model_framework_version = data["framework"], data["framework_version"]
        self.framework, self.framework_version = data["framework"], data["framework_version"]
        self.created_time, self.created_by = datetime.fromtimestamp(data["created"], UTC), data.get("created_by", {})
        self.mime_type, self.unpack, self.image_id, self.parent_id = "application/x-python", True, None, None
        self.datasets = dict(data.get("datasets") or {})
        self.sample_input_dataset = self.sample_output_dataset = self.resource_configuration = None

    @staticmethod
    def _of(workspace: Workspace, data: Mapping[str, Any]) -> Model:
        made = object.__new__(Model)
        made.workspace = workspace
        made._take(data)
        return made

    @staticmethod
    def register(
        workspace: Workspace,
        model_path: str | os.PathLike[str],
        model_name: str,
        tags: Mapping[str, Any] | None = None,
        properties: Mapping[str, Any] | None = None,
        description: str | None = None,
        datasets: Any = None,
        model_framework: str | None = None,
        model_framework_version: str | None = None,
        child_paths: Sequence[str] | None = None,
        sample_input_dataset: Any = None,
        sample_output_dataset: Any = None,
        resource_configuration: Any = None,
    ) -> Model:
        """Keep a file or folder as the next version of a name."""
        path = Path(model_path)
        if not path.exists():
            raise WebserviceException(f"Error, provided model path {model_path} cannot be found")
        print(f"Registering model {model_name}")
        if path.is_dir():
            files = {p.relative_to(path.parent).as_posix(): p for p in sorted(path.rglob("*")) if p.is_file()}
            if child_paths:
                files = {n: p for n, p in files.items() if any(p.is_relative_to(path / child) for child in child_paths)}
        else:
            files = {path.name: path}
        return _registered(
            workspace,
            model_name,
            files,
            path.name,
            tags,
            properties,
            description,
            datasets,
            model_framework,
            model_framework_version,
        )

    @staticmethod
    def list(
        workspace: Workspace,
        name: str | None = None,
        tags: Any = None,
        properties: Any = None,
        run_id: str | None = None,
        latest: bool = False,
        dataset_id: str | None = None,
        expand: bool = True,
        page_count: int = 255,
        model_framework: str | None = None,
    ) -> builtins.list[Model]:
        """Models that fit, newest first. `tags` and `properties`: names, or `[name, value]` pairs."""
        names = [name] if name else Assets(workspace.place, "models").names()
        found = []
        for one in names:
            fitting = _fitting(workspace.place, one, tags, properties, run_id, model_framework)
            found += fitting[-1:] if latest else fitting
        found.sort(key=lambda data: data["created"], reverse=True)
        models = [Model._of(workspace, data) for data in found]
        return [m for m in models if dataset_id is None or dataset_id in m._data.get("dataset_ids", ())]

    @property
    def run(self) -> Any:
        """The run it comes from."""
        from designer.azureml.runs.run import Run  # noqa: PLC0415 - each knows the other

        return Run.get(self.workspace, self.run_id) if self.run_id else None

    def download(self, target_dir: str = ".", exist_ok: bool = False, exists_ok: bool | None = None) -> str:
        """Copy its files into a folder. Returns the path of its file or folder."""
        target = Path(target_dir)
        for name, digest in self._data["files"].items():
            place = target / name
            if place.exists() and not (exist_ok or exists_ok):
                raise WebserviceException(f"{place} exists already\n  next: exist_ok=True, or another folder")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.workspace.place.artifacts.path(digest), place)
        return str(target / self._data["top"])

    @staticmethod
    def get_model_path(
        model_name: str, version: int | None = None, _workspace: Workspace | None = None, **_: Any
    ) -> str:
        """A path to read a model from: of the workspace's model, else of `azureml-models/` or the working folder."""
        from designer.azureml.workspace import current  # noqa: PLC0415 - each knows the other

        local = _local_path(model_name, version)
        if local is not None:
            return local
        workspace = _workspace or current()
        try:
            model = Model(workspace, model_name, version=version)
        except WebserviceException as error:
            raise ModelNotFoundException(
                f"Model {model_name} not found in cache at azureml-models/, in current working directory {os.getcwd()} "
                f"or in the workspace: {error.message}"
            ) from error
        folder = workspace.place.folder / "azureml" / "models-out" / model.name / str(model.version)
        if not (folder / model._data["top"]).exists():
            model.download(str(folder), exist_ok=True)
        return str(folder / model._data["top"])

    def _change(self, **changes: Any) -> None:
        data = {**self._data, **changes}
        Assets(self.workspace.place, "models").update(data)
        self._take(data)

    def add_tags(self, tags: Mapping[str, Any]) -> None:
        """Add tags."""
        self._change(tags={**self.tags, **_texts(tags)})

    def remove_tags(self, tags: Sequence[str]) -> None:
        """Take tags away."""
        self._change(tags={k: v for k, v in self.tags.items() if k not in tags})

    def add_properties(self, properties: Mapping[str, Any]) -> None:
        """Add properties."""
        self._change(properties={**self.properties, **_texts(properties)})

    def add_dataset_references(self, datasets: Any) -> None:
        """Note which datasets it was made from."""
        self._change(**_references([*self._data.get("dataset_pairs", ()), *_pairs(datasets)]))

    def update(self, tags: Any = None, description: str | None = None, **_: Any) -> None:
        """Replace tags or description."""
        changes: dict[str, Any] = {"tags": _texts(tags)} if tags is not None else {}
        if description is not None:
            changes["description"] = description
        self._change(**changes)

    def update_tags_properties(self, add_tags: Any = None, remove_tags: Any = None, add_properties: Any = None) -> None:
        """Add and take away."""
        if add_tags:
            self.add_tags(add_tags)
        if remove_tags:
            self.remove_tags(remove_tags)
        if add_properties:
            self.add_properties(add_properties)

    def delete(self) -> None:
        """Forget it."""
        Assets(self.workspace.place, "models").remove(self.name, self.version)

    def serialize(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "createdTime": self.created_time.isoformat(), "createdBy": self.created_by, "description": self.description,
            "id": self.id, "mimeType": self.mime_type, "name": self.name, "framework": self.framework,
            "frameworkVersion": self.framework_version, "tags": self.tags, "properties": self.properties, "unpack": True,
            "url": self.url, "version": self.version, "runId": self.run_id, "experimentName": self.experiment_name,
        }  # fmt: skip

    @staticmethod
    def deserialize(workspace: Workspace, model_payload: Mapping[str, Any]) -> Model:
        """The model that `serialize` told of."""
        return Model(workspace, model_payload["name"], version=model_payload["version"])

    @staticmethod
    def deploy(
        workspace: Workspace,
        name: str,
        models: Sequence[Any],
        inference_config: Any = None,
        deployment_config: Any = None,
        deployment_target: Any = None,
        overwrite: bool = False,
        show_output: bool = False,
    ) -> Any:
        """Serve models from a process of this machine, which ends with this program. Returns the service."""
        from designer.azureml.webservice import deploy  # noqa: PLC0415 - few scripts deploy

        return deploy(
            workspace, name, models, inference_config, deployment_config, deployment_target, overwrite, show_output
        )

    @staticmethod
    def package(*_: Any, **__: Any) -> Any:
        """Not offered."""
        raise UserErrorException("designer builds no images\n  next: Model.deploy(…), or model.download(…)")

    profile = package

    def __repr__(self) -> str:
        return (
            f"Model(workspace={self.workspace!r}, name={self.name}, id={self.id}, version={self.version}, tags={self.tags}, "
            f"properties={self.properties})"
        )


def from_run(
    run: Any,
    name: str,
    path: str | None,
    tags: Any,
    properties: Any,
    description: str | None,
    datasets: Any,
    framework: str | None,
    framework_version: str | None,
) -> Model:
    """Register files of a run. Raises `ModelPathNotFoundException` with the run's files."""
    place: Place = run._place
    asked = str(PurePosixPath(os.path.normpath(path or name))).lstrip("/")
    there = {record.name: record.digest for record in place.read.files(run.id)}
    chosen = {n: d for n, d in there.items() if n == asked or n.startswith(f"{asked}/")}
    if (
        not chosen and Path(path or name).exists() and run._managed
    ):  # a script's own outputs folder, before the script's end
        local = Path(path or name)
        found = [local] if local.is_file() else sorted(p for p in local.rglob("*") if p.is_file())
        chosen = {str(PurePosixPath(p.as_posix())): place.artifacts.add(p)[0] for p in found}
    if not chosen:
        raise ModelPathNotFoundException(
            f"Could not locate the provided model_path {path or name} in the set of files uploaded to the run: "
            f"{sorted(there) or 'none'}\n  next: run.upload_file first, or write it below ./outputs"
        )
    above = str(PurePosixPath(asked).parent)
    files = {n if above == "." else n.removeprefix(f"{above}/"): d for n, d in chosen.items()}
    return _registered(
        run.experiment.workspace, name, files, PurePosixPath(asked).name, tags, properties, description, datasets, framework,
        framework_version, run.id, run._experiment_name(),
    )  # fmt: skip


def _registered(
    workspace: Workspace,
    name: str,
    files: Mapping[str, Any],
    top: str,
    tags: Any,
    properties: Any,
    description: str | None,
    datasets: Any,
    framework: str | None,
    framework_version: str | None,
    run_id: str | None = None,
    experiment: str | None = None,
) -> Model:
    if not _NAME.match(name or ""):
        raise WebserviceException(f"{name!r} can't be a model's name: letters, digits, - . and _, 255 at most")
    artifacts = workspace.place.artifacts
    digests = {n: source if isinstance(source, str) else artifacts.add(source)[0] for n, source in files.items()}
    data = {
        "files": digests, "top": top, "tags": _texts(tags), "properties": _texts(properties), "description": description,
        "framework": framework or Model.Framework.CUSTOM, "framework_version": framework_version, "run_id": run_id,
        "experiment_name": experiment, **_references(_pairs(datasets)),
    }  # fmt: skip
    return Model._of(workspace, Assets(workspace.place, "models").add(name, data))


def _pairs(datasets: Any) -> list[list[str]]:
    """Datasets as `[purpose, id]` pairs."""
    return [[str(purpose), one.id] for purpose, one in datasets or ()]


def _references(pairs: Sequence[Sequence[str]]) -> dict[str, Any]:
    grouped: dict[str, list[str]] = {}
    for purpose, id in pairs:
        grouped.setdefault(purpose, []).append(id)
    return {
        "dataset_pairs": [list(pair) for pair in pairs],
        "datasets": grouped,
        "dataset_ids": [id for _, id in pairs],
    }


def _texts(values: Any) -> dict[str, str]:
    return {str(k): v if isinstance(v, str) else str(v) for k, v in dict(values or {}).items()}


def _fitting(
    place: Place,
    name: str,
    tags: Any,
    properties: Any,
    run_id: str | None,
    framework: str | None,
    version: int | None = None,
) -> list[dict[str, Any]]:
    """The versions of a name that fit, oldest first."""
    return [
        data
        for data in Assets(place, "models").all_of(name)
        if (version is None or int(data["version"]) == int(version))
        and (run_id is None or data["run_id"] == run_id)
        and (framework is None or data["framework"] == framework)
        and _has(data["tags"], tags)
        and _has(data["properties"], properties)
    ]


def _has(there: Mapping[str, str], wanted: Any) -> bool:
    pairs = wanted.items() if hasattr(wanted, "items") else [wanted] if isinstance(wanted, str) else wanted or ()
    for one in pairs:
        name, value = (one, None) if isinstance(one, str) else (one[0], one[1] if len(one) > 1 else None)
        if name not in there or (value is not None and there[name] != str(value)):
            return False
    return True


def _local_path(name: str, version: int | None) -> str | None:
    root = Path(os.environ.get("AZUREML_MODEL_DIR") or "azureml-models") / name
    if root.is_dir():
        numbers = sorted((int(p.name) for p in root.iterdir() if p.name.isdigit()), reverse=True)
        chosen = version if version in numbers else numbers[0] if numbers and version is None else None
        if chosen is not None:
            found = list((root / str(chosen)).iterdir())
            return str(found[0]) if len(found) == 1 else str(root / str(chosen))
    return name if Path(name).exists() else None
