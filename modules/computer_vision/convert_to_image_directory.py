"""A folder or zip of images as an image directory."""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Annotated

from designer import Metric, PortInfo, Run, module
from modules._shared.errors import BadFile
from modules._shared.images import ImageDirectory, gathered, opened


@module(
    title="Convert to Image Directory",
    category="Computer Vision",
    version="1",
    metrics=[Metric("images", unit="images", pinned=True), Metric("classes", unit="classes", pinned=True)],
)
def convert_to_image_directory(
    input_dataset: Annotated[Path, PortInfo(title="Input dataset", description="A folder or zip; one folder a class.")],
) -> Annotated[ImageDirectory, PortInfo(title="Output image directory")]:
    """All images below the folder, each of which can be read; other files are left out."""
    with tempfile.TemporaryDirectory() as scratch:
        source = ImageDirectory(_folder(input_dataset, Path(scratch)))
        images = source.images
        if not images:
            raise BadFile(f"there is no image in {input_dataset.name}")
        for image in images:
            opened(source.path / image)
        result = gathered(source.path, images)
    run = Run.get_context()
    run.log("images", len(images))
    run.log("classes", len(result.classes))
    return result


def _folder(source: Path, scratch: Path) -> Path:
    if source.is_dir():
        return source
    try:
        with zipfile.ZipFile(source) as archive:
            archive.extractall(scratch)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadFile(f"{source.name} is neither a folder nor a zip of images: {error}") from error
    return scratch
