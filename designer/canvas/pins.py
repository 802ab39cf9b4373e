"""Which metrics a node's face shows: what the user pinned, else what the module declared, else the likeliest. Elsewhere: drawing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Pipeline
    from designer.model.runs import MetricSummary

MOST = 4

# In the order in which they are preferred; a score says more than a row count.
_LIKELY = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(coefficient_of_determination|r2|r\^2|r_squared|r2_score)$",
        r"^(accuracy|overall_accuracy|balanced_accuracy)$",
        r"^(auc|roc_auc)$",
        r"^(f1|f1[ _]score)$",
        r"^(rmse|root_mean_squared_error)$",
        r"^(mae|mean_absolute_error)$",
        r"(^|[ _])(val|valid|validation)[ _]loss$",
        r"loss$",
        r"(score|accuracy|error)$",
        r"rows?(_(in|out))?$|^rows",
    )
]


def pinned(
    chosen: Iterable[str] | None, spec: ModuleSpec | None, logged: Mapping[str, MetricSummary]
) -> tuple[str, ...]:
    """The names to show, of those that were logged."""
    if chosen is not None:
        return tuple(name for name in chosen if name in logged)
    wanted = [metric.name for metric in spec.metrics if metric.pinned] if spec else []
    declared = dict.fromkeys(name for one in wanted for name in logged if one in (name, bare(name)))
    if declared:
        return tuple(declared)[:MOST]
    return tuple(_likeliest([name for name, summary in logged.items() if summary.kind in ("scalar", "list")])[:3])


def is_score(name: str) -> bool:
    """Whether a metric's name says how good something is."""
    return rank(name) < len(_LIKELY) - 1


def rank(name: str) -> int:
    """How early a metric's name comes among those that are likely to matter."""
    return next((at for at, pattern in enumerate(_LIKELY) if pattern.search(bare(name))), len(_LIKELY))


def bare(name: str) -> str:
    """A metric's name without what tells it from its sisters: of `AUC (left port)`, `AUC`."""
    return _SISTER.sub("", name)


_SISTER = re.compile(r"\s*\([^()]*\)$")


def _likeliest(names: Collection[str]) -> list[str]:
    known = sorted((name for name in names if rank(name) < len(_LIKELY)), key=rank)
    return known or list(names)[:2]


def pins_of(pipeline: Pipeline | None, path: str) -> tuple[str, ...] | None:
    """What the user pinned on a node, by its path; None when nothing was chosen."""
    *groups, node = path.split("/")
    for group in groups:
        found = pipeline.node(group) if pipeline is not None else None
        pipeline = found.pipeline if found is not None else None
    return pipeline.layout.pins.get(node) if pipeline is not None else None
