"""How models and transformations are kept: as JSON where they are plain data, else as skops archives. Neither holds code.

Reading one builds only types that scikit-learn, numpy and this palette define, or that a package has vouched for with
`trust`. Elsewhere: the values themselves (modules/types.py); formats of frames and arrays (designer).
"""

from __future__ import annotations

import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

from designer import DesignerError, Format, lazy_import, register_format
from modules._shared.plain import NotPlain, from_plain, to_plain

if TYPE_CHECKING:
    from pathlib import Path

_TRUSTED_FOLDERS = ("modules.", "sklearn.")
_trusted: set[str] = {"numpy.dtype"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def trust(*types: type | str) -> None:
    """Let kept models hold these types, e.g. the estimators that your package wraps."""
    _trusted.update(one if isinstance(one, str) else f"{one.__module__}.{one.__qualname__}" for one in types)


def write(value: Any, path: Path) -> dict[str, Any]:
    """Keep the value in one file; gives what is worth showing about it."""
    try:
        path.write_text(json.dumps(to_plain(value), indent=1, ensure_ascii=False), encoding="utf-8")
    except NotPlain:
        lazy_import("skops.io").dump(value, path)
        _make_stable(path)
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
        return from_plain(json.loads(path.read_text(encoding="utf-8")), _is_trusted)
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
    for name in ("UntrainedModel", "TrainedModel", "UntrainedCluster", "TrainedCluster", "Transformation", "Recommender"):
        register_format(Format(name=name, type_key=f"modules.{name}", suffix=".model", write=write, read=read))


def _is_trusted(name: str) -> bool:
    return name in _trusted or name.startswith(_TRUSTED_FOLDERS)


def _refusal(path: Path, unknown: list[str]) -> DesignerError:
    return DesignerError(
        f"{path.name} holds types that are not known to be safe: {', '.join(unknown)}; "
        "if they are yours, vouch for them: modules.trust('package.Class')"
    )


def _make_stable(path: Path) -> None:
    """Equal models become equal files: skops names things by their address in memory, here they are counted."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    numbers: dict[str, str] = {}

    def number(found: re.Match[bytes]) -> bytes:
        return found[1] + numbers.setdefault(found[2].decode(), str(len(numbers) + 1)).encode()

    schema = re.sub(rb'("__id__": |"file": ")(\d+)', number, files.pop("schema.json"))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda name: int(numbers[name.partition(".")[0]])):
            stem, _, suffix = name.partition(".")
            archive.writestr(zipfile.ZipInfo(f"{numbers[stem]}.{suffix}", _EPOCH), files[name])
        archive.writestr(zipfile.ZipInfo("schema.json", _EPOCH), schema)
