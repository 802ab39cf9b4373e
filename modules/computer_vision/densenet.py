"""DenseNet: Huang and others, Densely Connected Convolutional Networks (2017)."""

from __future__ import annotations

from typing import Annotated, Literal

from designer import PortInfo, module
from modules._shared.networks import UntrainedNetwork
from modules._shared.parameters import param
from modules._shared.torch_extra import torchvision


@module(title="DenseNet", category="Computer Vision", version="1")
def densenet(
    *,
    name: Annotated[
        Literal["densenet121", "densenet161", "densenet169", "densenet201"], param("Model name")
    ] = "densenet201",
    pretrained: Annotated[
        bool, param("Pretrained", "Start from weights learned on ImageNet; torchvision downloads them once.")
    ] = True,
    memory_efficient: Annotated[bool, param("Memory efficient", "Less memory, more time.")] = False,
) -> Annotated[UntrainedNetwork, PortInfo(title="Untrained model")]:
    """An untrained image classifier, for Train PyTorch Model."""
    torchvision()
    return UntrainedNetwork(name, "DenseNet", pretrained, {"memory_efficient": memory_efficient})
