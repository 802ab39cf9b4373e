"""A script as the body of a module: what generated step modules call, and what you may call in your own.

```python
@module(category="Azure ML steps", files=["source"])
def train(data: Path, *, lr: float = 0.1, source: str = "steps") -> Path:
    return script_step(source, "train.py", ["--data", data, "--out", Out("model"), "--lr", lr])["model"]
```
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.launch import snapshot
from designer.azureml.pipeline.node import run_step
from designer.azureml.pipeline.spec import StepSpec
from designer.tracking import context

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Out:
    """In a script's arguments: the path that it writes an output to."""

    def __init__(self, name: str) -> None:
        self.name = name


def script_step(
    source: str,
    script: str | None,
    arguments: Sequence[Any] = (),
    *,
    command: Sequence[Any] | str | None = None,
    outputs: Mapping[str, Mapping[str, Any]] | Sequence[str] = (),
    variables: Mapping[str, Any] | None = None,
    interpreter: str | None = None,
    environment: Mapping[str, Any] | None = None,
    max_seconds: float | None = None,
) -> dict[str, Any]:
    """Run a script of a folder in a copy of it, as the current module's run. Returns its outputs by name.

    A path among the arguments is an input; `Out(name)` becomes the path to write that output to.
    """
    run = context.current(allow_offline=False)
    step = StepSpec(
        id=run.node or "step",
        title=run.node or script or "command",
        kind="command" if command is not None else "script",
        snapshot=snapshot.take(run._place, source),
        script=script,
        variables=dict(variables or {}),
        interpreter=interpreter,
        environment=dict(environment) if environment else None,
        max_seconds=max_seconds,
    )
    wanted = dict(outputs) if hasattr(outputs, "keys") else {name: {"kind": "pipeline"} for name in outputs}  # type: ignore[call-overload]
    values: dict[str, Any] = {}

    def plain(part: Any) -> Any:
        if isinstance(part, Out):
            wanted.setdefault(part.name, {"kind": "pipeline"})
            return {"output": part.name}
        if isinstance(part, Path):
            name = f"input_{len(step.inputs) + 1}"
            step.inputs[name] = {"kind": "edge", "node": "", "port": "", "mode": "mount"}
            values[name] = part
            return {"input": name}
        return str(part)

    step.arguments = [plain(part) for part in arguments]
    if command is not None:
        step.command = command if isinstance(command, str) else [plain(part) for part in command]
    step.outputs = wanted
    return run_step(step, values)
