"""A step while a pipeline is put together: what it takes, gives and waits for. Elsewhere: the kinds of steps (steps.py)."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from designer.azureml.data import dataset, sources
from designer.azureml.data.consumption import DatasetConsumptionConfig
from designer.azureml.data.dataset import AbstractDataset
from designer.azureml.data.datastore import folder_of
from designer.azureml.data.output import OutputDatasetConfig, OutputInput
from designer.azureml.data.reference import DataReference
from designer.azureml.exceptions import UserErrorException
from designer.azureml.launch import prepare, snapshot
from designer.azureml.pipeline.data import PipelineData, PipelineDataset, PipelineInput
from designer.azureml.pipeline.parameter import PipelineParameter, plain
from designer.azureml.pipeline.spec import AFTER, DONE, FILES, Kind, StepSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from designer.azureml.config.run_config import RunConfiguration
    from designer.store.place import Place

_TAKEN = (AFTER, DONE, FILES)


class PipelineStep:
    """What all steps have."""

    kind: Kind = "script"

    def __init__(
        self,
        name: str,
        inputs: Iterable[Any] | None = None,
        outputs: Iterable[Any] | None = None,
        arguments: Iterable[Any] | None = None,
        fix_port_name_collisions: bool = False,
        resource_inputs: Any = None,
    ) -> None:
        self.name = name
        self.inputs, self.outputs = list(inputs or ()), list(outputs or ())
        self.arguments = _flat(arguments or ())
        self.allow_reuse, self.version = True, None
        self.source_directory: str | None = None
        self.hash_paths: list[str] = []
        self.run_config: RunConfiguration | None = None
        self.params: dict[str, Any] = {}
        self.script_name: str | None = None
        self.command: Any = None
        self.target: Any = None
        self._before: list[PipelineStep] = []
        self._check_arguments()
        for output in self._all_outputs():
            output.link["step"] = self
            output.link.setdefault("name", _output_name(output))

    def run_after(self, step: Any) -> PipelineStep:
        """Wait for another step (or several) to end well."""
        self._before += [one for one in _steps_in(step)]
        return self

    # What it takes and gives

    def _check_arguments(self) -> None:
        listed = {id(_source(one)) for one in (*self.inputs, *self.outputs)}
        names = {getattr(one, "data_reference_name", None) for one in self.inputs}
        for argument in self.arguments:
            if isinstance(argument, (PipelineData, PipelineInput, DataReference)):
                if id(_source(argument)) not in listed and getattr(argument, "data_reference_name", "") not in names:
                    raise ValueError(
                        f"Input/Output {argument.name if hasattr(argument, 'name') else argument} appears in arguments list but is "
                        "not in the input/output lists"
                    )

    def _all_outputs(self) -> list[Any]:
        """Declared outputs, and those that are named among the arguments only."""
        found = {id(one.link): one for one in self.outputs if hasattr(one, "link")}
        for argument in (*self.arguments, *_flat(self.command if isinstance(self.command, (list, tuple)) else ())):
            if isinstance(argument, OutputDatasetConfig) and argument.link.get("step") in (None, self):
                found.setdefault(id(argument.link), argument)
        return list(found.values())

    def settings(self) -> list[Any]:
        """Values of its own kind, among which may be pipeline parameters."""
        return []

    def _all_inputs(self) -> list[Any]:
        """Declared inputs, and those that are named among the arguments only."""
        outputs = {id(one.link) for one in self._all_outputs()}
        parts = (*self.inputs, *self.arguments, *_flat(self.command if isinstance(self.command, (list, tuple)) else ()))
        kinds = (
            PipelineData,
            PipelineInput,
            PipelineDataset,
            OutputInput,
            OutputDatasetConfig,
            DataReference,
            DatasetConsumptionConfig,
            AbstractDataset,
        )
        found: dict[str, Any] = {}
        for part in parts:
            if isinstance(part, tuple) and part and isinstance(part[0], PipelineParameter):
                part = _BoundPath(*part)
            link = getattr(part, "link", getattr(getattr(part, "output", None), "link", None))
            if isinstance(part, (*kinds, _BoundPath)) and (link is None or id(link) not in outputs):
                found.setdefault(input_name(part), part)
        return list(found.values())

    def producers(self) -> list[PipelineStep]:
        """The steps that it needs."""
        found = list(self._before)
        for one in self._all_inputs():
            step = link_of(one).get("step")
            if step is not None and step is not self:
                found.append(step)
        return list(dict.fromkeys(found))

    # As data

    def spec(self, id: str, ids: Mapping[PipelineStep, str], place: Place, folder: str | None) -> StepSpec:
        """As plain data; `ids` are those of the other steps. Raises `UserErrorException` for what is wrong with it."""
        made = StepSpec(
            id=id, title=self.name, kind=self.kind, reuse=bool(self.allow_reuse), version=str(self.version or "")
        )
        config = self.run_config
        if config is not None:
            made.variables = dict(prepare.variables_of(config))
            made.max_seconds = config.max_run_duration_seconds
            if config.environment is not None:
                made.interpreter, made.environment = config.environment.interpreter, config.environment.specification()
        made.target = getattr(self.target, "name", self.target) or (config.target if config is not None else "local")
        self._place_code(made, place, folder)
        for output in self._all_outputs():
            self._give(output, made)
        names = {}
        for one in self._all_inputs():
            names[id_of(one)] = self._take(one, made, ids, place)
        filler = _Filler(made, names)
        made.arguments = filler.arguments(self.arguments)
        if self.command is not None:
            made.command = (
                filler.arguments(_flat(self.command)) if isinstance(self.command, (list, tuple)) else self.command
            )
        for name, value in self.params.items():
            made.variables[f"AML_PARAMETER_{name}"] = filler.part(value)
        made.after = [ids[step] for step in dict.fromkeys(self._before)]
        return made

    def _place_code(self, made: StepSpec, place: Place, folder: str | None) -> None:
        source = os.path.abspath(self.source_directory or folder or ".")
        prepare.check(source, self.script_name, self.command)
        made.snapshot, made.source, made.script = snapshot.take(place, source), source, self.script_name
        if self.hash_paths:
            paths = [path if os.path.isabs(path) else os.path.join(source, path) for path in self.hash_paths]
            made.extra["hash_paths"] = [snapshot.take(place, path) for path in paths if os.path.exists(path)]

    def _give(self, output: Any, made: StepSpec) -> None:
        name = _output_name(output)
        spec = output.to_data() if hasattr(output, "to_data") else output.source.to_data()
        registrations = output.link.get("registrations")
        if registrations:
            spec = {**spec, "kind": "file", "destination": None, "registration": registrations[-1]}
        made.outputs[name] = spec

    def _take(self, one: Any, made: StepSpec, ids: Mapping[PipelineStep, str], place: Place) -> str:
        name, mode = _identifier(input_name(one)), getattr(one, "mode", "mount")
        link = link_of(one)
        if link:
            step = link.get("step")
            if step is None:
                raise UserErrorException(
                    f"step {self.name!r} takes {input_name(one)!r}, which no step writes\n  next: put it in a step's outputs"
                )
            table = getattr(one, "table", None) or getattr(getattr(one, "output", None), "table", None)
            made.inputs[name] = {"kind": "edge", "node": ids[step], "port": link["name"], "mode": mode, "table": table}
        elif isinstance(one, _BoundPath):
            made.inputs[name] = {"kind": "parameter", "parameter": _bind(made, one.parameter), "mode": one.mode}
        elif isinstance(one, DataReference):
            made.inputs[name] = one.to_data()
            made.files.append(str(folder_of(place, one.datastore.name) / one.path_on_datastore))
        else:
            config = one if isinstance(one, DatasetConsumptionConfig) else DatasetConsumptionConfig(name, one)
            if isinstance(config.dataset, PipelineParameter):
                made.inputs[name] = {"kind": "parameter", "parameter": _bind(made, config.dataset), "mode": config.mode}
            else:
                made.inputs[name] = {**config.to_data(), "id": _stable(config.dataset, place)}
                made.files += _files_of(config.dataset, place)
        return name


class _BoundPath:
    """A `DataPath` parameter with how it reaches the script."""

    def __init__(self, parameter: PipelineParameter, binding: Any) -> None:
        self.parameter, self.mode, self.name = parameter, getattr(binding, "mode", "mount"), parameter.name


class _Filler:
    """Arguments as data, with the names of inputs, outputs and parameters."""

    def __init__(self, made: StepSpec, inputs: Mapping[Any, str]) -> None:
        self.made, self.inputs, self.flag = made, inputs, ""

    def arguments(self, parts: Sequence[Any]) -> list[Any]:
        """All of them."""
        filled = []
        for part in parts:
            filled.append(self.part(part))
            self.flag = part if isinstance(part, str) and part.startswith("-") else ""
        return filled

    def part(self, part: Any) -> Any:
        """One of them."""
        if isinstance(part, tuple) and part and isinstance(part[0], PipelineParameter):
            part = _BoundPath(*part)
        if isinstance(part, AbstractDataset):
            raise UserErrorException(
                "a dataset can't be an argument by itself\n  next: as_named_input('name'), as_mount() or as_download()"
            )
        if id_of(part) in self.inputs:
            return {"input": self.inputs[id_of(part)]}
        if isinstance(part, (PipelineData, OutputDatasetConfig)) or (
            isinstance(part, PipelineDataset) and _output_name(part) in self.made.outputs
        ):
            return {"output": _output_name(part)}
        if isinstance(part, PipelineParameter):
            return {"parameter": _bind(self.made, part)}
        if self.flag and isinstance(part, (bool, int, float, str)) and not str(part).startswith(("-", "$")):
            return {"parameter": self._literal(part)}
        return str(part)

    def _literal(self, value: Any) -> str:
        """A value after a flag is a parameter of the node, so that it is seen, compared and told of."""
        base = name = _identifier(self.flag.lstrip("-"))
        number = 2
        while name in self.made.parameters or name in self.made.inputs or name in _TAKEN:
            name, number = f"{base}_{number}", number + 1
        self.made.parameters[name] = value
        return name


def _bind(made: StepSpec, parameter: PipelineParameter) -> str:
    name = _identifier(parameter.name)
    while (
        (name in made.parameters and made.bindings.get(name) != parameter.name) or name in made.inputs or name in _TAKEN
    ):
        name += "_"
    made.parameters[name] = parameter.plain()
    made.bindings[name] = parameter.name
    return name


def parameters_in(steps: Iterable[PipelineStep]) -> dict[str, PipelineParameter]:
    """The pipeline parameters that steps use, by name."""
    found: dict[str, PipelineParameter] = {}

    def look(value: Any) -> None:
        if isinstance(value, PipelineParameter):
            known = found.setdefault(value.name, value)
            if known is not value and plain(known.default_value) != plain(value.default_value):
                raise ValueError(f"two pipeline parameters are called {value.name!r} and have different defaults")
        elif isinstance(value, (list, tuple)):
            for one in value:
                look(one)
        elif isinstance(value, DatasetConsumptionConfig):
            look(value.dataset)

    for step in steps:
        for part in (step.inputs, step.arguments, step.command, list(step.params.values()), step.settings()):
            look(part)
    return found


class StepSequence:
    """Steps that run one after the other; a list within runs at once."""

    def __init__(self, steps: Iterable[Any] | None = None) -> None:
        self.steps = list(steps or ())
        self._before: list[Any] = []
        for earlier, later in zip(self.steps, self.steps[1:], strict=False):
            for step in _first_of(later):
                step.run_after(_last_of(earlier))

    def run_after(self, step: Any) -> StepSequence:
        """Wait with all of them for another step (or several)."""
        for one in _first_of(self):
            one.run_after(step)
        return self


def _first_of(part: Any) -> list[PipelineStep]:
    if isinstance(part, StepSequence):
        return _first_of(part.steps[0]) if part.steps else []
    return [step for one in part for step in _first_of(one)] if isinstance(part, (list, tuple)) else [part]


def _last_of(part: Any) -> list[PipelineStep]:
    if isinstance(part, StepSequence):
        return _last_of(part.steps[-1]) if part.steps else []
    return [step for one in part for step in _last_of(one)] if isinstance(part, (list, tuple)) else [part]


def _steps_in(part: Any) -> list[PipelineStep]:
    """All steps in a step, list or sequence."""
    if isinstance(part, StepSequence):
        return _last_of(part)
    return [step for one in part for step in _steps_in(one)] if isinstance(part, (list, tuple)) else [part]


def all_steps(part: Any) -> list[PipelineStep]:
    """All steps in a step, list or sequence, those in the middle too."""
    if isinstance(part, StepSequence):
        part = part.steps
    if isinstance(part, (list, tuple)):
        return [step for one in part for step in all_steps(one)]
    if not isinstance(part, PipelineStep):
        raise ValueError(f"a pipeline's steps are steps, lists of steps or StepSequences, not {type(part).__name__}")
    return [part]


def _flat(arguments: Iterable[Any]) -> list[Any]:
    if isinstance(arguments, str):
        return [arguments]
    found: list[Any] = []
    for one in arguments:
        found += _flat(one) if isinstance(one, list) else [one]
    return found


def _source(one: Any) -> Any:
    return getattr(one, "source", None) if isinstance(one, (PipelineInput, PipelineDataset)) else one


def link_of(one: Any) -> dict[str, Any]:
    """Which step writes it; empty for what no step writes."""
    for holder in (one, getattr(one, "output", None)):
        link = getattr(holder, "link", None)
        if link is not None:
            return link or {"step": None}
    return {}


def id_of(one: Any) -> Any:
    """What is the same for all forms of one input."""
    link = getattr(one, "link", None)
    if link is None:
        link = getattr(getattr(one, "output", None), "link", None)
    if link is not None:
        return ("link", id(link), input_name(one))
    if isinstance(one, DataReference):
        return ("reference", one.data_reference_name)
    if isinstance(one, (DatasetConsumptionConfig, _BoundPath)):
        return ("named", one.name)
    return ("object", id(one))


def input_name(one: Any) -> str:
    """The name of an input."""
    if isinstance(one, DataReference):
        return one.data_reference_name
    if isinstance(one, AbstractDataset):
        return f"input_{one._definition['id'][:8]}"
    return str(one.name)


def _output_name(output: Any) -> str:
    return _identifier(output.source.name if isinstance(output, (PipelineDataset, PipelineInput)) else output.name)


def _identifier(text: str) -> str:
    name = re.sub(r"\W", "_", text) or "value"
    return f"_{name}" if name[0].isdigit() else name


def _stable(data: AbstractDataset, place: Place) -> str:
    """An id that two equal datasets share, so that making one anew doesn't keep a step from being reused."""
    import uuid  # noqa: PLC0415

    definition = {k: v for k, v in data._definition.items() if k != "id"}
    id = str(uuid.uuid5(uuid.NAMESPACE_OID, repr(sorted(definition.items()))))
    same = dataset.of_definition({**definition, "id": id}, place)
    same._keep()
    return id


def _files_of(data: AbstractDataset, place: Place) -> list[str]:
    """The files and folders that a dataset is read from; addresses are taken as unchanging."""
    found = []
    for source in data._definition["sources"]:
        if "url" not in source:
            folder = sources.single_folder(place, [source])
            found += [str(folder)] if folder is not None else [str(f.path) for f in sources.files_of(place, [source])]
    return found
