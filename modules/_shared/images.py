"""Folders of images: one folder a class, with the transformation that is to be done to each image on reading.

Elsewhere: transformations themselves (image_transforms.py), networks (networks.py).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import weakref
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer import Format, MissingExtraError, register_format
from modules._shared.errors import BadFile
from modules._shared.image_transforms import ImageTransformation

if TYPE_CHECKING:
    from collections.abc import Iterable

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm"})
_NOTES = "transformation.json"


@dataclass
class ImageDirectory:
    """Images below a folder. The name of the folder that an image lies in is its class; at the top it has none."""

    path: Path
    transformation: ImageTransformation | None = None
    random: bool = False  # whether the random steps of the transformation are done (for training)
    owner: Any = field(default=None, repr=False, compare=False)  # keeps a temporary folder alive

    @property
    def images(self) -> list[Path]:
        """The images, relative to the folder, in the order of their names."""
        found = (one for one in self.path.rglob("*") if one.suffix.lower() in SUFFIXES and one.is_file())
        return sorted(one.relative_to(self.path) for one in found)

    @property
    def classes(self) -> list[str]:
        """The classes, sorted."""
        return sorted({class_of(image) for image in self.images} - {""})

    def with_transformation(self, transformation: ImageTransformation, random: bool) -> ImageDirectory:
        """The same images, to be transformed."""
        return ImageDirectory(self.path, transformation, random, self.owner)


def class_of(image: Path) -> str:
    """The class of an image: its folder's name."""
    return image.parent.name


def gathered(source: Path, images: Iterable[Path], like: ImageDirectory | None = None) -> ImageDirectory:
    """A folder of its own with some of the images of another."""
    owner = _TemporaryFolder()
    folder = owner.path
    for image in images:
        (folder / image).parent.mkdir(parents=True, exist_ok=True)
        _link(source / image, folder / image)
    if like is None:
        return ImageDirectory(folder, owner=owner)
    return ImageDirectory(folder, like.transformation, like.random, owner)


def pillow() -> Any:
    """Pillow's Image."""
    try:
        from PIL import Image  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("pillow", extra="torch") from error
    return Image


def opened(path: Path) -> Any:
    """The image, in colour."""
    try:
        with pillow().open(path) as image:
            return image.convert("RGB")
    except (OSError, SyntaxError) as error:
        raise BadFile(f"{path.name} is no image that can be read: {error}") from error


class _TemporaryFolder:
    """A folder that is removed with the last image directory that uses it."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="images-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _link(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copyfile(source, target)


def _write(value: ImageDirectory, path: Path) -> dict[str, Any]:
    shutil.copytree(value.path, path, copy_function=_link, dirs_exist_ok=True)
    notes = {"random": value.random, "steps": asdict(value.transformation) if value.transformation else None}
    (path / _NOTES).unlink(missing_ok=True)
    (path / _NOTES).write_text(json.dumps(notes, indent=1))
    return {"kind": "ImageDirectory", "images": len(value.images), "classes": value.classes}


def _read(path: Path) -> ImageDirectory:
    notes = json.loads((path / _NOTES).read_text())
    steps = ImageTransformation(**notes["steps"]) if notes["steps"] else None
    return ImageDirectory(path, steps, notes["random"])


register_format(Format("ImageDirectory", "modules.ImageDirectory", "", _write, _read, directory=True))
