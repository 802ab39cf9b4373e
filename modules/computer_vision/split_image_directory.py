"""Images in two parts, each class alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import TooFewRows
from modules._shared.images import ImageDirectory, class_of, gathered
from modules._shared.parameters import Seed, param
from modules._shared.sampling import chosen

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


class Parts(NamedTuple):
    """The two parts."""

    output_image_directory1: Annotated[ImageDirectory, PortInfo(title="Output image directory1")]
    output_image_directory2: Annotated[ImageDirectory, PortInfo(title="Output image directory2")]


@module(
    title="Split Image Directory",
    category="Computer Vision",
    version="1",
    metrics=[Metric("images_1", unit="images", pinned=True), Metric("images_2", unit="images", pinned=True)],
)
def split_image_directory(
    input_image_directory: Annotated[ImageDirectory, PortInfo(title="Input image directory")],
    *,
    fraction: Annotated[float, param("Fraction of images in the first output", ge=0, le=1)] = 0.9,
    seed: Seed = 0,
) -> Parts:
    """Split at random, with the same share of every class in both parts."""
    images = input_image_directory.images
    if not images:
        raise TooFewRows(0, 1, "splitting images, counting images,")
    first = chosen(len(images), fraction, seed, pd.Series([class_of(image) for image in images]))
    run = Run.get_context()
    run.log("images_1", int(first.sum()))
    run.log("images_2", int((~first).sum()))
    parts = ([image for image, there in zip(images, mask, strict=True) if there] for mask in (first, ~first))
    return Parts(*(gathered(input_image_directory.path, part, input_image_directory) for part in parts))
