"""ResNet: He and others, Deep Residual Learning for Image Recognition (2016), and its wider relatives."""

from __future__ import annotations

from typing import Annotated, Literal

from designer import PortInfo, module
from modules._shared.networks import UntrainedNetwork
from modules._shared.parameters import param
from modules._shared.torch_extra import torchvision


@module(title="ResNet", category="Computer Vision", version="1")
def resnet(
    *,
    name: Annotated[
        Literal[
            "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
            "wide_resnet50_2", "wide_resnet101_2",
        ],
        param("Model name"),
    ] = "resnext101_32x8d",
    pretrained: Annotated[
        bool, param("Pretrained", "Start from weights learned on ImageNet; torchvision downloads them once.")
    ] = True,
    zero_init_residual: Annotated[
        bool, param("Zero init residual", "Each block begins as the identity.")
    ] = False,
) -> Annotated[UntrainedNetwork, PortInfo(title="Untrained model")]:  # fmt: skip
    """An untrained image classifier, for Train PyTorch Model."""
    torchvision()
    return UntrainedNetwork(name, "ResNet", pretrained, {"zero_init_residual": zero_init_residual})
