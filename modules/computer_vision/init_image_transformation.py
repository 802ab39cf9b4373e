"""Which steps are done to each image."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._shared.image_transforms import ImageTransformation
from modules._shared.parameters import param


@module(title="Init Image Transformation", category="Computer Vision", version="1")
def init_image_transformation(
    *,
    resize: Annotated[bool, param("Resize")] = False,
    size: Annotated[int, param("Size", "In pixels, both ways.", ge=1, when={"resize": [True]})] = 256,
    center_crop: Annotated[bool, param("Center crop")] = False,
    crop_size: Annotated[int, param("Crop size", ge=1, when={"center_crop": [True]})] = 224,
    pad: Annotated[bool, param("Pad")] = False,
    padding: Annotated[int, param("Padding", "In pixels, on each side.", ge=0, when={"pad": [True]})] = 0,
    color_jitter: Annotated[bool, param("Color jitter", "Random brightness, contrast, saturation.")] = False,
    grayscale: Annotated[bool, param("Grayscale")] = False,
    random_resized_crop: Annotated[bool, param("Random resized crop")] = False,
    random_resized_crop_size: Annotated[int, param("Random size", ge=1, when={"random_resized_crop": [True]})] = 256,
    random_crop: Annotated[bool, param("Random crop")] = False,
    random_crop_size: Annotated[int, param("Random crop size", ge=1, when={"random_crop": [True]})] = 224,
    random_horizontal_flip: Annotated[bool, param("Random horizontal flip")] = False,
    random_vertical_flip: Annotated[bool, param("Random vertical flip")] = False,
    random_rotation: Annotated[bool, param("Random rotation")] = False,
    rotation_degrees: Annotated[
        float, param("Random rotation degrees", ge=0, le=180, when={"random_rotation": [True]})
    ] = 0.0,
    random_affine: Annotated[bool, param("Random affine")] = False,
    affine_degrees: Annotated[
        float, param("Random affine degrees", ge=0, le=180, when={"random_affine": [True]})
    ] = 0.0,
    random_grayscale: Annotated[bool, param("Random grayscale")] = False,
    random_perspective: Annotated[bool, param("Random perspective")] = False,
) -> Annotated[ImageTransformation, PortInfo(title="Output image transformation")]:
    """The random steps are done in training only; in scoring a crop is taken from the middle."""
    return ImageTransformation(
        resize=size if resize else None,
        center_crop=crop_size if center_crop else None,
        pad=padding if pad else None,
        color_jitter=color_jitter,
        grayscale=grayscale,
        random_resized_crop=random_resized_crop_size if random_resized_crop else None,
        random_crop=random_crop_size if random_crop else None,
        random_horizontal_flip=random_horizontal_flip,
        random_vertical_flip=random_vertical_flip,
        random_rotation=rotation_degrees if random_rotation else None,
        random_affine=affine_degrees if random_affine else None,
        random_grayscale=random_grayscale,
        random_perspective=random_perspective,
    )
