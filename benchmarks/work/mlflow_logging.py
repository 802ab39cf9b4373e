"""mlflow logs to SQLite: `points COUNT FOLDER` of one metric in one run, or `runs COUNT FOLDER` of ten metrics and two parameters each."""

from __future__ import annotations

import sys
import time

import mlflow
from answer import answer


def points(count: int) -> None:
    """One run with a long series."""
    began = time.perf_counter()
    with mlflow.start_run():
        for i in range(count):
            mlflow.log_metric("loss", i * 0.5, step=i)
    answer(seconds=time.perf_counter() - began)


def runs(count: int) -> None:
    """Many short runs, each call with all it has."""
    names = [f"metric_{number}" for number in range(10)]
    began = time.perf_counter()
    for i in range(count):
        with mlflow.start_run():
            mlflow.log_params({"rate": i * 0.1, "depth": i % 7})
            mlflow.log_metrics({name: i * 0.5 for name in names})
    answer(seconds=time.perf_counter() - began)


if __name__ == "__main__":
    mlflow.set_tracking_uri(f"sqlite:///{sys.argv[3]}/mlflow.db")
    mlflow.set_experiment("benchmark")  # makes the tables: before the clock starts
    {"points": points, "runs": runs}[sys.argv[1]](int(sys.argv[2]))
