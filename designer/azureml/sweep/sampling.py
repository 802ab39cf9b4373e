"""Which values the trials of a sweep get: at random, all combinations, or learning from the results."""

from __future__ import annotations

import itertools
import math
import random
from typing import TYPE_CHECKING, Any, Protocol

from designer.azureml.exceptions import TrainingException
from designer.azureml.sweep import space as spaces
from designer.declare.lazy import lazy_import
from designer.errors import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Mapping

optuna = lazy_import("optuna")


class HyperParameterSampling:
    """A space, and how it is sampled."""

    name = ""
    kinds: tuple[str, ...] | None = None

    def __init__(self, parameter_space: Mapping[str, Any], properties: Mapping[str, Any] | None = None) -> None:
        try:
            self._parameter_space = spaces.checked(dict(parameter_space), self.kinds, type(self).__name__)
        except ValueError as error:
            raise TrainingException(str(error)) from error
        self._properties = dict(properties or {})

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"name": self.name, "parameter_space": self._parameter_space, "properties": self._properties}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._parameter_space})"


class RandomParameterSampling(HyperParameterSampling):
    """Values at random. `properties`: `{"seed": 1, "rule": "sobol"}`."""

    name = "RANDOM"


class GridParameterSampling(HyperParameterSampling):
    """All combinations."""

    name, kinds = "GRID", ("choice",)

    def __init__(self, parameter_space: Mapping[str, Any]) -> None:
        super().__init__(parameter_space)


class BayesianParameterSampling(HyperParameterSampling):
    """Values that results so far make promising."""

    name, kinds = "BayesianOptimization", ("choice", "uniform", "quniform")

    def __init__(self, parameter_space: Mapping[str, Any], properties: Mapping[str, Any] | None = None) -> None:
        super().__init__(parameter_space, properties)


class Sampler(Protocol):
    """Proposes values, and is told what came of them."""

    def next(self) -> tuple[Any, dict[str, Any]] | None:
        """A ticket and values; None when there are no more."""

    def tell(self, ticket: Any, value: float | None) -> None:
        """What came of them; None: nothing."""


def sampler(data: Mapping[str, Any], maximize: bool, seen: Any = ()) -> Sampler:
    """The sampler of some settings. `seen` are values and results of earlier sweeps."""
    space, properties = data["parameter_space"], data.get("properties") or {}
    if data["name"] == "GRID":
        return _Grid(space)
    if data["name"] == "RANDOM":
        return _Random(space, properties)
    return _Bayesian(space, maximize, properties.get("seed"), seen)


class _Grid:
    def __init__(self, space: Mapping[str, Any]) -> None:
        names = list(space)
        options = (space[name][1][0] for name in names)
        self._all = (dict(zip(names, values, strict=True)) for values in itertools.product(*options))

    def next(self) -> tuple[Any, dict[str, Any]] | None:
        values = next(self._all, None)
        return None if values is None else (None, values)

    def tell(self, ticket: Any, value: float | None) -> None:
        """Nothing is learned."""


class _Random:
    def __init__(self, space: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
        self._space, self._seen = space, set()
        seed, rule = properties.get("seed"), str(properties.get("rule", "random")).lower()
        self._draws = random.Random(seed)
        self._sobol = lazy_import("scipy.stats.qmc").Sobol(len(space), seed=seed) if rule == "sobol" else None
        sizes = [len(e[1][0]) if e[0] == "choice" else e[1][0] if e[0] == "randint" else None for e in space.values()]
        self._count = math.prod(sizes) if None not in sizes else None  # type: ignore[arg-type]

    def next(self) -> tuple[Any, dict[str, Any]] | None:
        if self._count is not None and len(self._seen) >= self._count:
            return None  # every combination has had its turn
        for _ in range(10_000):
            numbers = (
                self._sobol.random(1)[0] if self._sobol is not None else [self._draws.random() for _ in self._space]
            )
            values = {
                name: spaces.drawn(e, float(u)) for (name, e), u in zip(self._space.items(), numbers, strict=True)
            }
            key = repr(values)
            if key not in self._seen:
                self._seen.add(key)
                return None, values
        return None

    def tell(self, ticket: Any, value: float | None) -> None:
        """Nothing is learned."""


class _Bayesian:
    def __init__(self, space: Mapping[str, Any], maximize: bool, seed: int | None, seen: Any) -> None:
        try:
            optuna.logging.set_verbosity(optuna.logging.WARNING)
        except ModuleNotFoundError as error:
            raise MissingExtraError("optuna", "tuning") from error
        self._space = space
        sampler = optuna.samplers.TPESampler(seed=seed, constant_liar=True)
        self._study = optuna.create_study(direction="maximize" if maximize else "minimize", sampler=sampler)
        for values, result in seen:
            self._enqueue(values, result)

    def _distribution(self, expression: Any) -> Any:
        kind, arguments = expression
        if kind == "choice":
            return optuna.distributions.CategoricalDistribution(list(range(len(arguments[0]))))
        return optuna.distributions.FloatDistribution(arguments[0], arguments[1])

    def _enqueue(self, values: Mapping[str, Any], result: float) -> None:
        distributions = {name: self._distribution(e) for name, e in self._space.items()}
        raw = {
            name: e[1][0].index(values[name]) if e[0] == "choice" else float(values[name])
            for name, e in self._space.items()
            if name in values and (e[0] != "choice" or values[name] in e[1][0])
        }
        if len(raw) == len(self._space):
            self._study.add_trial(optuna.trial.create_trial(params=raw, distributions=distributions, value=result))

    def next(self) -> tuple[Any, dict[str, Any]] | None:
        trial = self._study.ask({name: self._distribution(e) for name, e in self._space.items()})
        values = {}
        for name, (kind, arguments) in self._space.items():
            raw = trial.params[name]
            values[name] = arguments[0][raw] if kind == "choice" else spaces.rounded(kind, raw, arguments)
        return trial, values

    def tell(self, ticket: Any, value: float | None) -> None:
        if value is None or not math.isfinite(value):
            self._study.tell(ticket, state=optuna.trial.TrialState.FAIL)
        else:
            self._study.tell(ticket, value)
