"""Image networks: untrained (a recipe) and trained (weights). Elsewhere: training them (Train PyTorch Model)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from designer import Format, register_format
from modules._shared.errors import BadFile, MismatchedColumns
from modules._shared.formats import read, write
from modules._shared.images import ImageDirectory, class_of, opened
from modules._shared.torch_extra import torch, torchvision

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class UntrainedNetwork:
    """A torchvision architecture with its options, and whether it starts from weights learned on ImageNet."""

    architecture: str
    title: str
    pretrained: bool = False
    options: dict[str, Any] = field(default_factory=dict)

    def build(self, classes: int, pretrained: bool | None = None) -> Any:
        """The network with a new last layer for that many classes."""
        models = torchvision().models
        use = self.pretrained if pretrained is None else pretrained
        try:
            network = models.get_model(self.architecture, weights="DEFAULT" if use else None, **self.options)
        except OSError as error:
            raise BadFile(
                f"the pretrained weights of {self.architecture} can't be downloaded ({error}); "
                "turn Pretrained off, or put them where torch.hub looks"
            ) from error
        layer = torch().nn.Linear
        if hasattr(network, "classifier"):
            network.classifier = layer(network.classifier.in_features, classes)
        else:
            network.fc = layer(network.fc.in_features, classes)
        return network


@dataclass
class TrainedNetwork:
    """A network's recipe, its weights and its classes."""

    recipe: UntrainedNetwork
    classes: list[str]
    weights: dict[str, Any]

    def load(self) -> Any:
        """The network, ready to score."""
        network = self.recipe.build(len(self.classes), pretrained=False)
        network.load_state_dict(self.weights)
        return network.eval()


def batches(images: ImageDirectory, classes: list[str], size: int, order: list[int]) -> Iterator[tuple[Any, Any]]:
    """Tensors of images and of their class numbers, `size` at a time, in that order."""
    library, transform = torch(), _transform(images)
    paths = images.images
    unknown = [name for name in images.classes if name not in classes]
    if unknown:
        raise MismatchedColumns(unknown, "the network's classes (image folders)", classes)
    for start in range(0, len(order), size):
        chosen = [paths[i] for i in order[start : start + size]]
        tensors = [transform(opened(images.path / path)) for path in chosen]
        shapes = {tuple(tensor.shape) for tensor in tensors}
        if len(shapes) > 1:
            raise BadFile("the images have different sizes; resize or crop them in Init Image Transformation")
        labels = [classes.index(class_of(path)) if class_of(path) in classes else -1 for path in chosen]
        yield library.stack(tensors), library.tensor(labels)


def _transform(images: ImageDirectory) -> Any:
    if images.transformation is not None:
        return images.transformation.build(images.random)
    return torchvision().transforms.ToTensor()


def _write(value: TrainedNetwork, path: Path) -> dict[str, Any]:
    path.mkdir(exist_ok=True)
    write(value.recipe, path / "recipe.json")
    (path / "classes.json").write_text(json.dumps(value.classes))
    torch().save(value.weights, path / "weights.pt")
    return {"kind": "TrainedNetwork", "architecture": value.recipe.architecture, "classes": value.classes}


def _read(path: Path) -> TrainedNetwork:
    classes = json.loads((path / "classes.json").read_text())
    weights = torch().load(path / "weights.pt", weights_only=True)  # tensors and nothing else
    return TrainedNetwork(read(path / "recipe.json"), classes, weights)


register_format(Format("UntrainedNetwork", "modules.UntrainedNetwork", ".model", write, read))
register_format(Format("TrainedNetwork", "modules.TrainedNetwork", "", _write, _read, directory=True))
