"""A script's inputs brought to paths, and its outputs taken from them. Elsewhere: the working folder (launch/workdir.py)."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.data import dataset, sources
from designer.azureml.data.datastore import DEFAULT, folder_of
from designer.azureml.data.reference import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.launch.spec import Launch
    from designer.azureml.launch.workdir import Workdir
    from designer.store.place import Place


@dataclass
class Paths:
    """What takes the places of names: of inputs (a path, or a dataset's id), of outputs, in texts and in variables."""

    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)  # name -> {"path": …} or {"id": …}
    outputs: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def text(self, part: Any) -> str:
        """An argument as text."""
        if isinstance(part, dict):
            if "output" in part:
                return self.outputs[part["output"]]
            found = self.inputs[part["input"]]
            return str(found.get("path", found.get("id")))
        return self.filled(str(part))

    def filled(self, text: str) -> str:
        """A text with the paths for the names in it."""
        for name, path in self.outputs.items():
            text = text.replace(f"OutputFileDatasetConfig:{name}", path)
        for name, found in self.inputs.items():
            text = text.replace(f"DatasetConsumptionConfig:{name}", str(found.get("path", found.get("id"))))
        return re.sub(rf"\$({VARIABLE}\w+)", lambda match: self.variables.get(match[1], match[0]), text)


def paths_of(place: Place, launch: Launch, work: Workdir) -> Paths:
    """Make the inputs' and outputs' paths."""
    paths = Paths()
    for name, spec in launch.inputs.items():
        paths.inputs[name] = found = _input(place, name, spec, work)
        if "path" in found:
            paths.variables[f"{VARIABLE}{name}"] = found["path"]
        paths.variables[name] = str(found.get("path", found.get("id")))
    for name, spec in launch.outputs.items():
        path = work.root / "out" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if spec["kind"] == "file" or spec.get("is_directory"):
            path.mkdir(exist_ok=True)
        paths.outputs[name] = str(path)
        paths.variables[f"{VARIABLE}{name}"] = str(path)
    paths.variables["AZUREML_DATASET_ENVIRONMENT_VARS"] = ",".join(
        f"{name}:{'mount' if 'path' in found else 'direct'}" for name, found in paths.inputs.items()
    )
    paths.variables["AZUREML_DATASET_FILE_OUTPUTS"] = ";".join(paths.outputs)
    return paths


def _input(place: Place, name: str, spec: Mapping[str, Any], work: Workdir) -> dict[str, Any]:
    mode = spec.get("mode", "mount")
    target = _target(work, name, spec.get("path_on_compute"))
    if spec["kind"] == "path":
        return {"path": str(_copied(Path(spec["path"]), target)) if mode == "download" else spec["path"]}
    if spec["kind"] == "folder":
        folder = folder_of(place, spec["datastore"]) / spec["path"]
        if mode == "upload" or not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
        return {"path": str(_copied(folder, target)) if mode == "download" else str(folder)}
    if mode == "direct":
        return {"id": spec["id"]}
    data = dataset.by_id(place, spec["id"])
    origin = data._definition["sources"]
    plain = not data._definition.get("steps")
    found = {"id": spec["id"]}
    if plain and (file := sources.single_file(place, origin)) is not None:
        return {
            **found,
            "path": str(
                sources.laid_out([sources.SourceFile(file.name, file)], target, mode == "download") / file.name
            ),
        }
    if (
        plain
        and mode == "mount"
        and (folder := sources.single_folder(place, origin)) is not None
        and not spec.get("path_on_compute")
    ):
        return {**found, "path": str(folder)}
    return {**found, "path": str(sources.laid_out(data.files(), target, mode == "download"))}


def _target(work: Workdir, name: str, chosen: str | None) -> Path:
    """Where an input is laid out: a place of ours, or below the working folder where the user chose a relative path."""
    if chosen and not os.path.isabs(chosen) and not work.in_place:
        return work.code / chosen
    return work.root / "in" / name


def _copied(source: Path, target: Path) -> Path:
    if source.is_dir():
        # What the store keeps may be read-only; a copy is the script's own.
        shutil.copytree(source, target, dirs_exist_ok=True, copy_function=shutil.copyfile)
        return target
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target / source.name)
    return target / source.name


def keep_outputs(place: Place, launch: Launch, paths: Paths) -> None:
    """Copy what a script has written to where its outputs belong, and register what shall be registered."""
    for name, spec in launch.outputs.items():
        keep_output(place, name, spec, Path(paths.outputs[name]), launch.run_id)


def keep_output(place: Place, name: str, spec: Mapping[str, Any], source: Path, run_id: str) -> None:
    """Copy one output to its datastore and register it."""
    if spec["kind"] != "file":
        return
    chosen = spec.get("destination") or {"datastore": DEFAULT, "path": "dataset/{run-id}/{output-name}"}
    inner = chosen["path"].replace("{run-id}", run_id).replace("{output-name}", name)
    target = folder_of(place, chosen["datastore"]) / inner
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    if spec.get("registration"):
        told = spec["registration"]
        table = spec.get("table")
        definition: dict[str, Any] = {"sources": [{"datastore": chosen["datastore"], "path": inner}]}
        definition |= {"kind": "tabular", **table} if table else {"kind": "file"}
        made = dataset.of_definition(definition, place)
        made._keep()
        data = {"definition": made._definition, "description": told["description"], "tags": told["tags"]}
        Assets(place, "datasets").add(told["name"], data)
