"""The pydantic model of a module's parameters. Elsewhere: which parameters there are (signature.py), who asks for the model (module.py)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from collections.abc import Mapping


class AnySchema(GenerateJsonSchema):
    """JSON schemas in which a type that JSON has no form of takes anything: its default works, and pydantic checks the rest."""

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:
        """A schema that takes anything."""
        return {}


@cache
def field_of(name: str) -> str:
    """What a parameter is called in the model: pydantic keeps some names, such as `copy` or `_hidden`, to itself."""
    return f"p{name}_" if name.startswith("_") or hasattr(BaseModel, name) else name


def model_of(title: str, parameters: Mapping[str, tuple[Any, Any]]) -> type[BaseModel]:
    """The model of some parameters (name -> annotation and default), which refuses all others."""
    fields: dict[str, Any] = {}
    for name, (annotation, default) in parameters.items():
        called = Field(alias=name, validation_alias=name, serialization_alias=name)
        fields[field_of(name)] = (Annotated[annotation, called], default)
    model: type[BaseModel] = create_model(
        title,
        __config__=ConfigDict(extra="forbid", arbitrary_types_allowed=True, protected_namespaces=()),
        **fields,
    )
    return model


def cause(parameters: Mapping[str, tuple[Any, Any]], error: Exception) -> str:
    """Which parameter's type can't be understood, and why."""
    for name, one in parameters.items():
        try:
            model_of("one", {name: one}).model_json_schema(schema_generator=AnySchema)
        except Exception as own:
            return f"parameter {name}: {_first(own)}"
    return _first(error)


def _first(error: Exception) -> str:
    text = str(error).partition("\n\nFor further information")[0]
    return f"{type(error).__name__}: {text}"
