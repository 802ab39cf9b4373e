"""The page's side of the process that knows the project's modules (workshop_process.py): start it, ask it, replace it when it is stale."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

from designer.canvas.wire_plan import PlannedNode, Steering
from designer.model import document as documents
from designer.model.module import ModuleSpec
from designer.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from designer.model.pipeline import Pipeline


class WorkshopError(RuntimeError):
    """What was asked can't be done: `message` says why, `hint` what next; `problems` where the pipeline is wrong."""

    def __init__(self, message: str, hint: str = "", problems: tuple[Problem, ...] = (), traceback: str = "") -> None:
        super().__init__(message)
        self.message, self.hint, self.problems, self.traceback = message, hint, problems, traceback


class Catalogue:
    """The modules that pipelines can use, and a digest of them."""

    def __init__(self, specs: Mapping[str, ModuleSpec]) -> None:
        self.specs = dict(specs)
        text = json.dumps({id: spec.model_dump(mode="json") for id, spec in self.specs.items()}, sort_keys=True)
        self.digest = hashlib.sha256(text.encode()).hexdigest()[:16]


class Workshop:
    """One project's helper process. Safe to share between threads."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self._process: subprocess.Popen[str] | None = None
        self._lock = threading.Lock()
        self._catalogues: dict[str, Catalogue] = {}  # by the mark that the process gave them

    def catalogue(self, files: Sequence[str] = ()) -> Catalogue:
        """The project's modules, the broken ones with their error."""
        found = self._ask("specs", files=list(files), known=list(self._catalogues))
        mark, raw = found["mark"], found["specs"]
        if raw is not None:
            self._catalogues = {mark: Catalogue({id: ModuleSpec.model_validate(spec) for id, spec in raw.items()})}
        return self._catalogues[mark]

    def check(self, pipeline: Pipeline) -> tuple[Problem, ...]:
        """Every problem of a pipeline, those of its parameters as the modules themselves see them."""
        return tuple(Problem.model_validate(one) for one in self._ask("check", document=documents.to_data(pipeline)))

    def load(self, path: str) -> tuple[Pipeline, Catalogue, tuple[Problem, ...]]:
        """A pipeline that a Python file of the project declares. Executes the file."""
        found = self._ask("load", path=path)
        specs = {id: ModuleSpec.model_validate(spec) for id, spec in found["specs"].items()}
        problems = tuple(Problem.model_validate(one) for one in found["problems"])
        return documents.from_data(found["document"]), Catalogue(specs), problems

    def source(self, pipeline: Pipeline) -> str:
        """A pipeline as Python text."""
        return str(self._ask("source", document=documents.to_data(pipeline)))

    def run(
        self,
        pipeline: Pipeline | None,
        *,
        path: str | None = None,
        store: str,
        values: Mapping[str, Any],
        experiment: str | None,
        executor: str,
        until: Sequence[str] = (),
        steering: Steering | None = None,
    ) -> str:
        """Start a run of a document, or of a pipeline in a Python file. Raises `WorkshopError`."""
        return str(
            self._ask(
                "run",
                document=documents.to_data(pipeline) if pipeline is not None else None,
                path=path,
                store=store,
                values=dict(values),
                experiment=experiment,
                executor=executor,
                until=list(until),
                **_steered(steering or Steering()),
            )
        )

    def plan(
        self, pipeline: Pipeline | None, *, path: str | None = None, store: str, steering: Steering | None = None
    ) -> dict[str, PlannedNode]:
        """What a run would do with each node that can be planned, by its path. Raises `WorkshopError`."""
        found = self._ask(
            "plan",
            document=documents.to_data(pipeline) if pipeline is not None else None,
            path=path,
            store=store,
            **_steered(steering or Steering()),
        )
        return {
            node: PlannedNode(
                action=one["action"],
                kind=one["reason"]["kind"],
                text=one["reason"]["text"],
                from_run=one["from_run"],
                seconds=one["seconds"],
            )
            for node, one in found.items()
        }

    def close(self) -> None:
        """End the process. Runs that it started go on."""
        with self._lock:
            self._end()

    def _ask(self, what: str, **arguments: Any) -> Any:
        with self._lock:
            for _ in range(3):
                answer = self._exchange({"do": what, "with": arguments})
                if not answer.get("stale"):
                    break
                self._end()
        if "ok" in answer:
            return answer["ok"]
        if answer.get("stale"):
            raise WorkshopError("the project's files keep changing", "wait until they are saved, then try again")
        raise WorkshopError(
            answer.get("message", "it failed"),
            answer.get("hint", ""),
            tuple(Problem.model_validate(one) for one in answer.get("problems", ())),
            answer.get("traceback", ""),
        )

    def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "designer.app.workshop_process", str(self.project)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                cwd=self.project,
            )
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if line:
            return dict(json.loads(line))
        code = process.wait()
        self._end()
        return {
            "error": "died",
            "message": f"reading the project's modules ended the process that did it (exit code {code})",
            "hint": "look for a module that exits or crashes when it is imported; the terminal shows what it printed",
        }

    def _end(self) -> None:
        if self._process is None:
            return
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()
        self._process = None


def _steered(steering: Steering) -> dict[str, Any]:
    """What a run is asked for, in the engine's words."""
    return {"regenerate": True if steering.everything else list(steering.again), "pins": dict(steering.pins)}
