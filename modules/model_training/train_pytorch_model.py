"""Train an image classifier. Elsewhere: the networks (_shared/networks.py)."""

from __future__ import annotations

import copy
import time
from typing import Annotated, Any, NamedTuple

from designer import Metric, PortInfo, Run, module
from modules._shared.errors import OneClassLabel, TooFewRows
from modules._shared.images import ImageDirectory
from modules._shared.networks import TrainedNetwork, UntrainedNetwork, batches
from modules._shared.parameters import LARGEST_SEED, param
from modules._shared.torch_extra import torch


class _Round(NamedTuple):
    """What one pass over images gave: mean loss, shares of images whose class is among the first one and five, images."""

    loss: float
    top1: float
    top5: float
    images: int


@module(
    title="Train PyTorch Model",
    category="Model Training",
    version="1",
    metrics=[
        Metric("Train loss", goal="minimize", pinned=True),
        Metric("Train error", goal="minimize", bounds=(0, 1)),
        Metric("Valid loss", goal="minimize", pinned=True),
        Metric("Top-1 validation accuracy", goal="maximize", bounds=(0, 1), pinned=True),
        Metric("Top-5 validation accuracy", goal="maximize", bounds=(0, 1)),
        Metric("Train images per second", goal="maximize", unit="images/s"),
        Metric("learning rate"),
    ],
)
def train_pytorch_model(
    untrained_model: Annotated[UntrainedNetwork, PortInfo(title="Untrained model")],
    training_dataset: Annotated[ImageDirectory, PortInfo(title="Training dataset")],
    validation_dataset: Annotated[ImageDirectory, PortInfo(title="Validation dataset")],
    *,
    epochs: Annotated[int, param("Epochs", ge=1)] = 5,
    batch_size: Annotated[int, param("Batch size", ge=1)] = 16,
    warmup: Annotated[int, param("Warmup step number", "Batches over which the rate rises from 0.", ge=0)] = 0,
    learning_rate: Annotated[float, param("Learning rate", gt=0)] = 0.001,
    seed: Annotated[int, param("Random seed", ge=0, le=LARGEST_SEED)] = 1,
    patience: Annotated[int, param("Patience", "Epochs without a better validation loss before it stops.", ge=1)] = 3,
    print_frequency: Annotated[int, param("Print frequency", "In batches.", ge=1)] = 10,
) -> Annotated[TrainedNetwork, PortInfo(title="Trained model")]:
    """Stochastic gradient descent with momentum 0.9; the weights of the epoch with the best validation loss are kept."""
    classes = training_dataset.classes
    if len(classes) < 2:
        raise OneClassLabel("image folders", classes[0] if classes else None)
    if not validation_dataset.images:
        raise TooFewRows(0, 1, "validation, counting images,")
    library, run = torch(), Run.get_context()
    library.manual_seed(seed)
    network = untrained_model.build(len(classes))
    optimizer = library.optim.SGD(network.parameters(), learning_rate, momentum=0.9, weight_decay=1e-4)
    rates = library.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / max(warmup, 1)))
    best, weights, waited = float("inf"), network.state_dict(), 0
    for epoch in range(1, epochs + 1):
        started = time.perf_counter()
        order = library.randperm(len(training_dataset.images)).tolist()
        trained = _pass(network, training_dataset, classes, batch_size, order, (optimizer, rates), print_frequency)
        seconds = time.perf_counter() - started
        with library.no_grad():
            everything = list(range(len(validation_dataset.images)))
            valid = _pass(network, validation_dataset, classes, batch_size, everything)
        _log(run, epoch, trained, valid, trained.images / seconds, rates.get_last_lr()[0])
        run.report_progress(epoch, epochs)
        waited = 0 if valid.loss < best else waited + 1
        if valid.loss < best:
            best, weights = valid.loss, copy.deepcopy(network.state_dict())
        if waited >= patience:
            print(f"stopped after epoch {epoch}: the validation loss has not improved for {patience} epochs")
            break
    return TrainedNetwork(untrained_model, classes, weights)


def _pass(
    network: Any,
    images: ImageDirectory,
    classes: list[str],
    size: int,
    order: list[int],
    training: tuple[Any, Any] | None = None,
    print_frequency: int = 0,
) -> _Round:
    """Show every image once; with an optimizer and its rates, learn from each batch."""
    library = torch()
    network.train(training is not None)
    loss, top1, top5 = 0.0, 0, 0
    for number, (tensors, labels) in enumerate(batches(images, classes, size, order), 1):
        scores = network(tensors)
        cost = library.nn.functional.cross_entropy(scores, labels)
        if training:
            optimizer, rates = training
            optimizer.zero_grad()
            cost.backward()
            optimizer.step()
            rates.step()
            if number % print_frequency == 0:
                print(f"batch {number}: loss {cost.item():.4f}")
        ranked = scores.detach().argsort(dim=1, descending=True)
        loss += cost.item() * len(labels)
        top1 += int((ranked[:, 0] == labels).sum())
        top5 += int((ranked[:, :5] == labels[:, None]).any(dim=1).sum())
    return _Round(loss / len(order), top1 / len(order), top5 / len(order), len(order))


def _log(run: Run, epoch: int, trained: _Round, valid: _Round, speed: float, rate: float) -> None:
    run.log("learning rate", rate, step=epoch)
    run.log("Train images per second", speed, step=epoch)
    run.log("Train loss", trained.loss, step=epoch)
    run.log("Train error", 1 - trained.top1, step=epoch)
    run.log("Valid loss", valid.loss, step=epoch)
    run.log("Top-1 validation accuracy", valid.top1, step=epoch)
    run.log("Top-5 validation accuracy", valid.top5, step=epoch)
