"""Vowpal Wabbit's models, data and messages. Elsewhere: training and scoring (modules/text_analytics/)."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer import Format, MissingExtraError, register_format
from modules._shared.errors import BadExpression, BadFile, TooFewColumns

if TYPE_CHECKING:
    import pandas as pd

_OWN = re.compile(
    r"^(-d|--data|-f|--final_regressor|-i|--initial_regressor|-p|--predictions|-r|--raw_predictions|-t$|--testonly|--readable_model|--invert_hash|--daemon|-c$|--cache.*|--passes_file)$"
)


@dataclass
class VowpalWabbitModel:
    """A trained model in Vowpal Wabbit's own binary form, with the options that it was trained with."""

    data: bytes
    arguments: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def workspace(arguments: str) -> Any:
    """A Vowpal Wabbit of these options."""
    try:
        import vowpalwabbit  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("vowpalwabbit", extra="vw") from error
    try:
        return vowpalwabbit.Workspace(arguments, enable_logging=True)
    except Exception as error:
        raise BadExpression(arguments, str(error), "--loss_function logistic") from error


def options(arguments: str) -> str:
    """The user's options, without those that name files or modes, which the module sets itself."""
    try:
        parts = shlex.split(arguments)
    except ValueError as error:
        raise BadExpression(arguments, str(error), "--loss_function logistic --passes 3") from error
    own = [part for part in parts if _OWN.match(part.partition("=")[0])]
    if own:
        raise BadExpression(arguments, f"{own[0]} is set by the module", "--loss_function logistic -b 18")
    return shlex.join(parts)


def examples(data: Any, name: str, kind: str) -> list[str]:
    """The lines of a dataset's first column, or of a file (in a folder: by name), in Vowpal Wabbit's format."""
    if isinstance(data, Path):
        place = data / name if data.is_dir() else data
        if not place.is_file():
            raise BadFile(f"no file {name!r} in {data}")
        lines = place.read_text(encoding="utf-8").splitlines()
    else:
        lines = _column(data)
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise BadFile("the data holds no examples")
    return [_from_svm_light(line) for line in lines] if kind == "SVMLight" else lines


def label_of(line: str) -> str:
    """The label of an example, or nothing."""
    head = line.partition("|")[0].split()
    return head[0] if head and not head[0].startswith("'") else ""


def _column(frame: pd.DataFrame) -> list[str]:
    if not len(frame.columns):
        raise TooFewColumns(0, 1, "examples for Vowpal Wabbit")
    return frame.iloc[:, 0].dropna().astype(str).tolist()


def _from_svm_light(line: str) -> str:
    label, *features = line.partition("#")[0].split()
    return f"{label} | {' '.join(features)}"


def _write(model: VowpalWabbitModel, path: Path) -> dict[str, Any]:
    path.mkdir(exist_ok=True)
    (path / "model.vw").write_bytes(model.data)
    (path / "model.json").write_text(json.dumps({"arguments": model.arguments, "facts": model.facts}))
    return {"kind": "VowpalWabbitModel", "arguments": model.arguments, **model.facts}


def _read(path: Path) -> VowpalWabbitModel:
    told = json.loads((path / "model.json").read_text())
    return VowpalWabbitModel((path / "model.vw").read_bytes(), told["arguments"], told["facts"])


register_format(Format("VowpalWabbitModel", "modules.VowpalWabbitModel", "", _write, _read, directory=True))
