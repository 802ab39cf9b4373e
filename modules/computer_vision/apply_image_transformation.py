"""Images with the steps that are to be done to them."""

from __future__ import annotations

from typing import Annotated, Literal

from designer import Metric, PortInfo, Run, module
from modules._shared.errors import TooFewRows
from modules._shared.image_transforms import ImageTransformation
from modules._shared.images import ImageDirectory
from modules._shared.parameters import param


@module(
    title="Apply Image Transformation",
    category="Computer Vision",
    version="1",
    metrics=[Metric("images", unit="images", pinned=True)],
)
def apply_image_transformation(
    input_image_transformation: Annotated[ImageTransformation, PortInfo(title="Input image transformation")],
    input_image_directory: Annotated[ImageDirectory, PortInfo(title="Input image directory")],
    *,
    mode: Annotated[
        Literal["For training", "For inference"], param("Mode", "Whether the random steps are done.")
    ] = "For training",
) -> Annotated[ImageDirectory, PortInfo(title="Output image directory")]:
    """The same images; the steps are done anew each time one is read, so that random ones differ from epoch to epoch."""
    count = len(input_image_directory.images)
    if not count:
        raise TooFewRows(0, 1, "transforming images, counting images,")
    Run.get_context().log("images", count)
    return input_image_directory.with_transformation(input_image_transformation, mode == "For training")
