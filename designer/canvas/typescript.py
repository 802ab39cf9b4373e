"""TypeScript types for the messages of wire.py, read off their JSON schemas. Used by scripts/wire_types and its test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic.json_schema import models_json_schema

from designer.canvas import wire
from designer.canvas.wire_plan import Planned, Steering
from designer.model.edits import Edit

if TYPE_CHECKING:
    from pydantic import BaseModel

_HEAD = "/** Made by scripts/wire_types from designer/canvas/wire.py. Don't edit. */\n"


def wire_types() -> str:
    """The text of wire.ts."""
    sent = [wire.Outbox, *get_args(get_args(Edit)[0])]  # by the page: what has a default may be left out
    shown = [wire.Page, wire.Live, Planned, *wire.ANSWERS]
    lenient = {model.__name__ for model in _within(sent)} - {"Pipeline", "Node", "Edge", "Layout", "Note", "Parameter"}
    _, schema = models_json_schema([(model, "serialization") for model in [*sent, *shown]], by_alias=True)
    _, checked = models_json_schema([(model, "validation") for model in sent], by_alias=True)
    definitions = dict(sorted(schema["$defs"].items()))
    parts = [_HEAD]
    for name, definition in definitions.items():
        required = checked["$defs"].get(name, {}).get("required", []) if name in lenient else None
        parts.append(_declaration(name, definition, required))
    parts.append(f"export type Edit = {' | '.join(model.__name__ for model in get_args(get_args(Edit)[0]))};\n")
    parts.append(f"export type Want = {' | '.join(model.__name__ for model in get_args(get_args(wire.Want)[0]))};\n")
    parts.append(
        f"export type Action = {' | '.join(model.__name__ for model in get_args(get_args(wire.Action)[0]))};\n"
    )
    return "\n".join(parts)


def _within(models: list[type[BaseModel]]) -> list[type[BaseModel]]:
    found = list(models)
    found += [wire.SentEdit, wire.Command, wire.KeyedWant, Steering]
    for alias in (wire.Action, wire.Want):
        found += get_args(get_args(alias)[0])
    return found


def _declaration(name: str, definition: dict[str, Any], required: list[str] | None) -> str:
    about = definition.get("description", "").split("\n")[0]
    lines = [f"/** {about} */"] if about else []
    if "properties" not in definition:
        return "\n".join([*lines, f"export type {name} = {_type(definition)};\n"])
    lines.append(f"export interface {name} {{")
    for field, schema in definition["properties"].items():
        discriminator = field in ("op", "do", "of") and "const" in schema
        optional = required is not None and field not in required and not discriminator
        comment = f"  /** {schema['description']} */\n" if "description" in schema else ""
        lines.append(f"{comment}  {field}{'?' if optional else ''}: {_type(schema)};")
    return "\n".join([*lines, "}\n"])


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " | ".join(_literal(value) for value in schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[union]))
    kind = schema.get("type")
    if kind == "array":
        if "prefixItems" in schema:
            return f"[{', '.join(_type(item) for item in schema['prefixItems'])}]"
        inner = _type(schema.get("items", {}))
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if kind == "object":
        return (
            f"Record<string, {_type(extra if isinstance(extra := schema.get('additionalProperties'), dict) else {})}>"
        )
    return {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}.get(
        str(kind), "any"
    )


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
