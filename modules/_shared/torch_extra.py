"""PyTorch and torchvision where they are installed; elsewhere the message that says how to install them."""

from __future__ import annotations

from typing import Any

from designer import MissingExtraError


def torch() -> Any:
    """PyTorch."""
    try:
        import torch as found  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("torch", extra="torch") from error
    return found


def torchvision() -> Any:
    """torchvision."""
    torch()
    try:
        import torchvision as found  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("torchvision", extra="torch") from error
    return found
