"""An untrained model of your own, as a Python class."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.script import ScriptedModel
from modules._shared.parameters import param
from modules.types import UntrainedModel

SAMPLE = '''\
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class AzureMLModel:
    """Attributes may be numbers, texts, arrays and scikit-learn estimators: they are kept with the trained model."""

    def __init__(self):
        self.model = make_pipeline(StandardScaler(), LogisticRegression())

    def train(self, df_train, df_label):
        self.model.fit(df_train, df_label.iloc[:, 0])

    def predict(self, df):
        return pd.DataFrame({
            "Scored Labels": self.model.predict(df),
            "Scored Probabilities": self.model.predict_proba(df)[:, 1],
        })
'''


@module(title="Create Python Model", category="Python Language", version="1")
def create_python_model(
    *, script: Annotated[str, param("Python script", extra={"widget": "code", "language": "python"})] = SAMPLE
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """A class `AzureMLModel` with `train(df_train, df_label)` and `predict(df)`, which returns the score columns."""
    return UntrainedModel("script", ScriptedModel(script), "Python model")
