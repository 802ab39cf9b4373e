"""A model whose class a user wrote: `AzureMLModel` with `train` and `predict`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from designer import lazy_import
from modules._shared.encoder import Encoding
from modules._shared.errors import ScriptFailed
from modules._shared.learner import Learner, Report, silent
from modules._shared.results import as_frame
from modules._shared.scripts import Script

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_EXAMPLE = "class AzureMLModel: …"


@dataclass
class ScriptedModel(Learner):
    """The script's text, and after training the attributes of its model.

    The text is kept, the object is not: it is built again, and given its attributes, when rows are scored.
    """

    script: str

    encoding: ClassVar[Encoding] = Encoding(categories="none", missing="keep")

    def fit(self, rows: pd.DataFrame, target: pd.DataFrame, report: Report = silent, **facts: Any) -> Self:
        script = Script(self.script)
        try:
            model = script.call(script.get("AzureMLModel", _EXAMPLE))
            script.call(_method(model, "train"), rows.copy(), target.copy())
            self.attributes_ = dict(vars(model))
        finally:
            script.close()
        return self

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        script = Script(self.script)
        try:
            kind = script.get("AzureMLModel", _EXAMPLE)
            model = kind.__new__(kind)
            vars(model).update(self.attributes_)
            found = as_frame(script.call(_method(model, "predict"), rows.copy()))
        finally:
            script.close()
        if len(found) != len(rows):
            raise ScriptFailed(f"predict must return a row for each of {len(rows)} rows, but returned {len(found)}")
        return found


def _method(model: Any, name: str) -> Any:
    if not callable(getattr(model, name, None)):
        raise ScriptFailed(f"the class AzureMLModel must have a method {name}")
    return getattr(model, name)
