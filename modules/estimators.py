"""Any scikit-learn estimator as a module, in one line. Elsewhere: how such a learner behaves (_learners/wrapped.py).

ridge = estimator_module(Ridge, title="Ridge Regression")
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from designer import PortInfo, module
from modules._learners.wrapped import WrappedEstimator
from modules._shared.formats import trust
from modules._shared.parameters import param
from modules.types import UntrainedModel

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["regression", "binary", "multiclass"]


def estimator_module(
    estimator: type,
    *,
    title: str | None = None,
    category: str = "Machine Learning Algorithms/Custom",
    task: Kind | None = None,
    version: str = "1",
    scale: Literal["none", "min-max", "z-score"] = "none",
) -> Any:
    """A module that gives the untrained estimator; its parameters are those of the estimator's constructor.

    `task` is read off the estimator where it isn't given (a classifier is taken as multiclass); `scale` is done to numeric
    features before training. Text and categorical columns come as indicator columns, missing values as the mean.
    """
    found: Kind = task or ("multiclass" if _classifies(estimator) else "regression")
    name = title or " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*", estimator.__name__))
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    signature = inspect.signature(estimator)
    parameters = [_parameter(one, estimator) for one in signature.parameters.values() if one.kind in named]
    trust(estimator)

    def build(**values: Any) -> UntrainedModel:
        return UntrainedModel(found, WrappedEstimator(estimator(**values), found != "regression", scale), name)

    _dress(build, estimator, name, parameters)
    return module(title=name, category=category, version=version)(build)


def _dress(build: Callable[..., Any], estimator: type, title: str, parameters: list[inspect.Parameter]) -> None:
    """Give the function the looks that a hand-written module has: name, docstring, annotations, signature."""
    summary = (inspect.getdoc(estimator) or "").partition("\n")[0]
    returned = Annotated[UntrainedModel, PortInfo(title="Untrained model")]
    build.__name__ = build.__qualname__ = re.sub(r"\W+", "_", title).strip("_").lower()
    build.__module__ = inspect.stack()[2].frame.f_globals.get("__name__", __name__)
    build.__doc__ = summary or f"{estimator.__name__}, untrained."
    build.__annotations__ = {one.name: one.annotation for one in parameters} | {"return": returned}
    build.__signature__ = inspect.Signature(parameters, return_annotation=returned)  # type: ignore[attr-defined]


def _classifies(estimator: type) -> bool:
    return any(base.__name__ == "ClassifierMixin" for base in estimator.__mro__)


def _parameter(one: inspect.Parameter, estimator: type) -> inspect.Parameter:
    constraints = getattr(estimator, "_parameter_constraints", {}).get(one.name, ())
    kind = _type(constraints if isinstance(constraints, list) else (), one.default)
    annotation = Annotated[kind, param(one.name.replace("_", " ").capitalize())]
    return inspect.Parameter(one.name, one.KEYWORD_ONLY, default=one.default, annotation=annotation)


def _type(constraints: Any, default: Any) -> Any:
    """The parameter's type, from scikit-learn's own constraints, else from its default."""
    kinds: list[Any] = []
    for one in constraints:
        match type(one).__name__:
            case "Interval":
                kinds.append(int if one.type.__name__ == "Integral" else float)
            case "StrOptions":
                kinds.append(Literal[tuple(sorted(one.options))])
            case "NoneType":
                kinds.append(None)
            case "str":
                kinds += {"boolean": [bool], "random_state": [int, None], "verbose": [int]}.get(one, [])
    if kinds:
        return Union[tuple(kinds)]  # noqa: UP007 - made at run time
    return type(default) if type(default) in (bool, int, float, str) else Any
