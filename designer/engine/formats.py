"""Formats in which values are kept, chosen by type. Elsewhere: data frames (frames.py), where contents lie (store/artifacts.py).

Reading a format never executes code; the one exception, pickle, is only written and read where a module's own annotation says so.
"""

from __future__ import annotations

import dataclasses
import importlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.declare.lazy import lazy_import
from designer.engine import frames
from designer.errors import FormatError
from designer.model.runs import Handle

if TYPE_CHECKING:
    from designer.store.artifacts import Artifacts

np = lazy_import("numpy")

INLINE = 1024  # bytes of JSON text that are kept in the store itself instead of a file


@dataclass(frozen=True)
class Format:
    """How values of one type are kept.

    `write(value, path)` writes a file (a folder, with `directory`) and returns facts about the value, or None; `read(path)` gives
    the value back and must not execute anything that the file says. `type_key` is the top-level package and class name, such as
    `sklearn.BaseEstimator`; subclasses are kept in the same format unless they have one of their own.
    """

    name: str
    type_key: str
    suffix: str = ""
    write: Callable[[Any, Path], Mapping[str, Any] | None] = field(default=lambda value, path: None)
    read: Callable[[Path], Any] = field(default=lambda path: None)
    directory: bool = False


_by_type: dict[str, Format] = {}
_by_name: dict[str, Format] = {}


def register_format(format: Format) -> Format:
    """Keep values of a type in a format of your own. A later registration for the same type replaces the earlier one."""
    _by_type[format.type_key] = format
    _by_name[format.name] = format
    return format


def keep(value: Any, artifacts: Artifacts, pickled: bool = False) -> Handle:
    """Keep a value and return its handle. Raises `FormatError` for a type that no format takes."""
    if pickled:
        return _written(_PICKLE, value, artifacts)
    if value is None or type(value) in (bool, int, float, str):
        return _json(value, value, artifacts)
    format = _format_of(type(value))
    if format is not None:
        return _written(format, value, artifacts)
    data = _as_data(value)
    if data is not _NOT:
        return _json(value, data, artifacts)
    kind = type(value)
    raise FormatError(
        f"a {kind.__module__}.{kind.__qualname__} can't be kept: {_at_fault(value) or 'no format takes that type'}\n"
        "  next: return a data frame, an array, a scikit-learn model, a Path, or data that JSON holds; "
        "or designer.register_format(Format(…)); or annotate the output Annotated[…, Pickled]"
    )


def load(handle: Handle, artifacts: Artifacts, pickled: bool = False) -> Any:
    """The value of a handle: a copy of its own for whoever asks, memory-mapped where the format allows it."""
    if handle.format == "json":
        if handle.inline is not None:
            return json.loads(handle.inline)
        return json.loads(artifacts.path(handle.digest).read_bytes())
    if handle.format == "pickle" and not pickled:
        raise FormatError(
            "this value was kept with pickle, and loading it would execute code\n"
            "  next: annotate the input Annotated[…, Pickled] too, if you trust the module that made it"
        )
    format = _by_name.get(handle.format)
    if format is None:
        raise FormatError(
            f"no format {handle.format!r} is registered here; there are: {', '.join(sorted(_by_name))}\n"
            "  next: import the package that registers it"
        )
    return format.read(artifacts.path(handle.digest))


def _format_of(kind: type) -> Format | None:
    for base in kind.__mro__:
        format = _by_type.get(f"{base.__module__.partition('.')[0]}.{base.__qualname__}")
        if format is not None:
            return format
    return None


def _written(format: Format, value: Any, artifacts: Artifacts) -> Handle:
    scratch = artifacts.scratch(format.suffix)
    try:
        facts = dict(format.write(value, scratch) or {})
        digest, size = artifacts.adopt(scratch, facts.pop("digest", None))
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True) if scratch.is_dir() else scratch.unlink(missing_ok=True)
        raise
    kind = type(value)
    return Handle(
        format.name, digest, size, None, {"type": f"{kind.__module__.partition('.')[0]}.{kind.__qualname__}", **facts}
    )


def _json(value: Any, data: Any, artifacts: Artifacts) -> Handle:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    facts: dict[str, Any] = {"type": f"builtins.{type(value).__name__}"}
    if isinstance(data, (list, dict)):
        facts["length"] = len(data)
    encoded = text.encode("utf-8", "surrogatepass")
    digest, size = digest_of_text(encoded), len(encoded)
    if size <= INLINE:
        return Handle("json", digest, size, text, facts)
    artifacts.add_bytes(encoded)
    return Handle("json", digest, size, None, facts)


def digest_of_text(data: bytes) -> str:
    """The digest under which bytes are kept."""
    import hashlib  # noqa: PLC0415 - used here only

    return hashlib.sha256(data).hexdigest()


_NOT: Any = object()


def _as_data(value: Any) -> Any:
    """A value as data that JSON gives back equal, or `_NOT`. Tuples come back as lists; models and dataclasses as dicts."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, str):
        return str.__str__(value)  # an enum's own __str__ gives its name
    for kind in (int, float):  # subclasses, such as numpy's float64
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, (list, tuple)):
        items = [_as_data(item) for item in value]
        return _NOT if any(item is _NOT for item in items) else items
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            return _NOT
        pairs = {key: _as_data(item) for key, item in value.items()}
        return _NOT if any(item is _NOT for item in pairs.values()) else pairs
    if hasattr(value, "model_dump_json"):
        return json.loads(value.model_dump_json())
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _as_data(dataclasses.asdict(value))
    if (
        type(value).__module__.partition(".")[0] == "numpy"
        and hasattr(value, "item")
        and getattr(value, "ndim", 0) == 0
    ):
        return _as_data(value.item())
    return _NOT


def _at_fault(value: Any, where: str = "") -> str:
    """What in a list or dict JSON can't hold; nothing for a value that is none."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                return f"{where or 'it'} has the key {key!r}, and keys in JSON are text"
            if _as_data(item) is _NOT:
                return _at_fault(item, f"{where}[{key!r}]")
    elif isinstance(value, (list, tuple)):
        for at, item in enumerate(value):
            if _as_data(item) is _NOT:
                return _at_fault(item, f"{where}[{at}]")
    kind = type(value).__qualname__
    article = "an" if kind[:1].lower() in "aeiou" else "a"
    return f"{where} is {article} {kind}, which JSON can't hold" if where else ""


# The formats that come with designer


def _write_npy(value: Any, path: Path) -> dict[str, Any]:
    if isinstance(value, np.ma.MaskedArray):
        raise FormatError(
            "a masked array would lose its mask\n  next: return value.filled(…), or the mask as an array of its own"
        )
    if value.dtype.hasobject:
        raise FormatError(
            "an array of Python objects can't be kept safely\n  next: return a list, or an array of numbers"
        )
    with path.open("wb") as file:
        np.save(file, value, allow_pickle=False)
    return {"shape": list(value.shape), "dtype": str(value.dtype)}


def _read_npy(path: Path) -> Any:
    return np.load(path, mmap_mode="c", allow_pickle=False)


def _write_bytes(value: Any, path: Path) -> None:
    path.write_bytes(value)


def _write_path(value: Path, path: Path) -> dict[str, Any]:
    if not value.exists():
        raise FormatError(f"the module returned the path {value}, but there is no such file or folder")
    if value.is_dir():
        shutil.copytree(value, path / value.name)
    else:
        path.mkdir()
        shutil.copyfile(value, path / value.name)
    for file in path.rglob("*"):  # every reader gets this very file: nobody changes it by mistake
        if file.is_file():
            file.chmod(0o444)
    return {"name": value.name, "folder": value.is_dir()}


def _read_path(path: Path) -> Path:
    return next(path.iterdir())


def _write_skops(value: Any, path: Path) -> None:
    lazy_import("skops.io").dump(value, path)


_TRUSTED = frozenset({"sklearn", "numpy", "scipy", "lightgbm", "xgboost", "collections"})
_NEVER = frozenset(
    {"__main__", "f2py", "testing", "tests", "distutils", "conftest"}
)  # parts of those that run programs


def _read_skops(path: Path) -> Any:
    io = lazy_import("skops.io")
    unknown = io.get_untrusted_types(file=path)
    foreign = [name for name in unknown if not _is_harmless(name)]
    if foreign:
        raise FormatError(
            f"the model holds types that can't be loaded safely: {', '.join(foreign[:5])}\n"
            "  next: register a format for the model's type, or annotate its ports Annotated[…, Pickled]"
        )
    return io.load(path, trusted=unknown)


def _is_harmless(name: str) -> bool:
    """Whether a name in a model's file is a class of a library we trust, or a measure of scikit-learn's.

    Any other function, such as `builtins.eval`, would be called by whoever uses the model.
    """
    owner, _, attribute = name.rpartition(".")
    parts = owner.split(".")
    if parts[0] not in _TRUSTED or not _NEVER.isdisjoint(parts):
        return False
    try:
        value = getattr(importlib.import_module(owner), attribute, None)
    except ImportError:
        return False
    return isinstance(value, type) or owner.startswith("sklearn.metrics")


def _write_sparse(value: Any, path: Path) -> dict[str, Any]:
    with path.open("wb") as file:
        lazy_import("scipy.sparse").save_npz(file, value)
    return {"shape": list(value.shape), "dtype": str(value.dtype)}


def _read_sparse(path: Path) -> Any:
    return lazy_import("scipy.sparse").load_npz(path)


def _write_pickle(value: Any, path: Path) -> None:
    path.write_bytes(lazy_import("cloudpickle").dumps(value))


def _read_pickle(path: Path) -> Any:
    return lazy_import("pickle").loads(path.read_bytes())


_PICKLE = Format("pickle", "", ".pickle", _write_pickle, _read_pickle)
_by_name["pickle"] = _PICKLE

register_format(Format("arrow", "pandas.DataFrame", ".arrow", frames.write_pandas, frames.read_pandas))
register_format(Format("arrow-series", "pandas.Series", ".arrow", frames.write_series, frames.read_series))
register_format(Format("arrow-table", "pyarrow.Table", ".arrow", frames.write_table, frames.read_table))
register_format(Format("arrow-polars", "polars.DataFrame", ".arrow", frames.write_polars, frames.read_polars))
register_format(Format("npy", "numpy.ndarray", ".npy", _write_npy, _read_npy))
register_format(Format("skops", "sklearn.BaseEstimator", ".skops", _write_skops, _read_skops))
for _sparse in ("csr_matrix", "csc_matrix", "csr_array", "csc_array", "coo_matrix", "coo_array"):
    register_format(Format("npz", f"scipy.{_sparse}", ".npz", _write_sparse, _read_sparse))
register_format(Format("bytes", "builtins.bytes", ".bin", _write_bytes, lambda path: path.read_bytes()))
register_format(Format("path", "pathlib.Path", "", _write_path, _read_path, directory=True))
