"""A module, and an estimator as a module in one line."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from sklearn.linear_model import HuberRegressor

from designer import Metric, Run, lazy_import, module
from modules import estimator_module

pd = lazy_import("pandas")

huber = estimator_module(HuberRegressor, title="Huber Regression", category="Shop")


@module(title="Add Tax", category="Shop", version="1", metrics=[Metric("tax")])
def add_tax(prices: pd.DataFrame, *, rate: Annotated[float, Field(ge=0, le=1)] = 0.2) -> pd.DataFrame:
    """Append a column `tax`."""
    result = prices.assign(tax=prices["price"] * rate)
    Run.get_context().log("tax", float(result["tax"].sum()))
    return result
