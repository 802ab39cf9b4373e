"""`designer cache`, `cache trim`, `keep` and `delete`: what results use on disk, and letting go. Elsewhere: designer/store/."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from designer.cli.output import console, find_run, print_json
from designer.errors import DesignerError
from designer.store.contents import KEEP
from designer.store.open import open_store
from designer.store.place import place
from designer.store.removal import remove
from designer.store.trim import trim as trimmed
from designer.store.trim import usage

if TYPE_CHECKING:
    from designer.store.trim import Trimmed

_SIZES = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12, "kib": 2**10, "mib": 2**20, "gib": 2**30}
_TIMES = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


def cache(store: str | None, as_json: bool) -> None:
    """Print what the store uses on disk, by module."""
    read = open_store(store)
    found = usage(read)
    if as_json:
        modules = {id: {"results": count, "bytes": size} for id, (count, size) in found.modules.items()}
        print_json({**found._asdict(), "modules": modules})
        return
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("module", "results", "outputs"):
        table.add_column(heading, justify="left" if heading == "module" else "right")
    for id, (count, size) in found.modules.items():
        table.add_row(Text(id), f"{count:,}", size_text(size))
    out = console()
    if found.modules:
        out.print(table)
        out.print()
    out.print(
        f"{found.results:,} results; outputs {size_text(found.outputs)}, files of runs {size_text(found.files)}, "
        f"logs {size_text(found.logs)}, database {size_text(found.database)}"
    )
    out.print(f"{read.folder}   next: designer cache trim --max-size 5GB --max-age 30d", style="bright_black")


def trim(max_size: str | None, max_age: str | None, store: str | None, as_json: bool) -> None:
    """Let go of the oldest runs' outputs."""
    size = bytes_of(max_size) if max_size is not None else None
    age = seconds_of(max_age) if max_age is not None else None
    if size is None and age is None:
        raise DesignerError("say how much may stay\n  next: designer cache trim --max-size 5GB --max-age 30d")
    _tell(trimmed(open_store(store), size, age), as_json)


def keep(run: str, off: bool, store: str | None) -> None:
    """Mark a run whose outputs are never trimmed, or take the mark away."""
    where = place(store)
    record = find_run(where.read, run)
    root = record.root or record.id
    change = {"remove": [KEEP]} if off else {"set": {KEEP: "true"}}
    where.journal.event({"e": "tags", "run": root, **change})
    console().print(f"run {root} {'may be trimmed again' if off else 'keeps its outputs'}")


def delete(run: str, store: str | None, as_json: bool) -> None:
    """Remove a run for good."""
    read = open_store(store)
    record = find_run(read, run)
    found = remove(read, record.id)
    if not as_json:
        console().print(f"run {record.id} is deleted")
    _tell(found, as_json)


def _tell(found: Trimmed, as_json: bool) -> None:
    if as_json:
        print_json(found._asdict())
        return
    what = f"let go of {found.contents:,} content{'s' * (found.contents != 1)}, {size_text(found.bytes)}"
    runs = f", of {found.runs:,} run{'s' * (found.runs != 1)}" if found.runs else ""
    console().print(f"{what}{runs}; outputs now use {size_text(found.left)}")


def bytes_of(text: str) -> int:
    """`5GB`, `200 MiB`, `1e9` as bytes. Raises `DesignerError`."""
    match = re.fullmatch(r"\s*([0-9.]+(?:e[0-9]+)?)\s*([a-z]*)\s*", text.lower())
    if match is None or match[2] not in _SIZES:
        raise DesignerError(f"{text!r} is no size\n  next: a number with one of {', '.join(filter(None, _SIZES))}")
    return int(_number(match[1], text) * _SIZES[match[2]])


def seconds_of(text: str) -> float:
    """`30d`, `12h` as seconds. Raises `DesignerError`."""
    match = re.fullmatch(r"\s*([0-9.]+)\s*([smhdw])[a-z]*\s*", text.lower())
    if match is None:
        raise DesignerError(f"{text!r} is no age\n  next: a number with s, m, h, d or w, such as 30d")
    return _number(match[1], text) * _TIMES[match[2]]


def _number(text: str, whole: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise DesignerError(f"{whole!r} holds no number") from None


def size_text(size: float) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
