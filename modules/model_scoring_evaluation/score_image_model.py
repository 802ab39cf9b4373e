"""Classify images with a trained network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import TooFewRows, UntrainedModelGiven
from modules._shared.images import ImageDirectory, class_of
from modules._shared.networks import TrainedNetwork, batches
from modules._shared.scoring import LABELS, PROBABILITIES
from modules._shared.torch_extra import torch

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from modules._shared.roles import Role
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

BATCH = 32


@module(
    title="Score Image Model",
    category="Model Scoring & Evaluation",
    version="1",
    metrics=[Metric("images", unit="images", pinned=True)],
)
def score_image_model(
    trained_model: Annotated[TrainedNetwork, PortInfo(title="Trained model")],
    dataset: Annotated[ImageDirectory, PortInfo(title="Dataset")],
) -> Annotated[pd.DataFrame, PortInfo(title="Scored dataset")]:
    """A row per image: its path (Image), its folder (Category), a probability per class, Scored Labels."""
    if not isinstance(trained_model, TrainedNetwork):
        raise UntrainedModelGiven(getattr(trained_model, "title", type(trained_model).__name__))
    images = dataset.images
    if not images:
        raise TooFewRows(0, 1, "scoring, counting images,")
    library, run, network = torch(), Run.get_context(), trained_model.load()
    parts = []
    with library.no_grad():
        for tensors, _ in batches(dataset, trained_model.classes, BATCH, list(range(len(images)))):
            parts.append(library.softmax(network(tensors), dim=1).numpy())
            run.report_progress(len(parts) * BATCH, len(images))
    found = np.concatenate(parts)
    frame = pd.DataFrame(
        {"Image": [image.as_posix() for image in images], "Category": [class_of(image) for image in images]}
    )
    for i, name in enumerate(trained_model.classes):
        frame[f"{PROBABILITIES}_{name}"] = found[:, i].astype(float)
    frame[LABELS] = pd.Index(trained_model.classes).take(found.argmax(axis=1)).array
    roles: dict[str, Role] = {name: "score" for name in frame.columns[2:]}
    frame.attrs = {
        "roles": {"Image": "none", "Category": "label", **roles},
        "scored": {"task": "multiclass", "classes": trained_model.classes, "title": trained_model.recipe.title},
    }
    run.log("images", len(images))
    return frame
