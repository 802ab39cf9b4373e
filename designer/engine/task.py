"""One node's task: bring its inputs, call its function, keep its outputs. The same in every executor.

Elsewhere: which task comes next (runner.py), in which process (executors/).
"""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_args, get_origin

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from designer.declare.signature import type_of
from designer.engine import formats
from designer.engine.reuse import files
from designer.model.runs import Handle, Status
from designer.model.types import Fit, a, fits
from designer.tracking import context
from designer.tracking.echo import Above
from designer.tracking.run import Run

if TYPE_CHECKING:
    from designer.declare.module import Module
    from designer.model.module import Port
    from designer.store.place import Place


class Task(NamedTuple):
    """What an executor gets: everything but the values, which lie in the store."""

    number: int
    node: str
    module: str
    run_id: str
    parent: str
    root: str
    experiment: str
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Sequence[Handle]]
    attempt: int = 0
    timeout: float | None = None
    fresh: bool = False
    notice: bool = False  # which files it reads


class Outcome(NamedTuple):
    """What became of a task. Times are Unix seconds, CPU time in seconds, memory in bytes."""

    number: int
    error: Mapping[str, Any] | None = None
    outputs: Mapping[str, Handle] = {}
    started: float = 0.0
    ended: float = 0.0
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    warnings: int = 0
    files: Mapping[str, str] = {}  # files that it read: path -> digest
    children: bool = False  # whether it made runs of its own
    echoes: bool = False  # whether it logged to the runs above it


class NodeError(Exception):
    """A node that can't be run as asked; the message is for its user."""


def execute(task: Task, module: Module[Any, Any], place: Place, alone: bool = False) -> Outcome:
    """Run a task here, in this thread. Never raises for what the module does; its failure is in the outcome.

    `alone` says that this process runs no other task meanwhile: then whatever the module starts, threads and processes, is its.
    """
    started = time.time()
    run = Run(task.experiment, task.run_id, place=place, managed=True, root=task.root)
    run._parent, run._parent_known = Above.of(run, task.parent, task.root), True
    run._reported_by = os.getpid()
    place.journal.event({"e": "update", "run": task.run_id, "status": Status.RUNNING, "started": started})
    token = context.enter(run, alone)
    if alone:
        context.tell_processes(run, task.parent)
    _reset_peak_memory()
    cpu = time.thread_time()
    outputs: Mapping[str, Handle] = {}
    error: Mapping[str, Any] | None = None
    read: dict[str, str] = {}
    try:
        arguments = _arguments(task, module, place)
        parameters = module.parameters(task.parameters)
        with files.noticing() as watch:
            value = module.function(**arguments, **parameters)
        outputs = _kept(value, module, place)
        if task.notice:
            read = files.read_files(watch, place.folder)
    except KeyboardInterrupt as failure:
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # Ctrl-C, meant for the whole run
            error = {"code": "Canceled", "message": "it was interrupted"}
            raise
        error = _error(failure)  # no Ctrl-C comes to a worker: the module raised it itself
    except BaseException as failure:  # asyncio's CancelledError, pytest's failures and the like are the module's own
        error = _error(failure)
    finally:
        used = time.thread_time() - cpu
        context.leave(token)
        if run._has_children:
            context.end_below(run, error)
        place.journal.forget(task.run_id)
    return Outcome(
        task.number, error, outputs, started, time.time(), used, _peak_memory(), files=read,
        children=run._has_children, echoes=run._has_echoes,
    )  # fmt: skip


def _arguments(task: Task, module: Module[Any, Any], place: Place) -> dict[str, Any]:
    """The values of the connected input ports by name; a free optional port gets the function's own default."""
    values: dict[str, Any] = {}
    for port in module.inputs:
        handles = task.inputs.get(port.name, ())
        pickled = port.name in module.unpickled
        if port.many:
            values[port.name] = [_load(handle, port, module, place, pickled) for handle in handles]
        elif handles:
            values[port.name] = _load(handles[0], port, module, place, pickled)
    return values


_PLAIN = {kind: type_of(kind).key for kind in (bool, int, float, str)}  # most values, of which no question is asked

_NUMBERS = {_PLAIN[kind] for kind in (bool, int, float)}


def _load(handle: Handle, port: Port, module: Module[Any, Any], place: Place, pickled: bool) -> Any:
    value = formats.load(handle, place.artifacts, pickled)
    if value is None or port.type.key in ("any", _PLAIN.get(type(value))):
        return value
    answer = fits(type_of(type(value)), port.type)
    if answer.fit is not Fit.NO or _is_a(value, module.annotation(port.name)) or _is_number(value, port):
        return value
    if handle.format == "json" and (isinstance(value, (dict, list)) or not port.type.key.startswith("builtins.")):
        try:  # JSON has no dataclasses, tuples, dates: they become again what the port takes
            return TypeAdapter(module.annotation(port.name)).validate_python(value)
        except (ValidationError, PydanticUserError):
            pass
    raise NodeError(f"input {port.name} takes {a(port.type)}, but got {a(type_of(type(value)))}: {answer.reason}")


def _is_number(value: Any, port: Port) -> bool:
    """Whether a number comes to a port of numbers: `-> int` and `return round(x, -2)` are as good a number as any."""
    kinds = port.type.alternatives or (port.type,)
    return isinstance(value, (int, float)) and any(kind.key in _NUMBERS for kind in kinds)


def _is_a(value: Any, annotation: Any) -> bool:
    """Whether a value is one of an abstract type, such as `Number` or `Sequence[int]`, that its class doesn't name."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    kind = get_origin(annotation) or annotation
    try:
        return isinstance(kind, type) and isinstance(value, kind)
    except TypeError:  # a protocol that can't be asked
        return False


def _kept(value: Any, module: Module[Any, Any], place: Place) -> dict[str, Handle]:
    ports = module.outputs
    if not ports:
        return {}
    if not module.several:
        return {ports[0].name: formats.keep(value, place.artifacts, ports[0].name in module.pickled)}
    names = [port.name for port in ports]
    if isinstance(value, Mapping):
        values = value
    elif isinstance(value, (tuple, list)) and len(value) == len(names):
        values = dict(zip(names, value, strict=True))
    else:
        raise NodeError(
            f"{module.id} should return its outputs {', '.join(names)}, but returned a {type(value).__name__}"
        )
    missing = [name for name in names if name not in values]
    if missing:
        raise NodeError(f"{module.id} returned no {missing[0]}; its outputs are {', '.join(names)}")
    return {name: formats.keep(values[name], place.artifacts, name in module.pickled) for name in names}


_ENGINE = os.path.dirname(os.path.abspath(__file__)) + os.sep


def _error(failure: BaseException) -> dict[str, Any]:
    """The reason as it is stored; the traceback begins where the module's own code does."""
    if isinstance(failure, NodeError):
        return {"code": "NodeError", "message": str(failure)}
    trace = failure.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(_ENGINE):
        trace = trace.tb_next
    own = trace is not None
    text = "".join(traceback.format_exception(type(failure), failure, trace if own else failure.__traceback__))
    frames = traceback.extract_tb(trace)
    error: dict[str, Any] = {
        "code": "ModuleError",
        "type": type(failure).__name__,
        "message": _message(failure),
        "traceback": text,
    }
    if isinstance(failure, SystemExit):
        error["message"] = f"the module called sys.exit({failure.code!r})"
    if frames:
        error["line"] = frames[-1].lineno
        error["file"] = os.path.basename(frames[-1].filename)
    return error


def _message(failure: BaseException) -> str:
    name = type(failure).__name__
    try:
        text = str(failure)
    except Exception as error:  # an exception of the module's own, whose text can't be told
        return f"{name} (its text can't be told: {type(error).__name__})"
    return f"{name}: {text}" if text else name


_STATUS, _CLEAR = "/proc/self/status", "/proc/self/clear_refs"


def _reset_peak_memory() -> None:
    """Start measuring the process's peak anew (Linux: proc(5), clear_refs)."""
    try:
        fd = os.open(_CLEAR, os.O_WRONLY)
    except OSError:
        return
    try:
        os.write(fd, b"5")
    except OSError:
        pass
    finally:
        os.close(fd)


def _peak_memory() -> int | None:
    """The greatest resident size since the last reset, in bytes; of the whole process, where several threads run modules."""
    try:
        with open(_STATUS, "rb") as status:
            text = status.read()
    except OSError:
        return None
    at = text.find(b"VmHWM:")
    return int(text[at + 6 : text.find(b"kB", at)]) * 1024 if at >= 0 else None
