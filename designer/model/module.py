"""What a module looks like from outside: ports, parameters and metrics. Elsewhere: its function (declare/module.py)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from designer.model.base import Frozen
from designer.model.types import PortType


class Port(Frozen):
    """One input or output of a module."""

    name: str
    title: str
    type: PortType
    optional: bool = False
    many: bool = False  # takes any number of edges; the function gets a list
    description: str = ""


class Metric(Frozen):
    """A metric that a module declares: how to read it, and which values are wrong.

    `@module(metrics=[Metric("accuracy", goal="maximize", bounds=(0, 1))])`
    """

    name: str = Field(description="The name it is logged under.")
    goal: Literal["maximize", "minimize"] | None = Field(None, description="Which way is better; None: neither.")
    unit: str = Field("", description="Shown behind the value, e.g. 's' or 'rows'.")
    bounds: tuple[float | None, float | None] | None = Field(None, description="Least and greatest acceptable value.")
    on_broken: Literal["warn", "fail"] = Field("warn", description="What a value out of bounds does to the node.")
    pinned: bool = Field(False, description="Shown on the node's face unless the user chose otherwise.")
    description: str = ""

    def __init__(self, name: str, **fields: Any) -> None:
        super().__init__(**{"name": name, **fields})


class ModuleSpec(Frozen):
    """A module as data: all that check, canvas and catalogue need; nothing that runs."""

    id: str
    title: str
    category: str = "Custom"
    version: str = "1"
    description: str = ""
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    parameters: dict[str, Any] = Field(default_factory=dict, description="JSON schema of an object")
    metrics: tuple[Metric, ...] = ()
    source: str = Field("", description="where it is defined: file:line")
    package: str = Field("", description="the distribution or folder that brought it")
    error: str | None = Field(None, description="why it can't be used: its import failed")

    def input(self, name: str) -> Port | None:
        """The input port of that name, or None."""
        return next((port for port in self.inputs if port.name == name), None)

    def output(self, name: str) -> Port | None:
        """The output port of that name, or None."""
        return next((port for port in self.outputs if port.name == name), None)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """The names of its parameters, in the order of declaration."""
        return tuple(self.parameters.get("properties", {}))
