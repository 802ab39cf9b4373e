"""How models and transformations are kept: as JSON where they are plain data, else as skops archives. Neither holds code.

Reading one builds only classes that scikit-learn, numpy and this palette define, or what a package has vouched for with
`trust`. Elsewhere: the values themselves (modules/types.py); formats of frames and arrays (designer).
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer import DesignerError, Format, lazy_import, register_format
from modules._shared.plain import NotPlain, from_plain, to_plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_TRUSTED_FOLDERS = ("modules.", "sklearn.")
_NEVER = frozenset({"tests", "conftest"})  # parts of scikit-learn that nobody's model needs
_trusted: set[str] = {"numpy.dtype"}
_CODE, _VALUE = "code", "value"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def trust(*types: type | str) -> None:
    """Let kept models hold these types, e.g. the estimators that your package wraps."""
    _trusted.update(one if isinstance(one, str) else f"{one.__module__}.{one.__qualname__}" for one in types)


def write(value: Any, path: Path) -> dict[str, Any]:
    """Keep the value in one file; gives what is worth showing about it."""
    code = _code(value)
    try:
        text = json.dumps({_CODE: code, _VALUE: to_plain(value)}, indent=1, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")
    except NotPlain:
        lazy_import("skops.io").dump(value, path)
        _make_stable(path, code)
    return facts(value)


def read(path: Path) -> Any:
    """The kept value. Refuses a file that holds types nobody vouched for."""
    with path.open("rb") as stream:
        archived = stream.read(2) == b"PK"
    if archived:
        io = lazy_import("skops.io")
        names = io.get_untrusted_types(file=path)
        unknown = [name for name in names if not _is_trusted(name)]
        if unknown:
            raise _refusal(path, unknown)
        return io.load(path, trusted=names)
    try:
        return from_plain(json.loads(path.read_text(encoding="utf-8"))[_VALUE], _is_trusted)
    except NotPlain as error:
        raise _refusal(path, [str(error)]) from error


def facts(value: Any) -> dict[str, Any]:
    """What a preview shows: kind, learner, task, parameters, label and features."""
    learner, encoder = getattr(value, "learner", None), getattr(value, "encoder", None)
    told = {
        "kind": type(value).__name__,
        "title": getattr(value, "title", None),
        "task": getattr(value, "task", None),
        "label": getattr(value, "label", None),
        "parameters": {name: str(one) for name, one in learner.parameters().items()} if learner else None,
        "features": list(encoder.columns) if encoder else None,
    }
    return {name: one for name, one in told.items() if one is not None}


def register() -> None:
    """Tell designer how the palette's port types are kept."""
    for name in (
        "UntrainedModel",
        "TrainedModel",
        "UntrainedCluster",
        "TrainedCluster",
        "Transformation",
        "Recommender",
    ):
        register_format(Format(name=name, type_key=f"modules.{name}", suffix=".model", write=write, read=read))


def _is_trusted(name: str) -> bool:
    """Whether somebody vouched for a name, or it is a class of scikit-learn's or the palette's, or a measure of scikit-learn's.

    Any other function would be called by whoever uses the model.
    """
    if name in _trusted:
        return True
    owner, _, attribute = name.rpartition(".")
    if not name.startswith(_TRUSTED_FOLDERS) or not _NEVER.isdisjoint(owner.split(".")):
        return False
    try:
        found = getattr(importlib.import_module(owner), attribute, None)
    except ImportError:
        return False
    return isinstance(found, type) or owner.startswith("sklearn.metrics")


def _refusal(path: Path, unknown: list[str]) -> DesignerError:
    return DesignerError(
        f"{path.name} holds types that are not known to be safe: {', '.join(unknown)}; "
        "if they are yours, vouch for them: modules.trust('package.Class')"
    )


def _code(value: Any) -> str:
    """A digest of the source files that the value's behaviour is written in.

    It is kept with the value, so that whoever got the value before such a file was changed sees another value.
    """
    learner = getattr(value, "learner", None)
    parts = [value, learner, getattr(learner, "base", None), getattr(value, "encoder", None)]
    modules = {type(part).__module__ for part in parts if part is not None}
    files = sorted(str(getattr(sys.modules.get(name), "__file__", "")) for name in modules)
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files if file)).hexdigest()[:16]


def _make_stable(path: Path, code: str) -> None:
    """Equal models become equal files: skops names things by their address in memory, here they are counted."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    names: dict[str, str] = {}
    schema = _counted(json.loads(files["schema.json"]), itertools.count(1), {}, names)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for old, new in names.items():
            archive.writestr(zipfile.ZipInfo(new, _EPOCH), files[old])
        archive.writestr(zipfile.ZipInfo("schema.json", _EPOCH), json.dumps(schema, indent=1))
        archive.writestr(zipfile.ZipInfo("code.txt", _EPOCH), code)


def _counted(node: Any, counter: Iterator[int], ids: dict[int, int], names: dict[str, str]) -> Any:
    """The schema with counted ids and file names; fills `names` with old → new.

    Two numbers that are equal may or may not be one object; each gets an id of its own.
    """
    if isinstance(node, list):
        return [_counted(one, counter, ids, names) for one in node]
    if not isinstance(node, dict):
        return node
    result = {key: _counted(one, counter, ids, names) for key, one in node.items()}
    if "__id__" in node:
        fresh = node.get("__loader__") == "JsonNode" or node["__id__"] not in ids
        number = next(counter) if fresh else ids[node["__id__"]]
        ids.setdefault(node["__id__"], number)
        result["__id__"] = number
    if isinstance(node.get("file"), str):
        _, dot, suffix = node["file"].partition(".")
        result["file"] = names.setdefault(node["file"], f"{len(names)}{dot}{suffix}")
    return result
