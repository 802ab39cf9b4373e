"""`designer modules`: the catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.cli.output import complain, console, print_json
from designer.declare.registry import Registry

if TYPE_CHECKING:
    from designer.model.module import ModuleSpec, Port


def modules(query: str | None, as_json: bool) -> None:
    """Print the modules of this project and of the installed packages."""
    specs = sorted(Registry.for_project(Path.cwd()).specs().values(), key=lambda s: (s.category, s.title))
    wanted = [s for s in specs if query is None or query.lower() in f"{s.id} {s.title} {s.category}".lower()]
    if as_json:
        print_json([_data(spec) for spec in wanted])
        return
    out, category = console(), None
    for spec in wanted:
        if spec.category != category:
            category = spec.category
            out.print(f"\n{category}", style="bold")
        if spec.error:
            complain(f"  {spec.title}: {spec.error}")
            continue
        inputs = ", ".join(map(_port, spec.inputs))
        outputs = ", ".join(map(_port, spec.outputs))
        out.print(f"  {spec.title}  [{spec.id} {spec.version}]  ({inputs}) -> ({outputs})")
        parameters = ", ".join(_parameter(name, field) for name, field in spec.parameters.get("properties", {}).items())
        if parameters:
            out.print(f"      {parameters}", style="bright_black")
    if not wanted:
        out.print(f"no module has {query!r} in its id, title or category")


def _port(port: Port) -> str:
    many = "*" if port.many else "?" if port.optional else ""
    return f"{port.name}{many}: {port.type}"


def _parameter(name: str, field: dict[str, Any]) -> str:
    return f"{name}={field['default']!r}" if "default" in field else name


def _data(spec: ModuleSpec) -> dict[str, Any]:
    def port(one: Port) -> dict[str, Any]:
        return {"name": one.name, "title": one.title, "type": str(one.type), "optional": one.optional, "many": one.many}

    data = {
        "id": spec.id,
        "title": spec.title,
        "category": spec.category,
        "version": spec.version,
        "description": spec.description,
        "inputs": [port(one) for one in spec.inputs],
        "outputs": [port(one) for one in spec.outputs],
        "parameters": spec.parameters,
        "metrics": [{"name": m.name, "goal": m.goal, "unit": m.unit} for m in spec.metrics],
        "package": spec.package,
    }
    return data | ({"error": spec.error} if spec.error else {})
