"""Steps that are done to an image before a network sees it (torchvision). Elsewhere: folders of images (images.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from designer import Format, register_format
from modules._shared.formats import read, write
from modules._shared.torch_extra import torchvision

_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, as torchvision's weights expect


@dataclass
class ImageTransformation:
    """Which steps, with their sizes. The random ones are done in training only."""

    resize: int | None = None
    center_crop: int | None = None
    pad: int | None = None
    color_jitter: bool = False
    grayscale: bool = False
    random_resized_crop: int | None = None
    random_crop: int | None = None
    random_horizontal_flip: bool = False
    random_vertical_flip: bool = False
    random_rotation: float | None = None
    random_affine: float | None = None
    random_grayscale: bool = False
    random_perspective: bool = False

    def build(self, random: bool) -> Any:
        """A function from a PIL image to a normalized tensor."""
        v2 = torchvision().transforms
        fixed = [
            self.resize and v2.Resize((self.resize, self.resize)),
            self.center_crop and v2.CenterCrop(self.center_crop),
            self.pad and v2.Pad(self.pad),
            self.grayscale and v2.Grayscale(num_output_channels=3),
        ]
        chance = [
            self.color_jitter and v2.ColorJitter(0.2, 0.2, 0.2),
            self.random_resized_crop and v2.RandomResizedCrop(self.random_resized_crop),
            self.random_crop and v2.RandomCrop(self.random_crop, pad_if_needed=True),
            self.random_horizontal_flip and v2.RandomHorizontalFlip(),
            self.random_vertical_flip and v2.RandomVerticalFlip(),
            self.random_rotation and v2.RandomRotation(self.random_rotation),
            self.random_affine and v2.RandomAffine(self.random_affine),
            self.random_grayscale and v2.RandomGrayscale(),
            self.random_perspective and v2.RandomPerspective(),
        ]
        steps = [step for step in [*fixed, *(chance if random else self._instead())] if step]
        return v2.Compose([*steps, v2.ToTensor(), v2.Normalize(_MEAN, _DEVIATION)])

    def _instead(self) -> list[Any]:
        """In place of random crops: the middle, in the same size, so that the network sees the size it was trained on."""
        size = self.random_crop or self.random_resized_crop
        if not size:
            return []
        v2 = torchvision().transforms
        return [v2.Resize(size), v2.CenterCrop(size)]


register_format(Format("ImageTransformation", "modules.ImageTransformation", ".model", write, read))
