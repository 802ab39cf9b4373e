"""Runs an entry script's `init()` and `run(mini_batch)` over all mini-batches, in processes. Executed as a script of its own.

It runs in the user's interpreter and working folder. Results go to `parallel_run_step.txt` (or `append_row_file_name`), one line a
row, in the order of the mini-batches.
"""

from __future__ import annotations

import inspect
import json
import multiprocessing
import os
import sys
import time
import traceback
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

_entry: Any = None


class BatchError(Exception):
    """The batch can't go on; the message says why."""


def main(path: str) -> int:
    """Everything. Returns the exit code."""
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    config = data["config"]
    sys.argv = [config["entry_script"], *data["arguments"]]
    sys.path[0] = os.path.dirname(os.path.abspath(config["entry_script"]))
    batches = mini_batches(data)
    processes = max(
        1,
        min(
            int(config["node_count"] or 1) * int(config["process_count_per_node"] or 1) or 1,
            len(batches),
            os.cpu_count() or 1,
        ),
    )
    print(f"{len(batches)} mini-batches in {processes} process{'es' * (processes != 1)}")
    began, rows, failed, count = time.time(), [], 0, 0
    tries, allowed = int(config["run_max_try"] or 1), int(config["error_threshold"])
    tasks = [(number, batch, tries) for number, batch in enumerate(batches)]
    context = multiprocessing.get_context("fork")
    with context.Pool(processes, initializer=_begin, initargs=(config["entry_script"],)) as pool:
        for number, (result, size, error) in enumerate(pool.imap(_one, tasks)):
            count += size
            if error is not None:
                failed += size
                print(f"mini-batch {number} failed:\n{error}", file=sys.stderr)
                if 0 <= allowed < failed:
                    print(f"{failed} items failed, more than error_threshold={allowed}", file=sys.stderr)
                    return 1
                continue
            failed += max(0, size - len(result)) if config["output_action"] == "append_row" else 0
            rows += result
        pool.close()
        pool.join()
    if 0 <= allowed < failed:
        print(f"{failed} items gave no result, more than error_threshold={allowed}", file=sys.stderr)
        return 1
    _write(data, config, rows)
    print(f"{count} items, {len(rows)} rows, {failed} failed, {time.time() - began:.2f} s")
    return 0


def _begin(script: str) -> None:
    global _entry
    spec = spec_from_file_location("entry_script", script)
    if spec is None or spec.loader is None:
        raise BatchError(f"{script} can't be imported")
    _entry = module_from_spec(spec)
    sys.modules["entry_script"] = _entry
    spec.loader.exec_module(_entry)
    if not callable(getattr(_entry, "run", None)):
        raise BatchError(f"{script} has no function run(mini_batch)")
    if callable(getattr(_entry, "init", None)):
        _entry.init()


def _one(task: Any) -> tuple[list[Any], int, str | None]:
    number, batch, tries = task
    error = None
    for _ in range(tries):
        try:
            items = batch() if callable(batch) else batch
            result = _entry.run(items, Context(number, batch)) if _takes_context() else _entry.run(items)
            return _rows(result), len(items), None
        except Exception:
            error = traceback.format_exc()
    return [], _size(batch), error


def _rows(result: Any) -> list[str]:
    """What `run` returned, a line each."""
    if hasattr(result, "to_csv"):
        text = result.to_csv(sep=" ", header=False, index=False)
        return text.splitlines()
    if result is None:
        return []
    if isinstance(result, str):
        raise BatchError("run(mini_batch) has to return a list or a data frame, not a text")
    return [str(row) for row in result]


def _size(batch: Any) -> int:
    return len(batch) if isinstance(batch, list) else 1


class Context:
    """What a `run(mini_batch, context)` is told of its mini-batch."""

    def __init__(self, number: int, batch: Any) -> None:
        self.minibatch_index = number
        self.partition_key_value = getattr(batch, "partition_key_value", None)
        self.dataset = None

    def __repr__(self) -> str:
        return f"Context(minibatch_index={self.minibatch_index}, partition_key_value={self.partition_key_value})"


def _takes_context() -> bool:
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(one.kind in kinds for one in inspect.signature(_entry.run).parameters.values()) > 1


class _Files(list[str]):
    """The files whose paths have the same values for some keys."""

    def __init__(self, files: list[str], values: dict[str, Any]) -> None:
        super().__init__(files)
        self.partition_key_value = values


class _Rows:
    """Rows of a table, read when they are needed."""

    def __init__(self, id: str, start: int, stop: int) -> None:
        self.id, self.start, self.stop = id, start, stop

    def __call__(self) -> Any:
        return _table(self.id).iloc[self.start : self.stop].reset_index(drop=True)


class _Group:
    """The rows of a table with the same keys."""

    def __init__(self, id: str, keys: list[str], values: tuple[Any, ...]) -> None:
        self.id, self.keys, self.values = id, keys, values
        self.partition_key_value = dict(zip(keys, values, strict=True))

    def __call__(self) -> Any:
        frame = _table(self.id)
        for key, value in zip(self.keys, self.values, strict=True):
            frame = frame[frame[key] == value]
        return frame.reset_index(drop=True)


_tables: dict[str, Any] = {}


def _table(id: str) -> Any:
    if id not in _tables:
        from azureml.core import Dataset, Workspace  # noqa: PLC0415 - tables only

        _tables[id] = Dataset.get_by_id(Workspace.from_config(), id).to_pandas_dataframe()
    return _tables[id]


def mini_batches(data: dict[str, Any]) -> list[Any]:
    """All mini-batches: lists of files' paths, or parts of tables."""
    import designer.azureml.batch.config as settings  # noqa: PLC0415 - importable by the hook of launched scripts

    config, found = data["config"], []
    for source in data["split"]:
        if "groups" in source:
            for group in source["groups"]:
                files = [os.path.join(source["path"], name) for name in group["files"]]
                found.append(_Files(files, group["values"]))
        elif "path" in source:
            size = settings.batch_size(config["mini_batch_size"], files=True)
            files = _files(source["path"])
            found += [files[at : at + size] for at in range(0, len(files), size)]
        else:
            frame = _table(source["id"])
            if config.get("partition_keys"):
                keys = config["partition_keys"]
                groups = frame[keys].drop_duplicates().itertuples(index=False, name=None)
                found += [_Group(source["id"], keys, values) for values in groups]
                continue
            size = settings.batch_size(config["mini_batch_size"], files=False)
            per_row = max(1, int(frame.memory_usage(index=False, deep=True).sum() / max(1, len(frame))))
            rows = max(1, size // per_row)
            found += [_Rows(source["id"], at, at + rows) for at in range(0, len(frame), rows)]
    return found


def _files(path: str) -> list[str]:
    if os.path.isfile(path):
        return [path]
    return sorted(os.path.join(above, name) for above, _, names in os.walk(path, followlinks=True) for name in names)


def _write(data: dict[str, Any], config: dict[str, Any], rows: list[Any]) -> None:
    if config["output_action"] != "append_row" or not data["output"]:
        return
    name = config.get("append_row_file_name") or "parallel_run_step.txt"
    with open(os.path.join(data["output"], name), "w", encoding="utf-8") as file:
        file.writelines(f"{row}\n" for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
