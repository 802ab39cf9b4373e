"""`ParallelRunConfig`: how a batch is split and run. Elsewhere: doing it (driver.py)."""

from __future__ import annotations

import re
from typing import Any

_UNITS = {"": 1, "b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}


class ParallelRunConfig:
    """Settings of a `ParallelRunStep`."""

    def __init__(
        self,
        environment: Any = None,
        entry_script: str | None = None,
        error_threshold: int = -1,
        output_action: str = "append_row",
        compute_target: Any = None,
        node_count: Any = 1,
        process_count_per_node: Any = None,
        mini_batch_size: Any = None,
        source_directory: str | None = None,
        description: str | None = None,
        logging_level: str = "INFO",
        run_invocation_timeout: Any = 60,
        run_max_try: Any = 3,
        append_row_file_name: str | None = None,
        allowed_failed_count: int | None = None,
        allowed_failed_percent: float | None = None,
        partition_keys: Any = None,
        environment_variables: Any = None,
        **_: Any,
    ) -> None:
        if not entry_script:
            raise ValueError("entry_script is required")
        if output_action not in ("append_row", "summary_only"):
            raise ValueError(f"output_action is append_row or summary_only, not {output_action!r}")
        self.environment, self.entry_script, self.source_directory = environment, entry_script, source_directory
        self.error_threshold, self.output_action, self.compute_target = error_threshold, output_action, compute_target
        self.node_count, self.process_count_per_node, self.mini_batch_size = (
            node_count,
            process_count_per_node,
            mini_batch_size,
        )
        self.description, self.logging_level = description, logging_level
        self.run_invocation_timeout, self.run_max_try = run_invocation_timeout, run_max_try
        self.append_row_file_name, self.allowed_failed_count = append_row_file_name, allowed_failed_count
        self.allowed_failed_percent, self.environment_variables = allowed_failed_percent, environment_variables
        self.partition_keys = [partition_keys] if isinstance(partition_keys, str) else partition_keys

    def to_data(self) -> dict[str, Any]:
        """As plain data; pipeline parameters stay as they are."""
        names = (
            "entry_script", "error_threshold", "output_action", "node_count", "process_count_per_node", "mini_batch_size",
            "logging_level", "run_invocation_timeout", "run_max_try", "append_row_file_name", "allowed_failed_count",
            "allowed_failed_percent", "partition_keys",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def batch_size(text: Any, files: bool) -> int:
    """A mini-batch's size: a number of files, or bytes of a table. Raises `ValueError`."""
    if text in (None, ""):
        return 10 if files else 1 << 20
    match = re.fullmatch(r"\s*(\d+)\s*([a-zA-Z]*)\s*", str(text))
    if match is None or match[2].lower() not in _UNITS or (files and match[2]):
        raise ValueError(
            f"mini_batch_size {text!r} is {'a number of files' if files else 'a size such as 10KB or 1MB'}"
        )
    return int(match[1]) * _UNITS[match[2].lower()]
