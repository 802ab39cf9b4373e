"""Whether a node's metrics keep the bounds that its module declared. Elsewhere: what follows from it (runner.py)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from designer.model.module import Metric
    from designer.store.protocol import ReadStore


def broken(metrics: Sequence[Metric], store: ReadStore, run_id: str, on_broken: str | None = None) -> str:
    """Which of the declared bounds the last values break, as text; empty when none. `on_broken` asks for such bounds only."""
    bounded = [m for m in metrics if m.bounds is not None and on_broken in (None, m.on_broken)]
    if not bounded:
        return ""
    logged = store.metrics([run_id]).get(run_id, {})
    texts = (_text(metric, logged[metric.name].last) for metric in bounded if metric.name in logged)
    return "; ".join(text for text in texts if text)


def _text(metric: Metric, value: Any) -> str:
    if not isinstance(value, (int, float)) or metric.bounds is None:
        return ""
    least, most = metric.bounds
    unit = f" {metric.unit}" if metric.unit else ""
    shown = f"{value:.6g}" if isinstance(value, float) else str(value)
    if math.isnan(value):
        return f"{metric.name} is not a number"
    if least is not None and value < least:
        return f"{metric.name} is {shown}{unit}, below {least:g}{unit}"
    if most is not None and value > most:
        return f"{metric.name} is {shown}{unit}, above {most:g}{unit}"
    return ""
