"""A pipeline as a graph under Azure ML's names: nodes, ports, edges, and the definitions of a module's ports and parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.azureml.pipeline.spec import AFTER, DONE, PipelineSpec, StepSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class InputPortDef:
    """An input of a module."""

    def __init__(
        self,
        name: str,
        default_datastore_mode: str | None = None,
        default_path_on_compute: str | None = None,
        default_overwrite: bool | None = None,
        data_types: Sequence[str] | None = None,
        is_optional: bool = False,
        **_: Any,
    ) -> None:
        self.name, self.data_types, self.is_optional = name, list(data_types or ["AnyFile"]), is_optional
        self.default_datastore_mode = default_datastore_mode or "mount"


class OutputPortDef:
    """An output of a module."""

    def __init__(
        self,
        name: str,
        default_datastore_name: str | None = None,
        default_datastore_mode: str | None = None,
        default_path_on_compute: str | None = None,
        default_overwrite: bool | None = None,
        data_type: str | None = None,
        is_directory: bool = False,
        **_: Any,
    ) -> None:
        self.name, self.data_type, self.is_directory = name, data_type or "AnyFile", is_directory
        self.default_datastore_name = default_datastore_name


class ParamDef:
    """A parameter of a module."""

    def __init__(
        self, name: str, default_value: Any = None, is_metadata_param: bool = False, is_optional: bool = False, **_: Any
    ) -> None:
        self.name, self.default_value, self.is_metadata_param, self.is_optional = (
            name,
            default_value,
            is_metadata_param,
            is_optional,
        )


class ModuleDef:
    """A module's ports and parameters."""

    def __init__(
        self,
        name: str | None = None,
        description: str | None = None,
        input_port_defs: Sequence[InputPortDef] = (),
        output_port_defs: Sequence[OutputPortDef] = (),
        param_defs: Sequence[ParamDef] = (),
        allow_reuse: bool = True,
        version: str | None = None,
        **_: Any,
    ) -> None:
        self.name, self.description, self.allow_reuse, self.version = name, description, allow_reuse, version
        self._input_port_defs, self._output_port_defs = list(input_port_defs), list(output_port_defs)
        self._param_defs = list(param_defs)


class InputPortBinding:
    """Data for a module's input."""

    def __init__(
        self, name: str, bind_object: Any = None, bind_mode: str = "mount", path_on_compute: str | None = None, **_: Any
    ) -> None:
        self.name, self.bind_object, self.bind_mode = name, bind_object, bind_mode


class OutputPortBinding:
    """Where a module's output goes."""

    def __init__(
        self, name: str, datastore: Any = None, output_name: str | None = None, bind_mode: str = "mount", **_: Any
    ) -> None:
        self.name, self.datastore, self.output_name, self.bind_mode = name, datastore, output_name or name, bind_mode


class Param:
    """A value of a node."""

    def __init__(self, node: Node, name: str, value: Any) -> None:
        self.node, self.name, self.value = node, name, value


class InputPort:
    """An input of a node."""

    def __init__(self, node: Node, name: str) -> None:
        self.node, self.name = node, name
        self.incoming_edge: Edge | None = None


class OutputPort:
    """An output of a node."""

    def __init__(self, node: Node, name: str) -> None:
        self.node, self.name = node, name
        self.outgoing_edges: list[Edge] = []


class Node:
    """A step in the graph."""

    def __init__(self, step: StepSpec) -> None:
        self.node_id, self.name, self.step_type = step.id, step.title, step.kind
        edges = [name for name, source in step.inputs.items() if source["kind"] == "edge"] + (
            [AFTER] if step.after else []
        )
        self._inputs = [InputPort(self, name) for name in edges]
        self._outputs = [OutputPort(self, name) for name in (*step.outputs, *((DONE,) if step.feeds else ()))]
        self.params = {name: Param(self, name, value) for name, value in step.parameters.items()}
        self.regenerate_outputs = not step.reuse

    @property
    def inputs(self) -> list[InputPort]:
        """Its inputs."""
        return self._inputs

    @property
    def outputs(self) -> list[OutputPort]:
        """Its outputs."""
        return self._outputs

    def get_input(self, name: str) -> InputPort:
        """An input by name."""
        return next(port for port in self._inputs if port.name == name)

    def get_output(self, name: str) -> OutputPort:
        """An output by name."""
        return next(port for port in self._outputs if port.name == name)

    def get_param(self, name: str) -> Any:
        """A value by name."""
        return self.params[name].value

    def __repr__(self) -> str:
        return f"Node(name: {self.name}, id: {self.node_id})"


class Edge:
    """Data from one node's output to another's input."""

    def __init__(self, source_port: OutputPort, dest_port: InputPort) -> None:
        self.source_port, self.dest_port = source_port, dest_port

    def __repr__(self) -> str:
        return (
            f"{self.source_port.node.name}.{self.source_port.name} -> {self.dest_port.node.name}.{self.dest_port.name}"
        )


class Graph:
    """The nodes and edges of a pipeline."""

    def __init__(self, spec: PipelineSpec) -> None:
        self._name = spec.name
        self.node_dict = {step.id: Node(step) for step in spec.steps}
        self.params: Mapping[str, Any] = dict(spec.parameters)
        self.datasource_nodes: list[Any] = []
        self.edges: list[Edge] = []
        for step in spec.steps:
            for name, source in step.inputs.items():
                if source["kind"] == "edge":
                    self._connect(source["node"], source["port"], step.id, name)
            for other in step.after:
                self._connect(other, DONE, step.id, AFTER)

    def _connect(self, source: str, port: str, target: str, name: str) -> None:
        edge = Edge(self.node_dict[source].get_output(port), self.node_dict[target].get_input(name))
        edge.source_port.outgoing_edges.append(edge)
        edge.dest_port.incoming_edge = edge
        self.edges.append(edge)

    @property
    def nodes(self) -> list[Node]:
        """All nodes."""
        return list(self.node_dict.values())

    @property
    def module_nodes(self) -> list[Node]:
        """All nodes: datasets aren't nodes of their own here."""
        return self.nodes

    def get_node(self, node_id: str) -> Node:
        """A node by id."""
        return self.node_dict[node_id]

    def node_name_dict(self) -> dict[str, list[Node]]:
        """Name -> nodes."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.name, []).append(node)
        return found

    def __repr__(self) -> str:
        return f"Graph({self._name}: {len(self.nodes)} nodes, {len(self.edges)} edges)"
