"""Neural Network Regression."""

from __future__ import annotations

from typing import Annotated, Literal

from designer import PortInfo, module
from modules._learners.network import NeuralNetwork, layers_of
from modules._shared.parameters import RandomSeed, Range, TrainerMode, param, ranged, single, swept
from modules.types import UntrainedModel


@module(title="Neural Network Regression", category="Machine Learning Algorithms/Regression", version="1")
def neural_network_regression(
    *,
    mode: TrainerMode = "Single Parameter",
    hidden_layers: Annotated[
        Literal["Fully-connected case"], param("Hidden layer specification")
    ] = "Fully-connected case",
    learning_rate: Annotated[float, single("Learning rate", gt=0, le=2)] = 0.1,
    learning_rate_range: Annotated[Range, swept("Learning rate")] = "0.1; 0.2; 0.4",
    momentum: Annotated[float, param("The momentum", "The share of the last step that is kept.", ge=0, le=1)] = 0.0,
    hidden_nodes: Annotated[
        str, param("Number of hidden nodes", "One number a layer: '100', or '100, 50' for two layers.")
    ] = "100",
    iterations: Annotated[int, single("Number of learning iterations", ge=1)] = 100,
    iterations_range: Annotated[Range, swept("Number of learning iterations")] = "20; 40; 80; 160",
    shuffle: Annotated[bool, param("Shuffle examples", "Before each iteration.")] = True,
    seed: RandomSeed = None,
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """A neural network that predicts a number."""
    layers = layers_of(hidden_nodes)
    learner = NeuralNetwork("regression", layers, learning_rate, momentum, iterations, shuffle, seed or 0)
    ranges = ranged(mode, learning_rate=learning_rate_range, iterations=iterations_range)
    return UntrainedModel("regression", learner, "Neural Network Regression", ranges)
