"""When a trial is stopped before its end. An interval is one logged value of the primary metric."""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import TrainingException

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class EarlyTerminationPolicy:
    """What all policies have."""

    name = ""

    def __init__(self, evaluation_interval: int = 1, delay_evaluation: int = 0) -> None:
        for label, value, least in (
            ("evaluation_interval", evaluation_interval, 1),
            ("delay_evaluation", delay_evaluation, 0),
        ):
            if not isinstance(value, int) or value < least:
                raise TrainingException(f"{label} is a whole number of at least {least}, not {value!r}")
        self.evaluation_interval, self.delay_evaluation = evaluation_interval, delay_evaluation

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {"name": self.name, "properties": {k: v for k, v in vars(self).items() if v is not None}}


class BanditPolicy(EarlyTerminationPolicy):
    """Stops what lies behind the best by more than a factor or an amount."""

    name = "Bandit"

    def __init__(
        self,
        evaluation_interval: int = 1,
        slack_factor: float | None = None,
        slack_amount: float | None = None,
        delay_evaluation: int = 0,
    ) -> None:
        super().__init__(evaluation_interval, delay_evaluation)
        if (slack_factor is None) == (slack_amount is None):
            raise TrainingException("a Bandit policy takes either slack_factor or slack_amount")
        if (slack_factor if slack_factor is not None else slack_amount) < 0:  # type: ignore[operator]
            raise TrainingException("the slack can't be negative")
        self.slack_factor, self.slack_amount = slack_factor, slack_amount


class MedianStoppingPolicy(EarlyTerminationPolicy):
    """Stops what is worse than the median of all running averages."""

    name = "MedianStopping"


class TruncationSelectionPolicy(EarlyTerminationPolicy):
    """Stops the worst per cent."""

    name = "TruncationSelection"

    def __init__(
        self,
        truncation_percentage: int,
        evaluation_interval: int = 1,
        delay_evaluation: int = 0,
        exclude_finished_jobs: bool = False,
    ) -> None:
        super().__init__(evaluation_interval, delay_evaluation)
        if not isinstance(truncation_percentage, int) or not 1 <= truncation_percentage <= 99:
            raise TrainingException(
                f"truncation_percentage is a whole number from 1 to 99, not {truncation_percentage!r}"
            )
        self.truncation_percentage, self.exclude_finished_jobs = truncation_percentage, exclude_finished_jobs


class NoTerminationPolicy(EarlyTerminationPolicy):
    """Stops nothing."""

    name = "Default"

    def __init__(self) -> None:
        super().__init__(1, 0)


def due(policy: Mapping[str, Any], before: int, now: int) -> int | None:
    """The newest interval at which a trial has to be looked at, when it had `before` values and has `now`."""
    every, delay = policy["properties"]["evaluation_interval"], policy["properties"]["delay_evaluation"]
    if policy["name"] == NoTerminationPolicy.name:
        return None
    at = now // every * every
    return at if at > before and at >= max(delay, 1) else None


def stops(
    policy: Mapping[str, Any],
    at: int,
    values: Sequence[float],
    others: Sequence[Sequence[float]],
    running: Sequence[Sequence[float]],
    maximize: bool,
) -> bool:
    """Whether a trial with these values is stopped at an interval. `others` are the other trials' values, `running` of those that go on."""
    best = max if maximize else min
    own = best(values[:at])
    rest = [list(one[:at]) for one in others if len(one) >= 1]
    options = policy["properties"]
    if policy["name"] == BanditPolicy.name:
        top = best([own, *(best(one) for one in rest)])
        if options.get("slack_factor") is not None:
            slack = 1 + options["slack_factor"]
            # The factor widens the distance whichever sign the metric has.
            limit = (top / slack if top > 0 else top * slack) if maximize else (top * slack if top > 0 else top / slack)
        else:
            limit = top - options["slack_amount"] if maximize else top + options["slack_amount"]
        return own < limit if maximize else own > limit
    if policy["name"] == MedianStoppingPolicy.name:
        if not rest:
            return False
        middle = median(fmean(one) for one in [*rest, values[:at]])
        return own < middle if maximize else own > middle
    compared = rest if not options.get("exclude_finished_jobs") else [list(one[:at]) for one in running if one]
    ranked = sorted([own, *(best(one) for one in compared)], reverse=not maximize)  # the worst first
    worst = ranked[: len(ranked) * options["truncation_percentage"] // 100]
    return (
        bool(worst)
        and (own <= worst[-1] if maximize else own >= worst[-1])
        and own != (max if maximize else min)(ranked)
    )
