"""Trees: boosted (LightGBM), forests (scikit-learn), forests of quantiles (LightGBM)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from designer import MissingExtraError, lazy_import
from modules._shared.encoder import Encoding
from modules._shared.errors import TooFewRows
from modules._shared.learner import Learner, Report, silent

if TYPE_CHECKING:
    import numpy as np
    from sklearn import ensemble
else:
    np, ensemble = lazy_import("numpy"), lazy_import("sklearn.ensemble")

_SMALL = 500_000  # cells; below, threads cost more than they bring, the more so beside other busy processes
_CODES = Encoding(categories="codes", missing="keep")
_LOSS = {"regression": "l2", "binary": "binary_logloss", "multiclass": "multi_logloss", "quantile": "quantile"}


class _LightGbm(Learner):
    """A learner of LightGBM boosters, `boosters_`, kept as LightGBM's own model text."""

    encoding: ClassVar[Encoding] = _CODES

    def _train(
        self, rows: np.ndarray, target: np.ndarray, trees: int, settings: dict[str, Any], report: Report, facts: dict
    ) -> Any:
        lgb = lightgbm()
        metric = settings["metric"]
        settings = {
            "seed": 0 if self.seed is None else self.seed,
            "deterministic": True,
            "force_row_wise": True,  # spares LightGBM the trial that picks a layout, whose outcome may vary
            "verbosity": -1,
            "num_threads": 1 if rows.size < _SMALL else 0,
            **settings,
        }
        data = lgb.Dataset(rows, target, categorical_feature=facts.get("categorical") or [], free_raw_data=False)

        def after(state: Any) -> None:
            loss = next(value for _, name, value, *_ in state.evaluation_result_list if name == metric)
            report(state.iteration + 1, trees, {"Train loss": loss})

        return lgb.train(settings, data, trees, valid_sets=[data], valid_names=["train"], callbacks=[after])

    def importances(self) -> np.ndarray:
        """Total gain of the splits on each feature."""
        return np.mean([booster.feature_importance("gain") for booster in self.boosters_], axis=0)

    def __getstate__(self) -> dict[str, Any]:
        texts = [booster.model_to_string() for booster in self.__dict__.get("boosters_", [])]
        return {**self.__dict__, "boosters_": texts}

    def __setstate__(self, state: dict[str, Any]) -> None:
        texts = state.pop("boosters_", [])
        self.__dict__.update(state)
        if texts:
            self.boosters_ = [lightgbm().Booster(model_str=text) for text in texts]


@dataclass
class BoostedTrees(_LightGbm):
    """Gradient-boosted trees."""

    task: str = "regression"
    leaves: int = 20
    smallest_leaf: int = 10
    learning_rate: float = 0.2
    trees: int = 100
    seed: int | None = None

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        settings = {
            "objective": self.task,
            "metric": _LOSS[self.task],
            "num_leaves": self.leaves,
            "min_data_in_leaf": self.smallest_leaf,
            "learning_rate": self.learning_rate,
        }
        if self.task == "multiclass":
            settings["num_class"] = int(target.max()) + 1
        self.boosters_ = [self._train(rows, target, self.trees, settings, report, facts)]
        return self

    def predict(self, rows: Any) -> np.ndarray:
        values = self.boosters_[0].predict(rows)
        return np.column_stack([1 - values, values]) if self.task == "binary" else values


@dataclass
class QuantileForest(_LightGbm):
    """A random forest per quantile: leaves hold the quantile of their rows, trees are averaged."""

    quantiles: tuple[float, ...] = (0.25, 0.5, 0.75)
    trees: int = 100
    leaves: int = 20
    smallest_leaf: int = 10
    bagging_fraction: float = 0.7
    split_fraction: float = 0.7
    seed: int | None = None

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        if len(rows) * self.bagging_fraction < 1:
            raise TooFewRows(len(rows), 2, f"a tree of {self.bagging_fraction:g} of the rows")
        total = len(self.quantiles) * self.trees
        self.boosters_ = []
        for number, quantile in enumerate(self.quantiles):
            settings = {
                "boosting": "rf",
                "objective": "quantile",
                "alpha": quantile,
                "metric": _LOSS["quantile"],
                "num_leaves": self.leaves,
                "min_data_in_leaf": self.smallest_leaf,
                "bagging_fraction": self.bagging_fraction,
                "bagging_freq": 1,
                "feature_fraction_bynode": self.split_fraction,
            }

            def shifted(
                done: int, _: int, values: Any, before: int = number * self.trees, name: str = f" ({quantile:g})"
            ) -> None:
                report(before + done, total, {key + name: value for key, value in values.items()})

            self.boosters_.append(self._train(rows, target, self.trees, settings, shifted, facts))
        return self

    def predict(self, rows: Any) -> np.ndarray:
        return np.column_stack([booster.predict(rows) for booster in self.boosters_])


@dataclass
class DecisionForest(Learner):
    """A forest of decision trees, voting by averaged probabilities (scikit-learn).

    Bagging draws each tree's rows with replacement; replicating gives every tree all rows, so that the trees differ
    only in the features tried at a split.
    """

    task: str = "regression"
    bagging: bool = True
    trees: int = 8
    depth: int = 32
    smallest_leaf: int = 1
    seed: int | None = 0

    encoding: ClassVar[Encoding] = Encoding(missing="keep")

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        regression = self.task == "regression"
        forest = ensemble.RandomForestRegressor if regression else ensemble.RandomForestClassifier
        self.model_ = forest(
            n_estimators=self.trees,
            max_depth=self.depth,
            min_samples_leaf=self.smallest_leaf,
            bootstrap=self.bagging,
            max_features=1 / 3 if regression else "sqrt",  # Breiman's advice; all features would make replicas alike
            random_state=self.seed,
        )
        self.model_.fit(_within_floats(rows), target)
        report(self.trees, self.trees, {})
        return self

    def predict(self, rows: Any) -> np.ndarray:
        rows = _within_floats(rows)
        return self.model_.predict(rows) if self.task == "regression" else self.model_.predict_proba(rows)

    def importances(self) -> np.ndarray:
        """Mean decrease of impurity."""
        return self.model_.feature_importances_


def _within_floats(rows: Any) -> Any:
    """The matrix for scikit-learn's trees, which compare 32-bit floats; what is larger becomes the largest of these."""
    most = float(np.finfo("float32").max)
    if hasattr(rows, "toarray"):  # sparse
        return rows.minimum(most).maximum(-most)
    return np.clip(rows, -most, most)


def lightgbm() -> Any:
    """LightGBM, or the message that says how to install it."""
    try:
        import lightgbm as lgb  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("lightgbm", extra="boosting") from error
    return lgb
