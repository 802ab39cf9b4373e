"""Messages as plain JSON data. JSON has no NaN and no infinity, and a logged metric may be one: they travel as {"number": "NaN"}."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

_LONGEST = 4000  # characters of a text value in a table; the file or the log has it all


def plain(message: BaseModel) -> Any:
    """The message as JSON data."""
    return message.model_dump(mode="json", by_alias=True)


def _text(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=str)
    except (TypeError, ValueError):
        return repr(value)


def cell(value: Any) -> Any:
    """A logged value as a table can hold it: numbers, texts, booleans and None as they are, everything else as text."""
    if isinstance(value, float) and not math.isfinite(value):
        return {"number": "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"}
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else _text(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
