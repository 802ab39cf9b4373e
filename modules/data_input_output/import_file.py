"""A file or folder as it is, for modules that read files themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from designer import Metric, PortInfo, Run, module
from modules._shared.errors import BadFile
from modules._shared.parameters import param


@module(
    title="Import File",
    category="Data Input and Output",
    version="1",
    metrics=[Metric("files", unit="files"), Metric("bytes", unit="B", pinned=True)],
    files=["path"],
)
def import_file(
    *, path: Annotated[str, param("Path", "A file or a folder.")] = ""
) -> Annotated[Path, PortInfo(title="File")]:
    """A zip for Execute Python Script, a folder of images, a file in Vowpal Wabbit's format."""
    place = Path(path).expanduser()
    if not path.strip() or not place.exists():
        raise BadFile(f"there is no file or folder {path!r} (looked in {Path.cwd()})")
    files = [place] if place.is_file() else [one for one in place.rglob("*") if one.is_file()]
    run = Run.get_context()
    run.log("files", len(files))
    run.log("bytes", sum(one.stat().st_size for one in files))
    return place
