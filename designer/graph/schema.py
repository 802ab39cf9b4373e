"""Whether a value keeps a JSON schema, in the words and with the leniency of pydantic, without importing the module.

Covers what parameters use: types, choices, bounds, lengths, patterns, lists, mappings, unions and references.
Elsewhere: which values are checked (settings.py).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
Violation = tuple[str, str]  # path within the value, message


def violations(value: Any, schema: Schema) -> list[Violation]:
    """All that is wrong with the value, as (path, message); the path of the value itself is empty."""
    return list(_violations(value, schema, schema.get("$defs", {}), ""))


def described(schema: Schema) -> str:
    """What a schema takes, in words: `a number greater than 0 and less than 1`. Empty when it says nothing."""
    choices = choices_of(schema)
    if choices:
        return f"one of {', '.join(map(repr, choices))}"
    names = [_NAMES.get(kind, kind) for kind in _kinds(schema)]
    for branch in schema.get("anyOf", ()):
        names += [words for words in [described({**branch, "$defs": schema.get("$defs", {})})] if words]
    bounds = [f"{words} {schema[key]}" for key, words, _ in _BOUNDS if key in schema]
    return " ".join(part for part in (" or ".join(names), " and ".join(bounds)) if part)


def choices_of(schema: Schema) -> tuple[Any, ...]:
    """The values that a schema lists, of an optional choice without None. Empty when it lists none."""
    schema = _followed(schema, schema.get("$defs", {}))
    if "enum" in schema:
        return tuple(schema["enum"])
    if "const" in schema:
        return (schema["const"],)
    listed = [choices_of({**branch, "$defs": schema.get("$defs", {})}) for branch in schema.get("anyOf", ())]
    found = [choices for choices in listed if choices]
    return tuple(choice for choices in found for choice in choices) if len(found) >= len(listed) - 1 else ()


def within(path: str, part: object) -> str:
    """The path of a part; an empty path or part adds nothing."""
    return ".".join(piece for piece in (path, str(part)) if piece)


def _violations(value: Any, schema: Schema, definitions: Schema, path: str) -> Iterator[Violation]:
    schema = _followed(schema, definitions)
    for branch in schema.get("allOf", ()):
        yield from _violations(value, branch, definitions, path)
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        wrong = [list(_violations(value, branch, definitions, path)) for branch in branches]
        if all(wrong):
            yield from min(wrong, key=len) if len(wrong) == 1 else _nearest(value, branches, wrong)
        return
    if "const" in schema and value != schema["const"]:
        yield path, f"Input should be {schema['const']!r}"
        return
    if "enum" in schema:
        if value not in schema["enum"]:
            yield path, f"Input should be {' or '.join(map(repr, schema['enum']))}"
        return
    kinds = _kinds(schema)
    if kinds:
        value = _taken(value, kinds)
        if value is _REFUSED:
            yield path, f"Input should be a valid {' or '.join(_PYDANTIC.get(kind, kind) for kind in kinds)}"
            return
    yield from _bounds(value, schema, path)
    if isinstance(value, str):
        yield from _text(value, schema, path)
    elif isinstance(value, (list, tuple)):
        yield from _items(value, schema, definitions, path)
    elif isinstance(value, Mapping):
        yield from _properties(value, schema, definitions, path)


def _followed(schema: Schema, definitions: Schema) -> Schema:
    """The schema behind a reference to the definitions; a reference to elsewhere takes anything."""
    for _ in range(20):  # a reference to itself has an end, too
        reference = schema.get("$ref")
        if reference is None:
            return schema
        schema = {**definitions.get(str(reference).rpartition("/")[2], {}), "$defs": definitions}
    return {}


def _nearest(value: Any, branches: list[Schema], wrong: list[list[Violation]]) -> list[Violation]:
    """Of a union the complaints of the branch that was most probably meant: the first that isn't just None."""
    meant = [found for branch, found in zip(branches, wrong, strict=True) if branch.get("type") != "null"]
    return min(meant or wrong, key=len)


def _bounds(value: Any, schema: Schema, path: str) -> Iterator[Violation]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    for key, words, holds in _BOUNDS:
        if key in schema and not holds(value, schema[key]):
            yield path, f"Input should be {words} {schema[key]}"


def _text(value: str, schema: Schema, path: str) -> Iterator[Violation]:
    yield from _length(len(value), schema, "minLength", "maxLength", "String", "character", path)
    pattern = schema.get("pattern")
    if pattern is None:
        return
    try:
        matches = re.search(_IN_PYTHON.sub(_end_of_text, pattern), value) is not None
    except re.error:  # written for another engine: only the module itself can tell
        return
    if not matches:
        yield path, f"String should match pattern '{pattern}'"


_IN_PYTHON = re.compile(r"\\.|\[(?:\\.|[^\]])*\]|\$")


def _end_of_text(match: re.Match[str]) -> str:
    """A dollar that is the end of the text: in Python's dialect it would also be before a last newline."""
    return r"\Z" if match[0] == "$" else match[0]


def _items(value: list[Any] | tuple[Any, ...], schema: Schema, definitions: Schema, path: str) -> Iterator[Violation]:
    yield from _length(len(value), schema, "minItems", "maxItems", "List", "item", path)
    leading = schema.get("prefixItems", ())
    for number, item in enumerate(value):
        of_item = leading[number] if number < len(leading) else schema.get("items", {})
        if isinstance(of_item, Mapping):
            yield from _violations(item, of_item, definitions, within(path, number))


def _properties(value: Mapping[Any, Any], schema: Schema, definitions: Schema, path: str) -> Iterator[Violation]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield within(path, name), "Field required"
    others = schema.get("additionalProperties", True)
    for name, item in value.items():
        if name in properties:
            yield from _violations(item, properties[name], definitions, within(path, name))
        elif others is False:
            yield within(path, name), "Extra inputs are not permitted"
        elif isinstance(others, Mapping):
            yield from _violations(item, others, definitions, within(path, name))


def _length(length: int, schema: Schema, least: str, most: str, what: str, of: str, path: str) -> Iterator[Violation]:
    for key, word, wrong in (
        (least, "least", length < schema.get(least, 0)),
        (most, "most", length > schema.get(most, length)),
    ):
        if wrong:
            yield path, f"{what} should have at {word} {schema[key]} {of}{'s' * (schema[key] != 1)}"


def _kinds(schema: Schema) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


def _taken(value: Any, kinds: list[str]) -> Any:
    """The value as the first kind that takes it makes it, as pydantic would: '5' is a whole number."""
    if not all(kind in _TAKE for kind in kinds):
        return value
    return next((taken for kind in kinds if (taken := _TAKE[kind](value)) is not _REFUSED), _REFUSED)


_REFUSED = object()
_TRUE, _FALSE = ("true", "t", "yes", "y", "on", "1"), ("false", "f", "no", "n", "off", "0")


def _integer(value: Any) -> Any:
    if isinstance(value, str):
        return int(value.partition(".")[0]) if re.fullmatch(r"\s*[+-]?\d(_?\d){0,4000}(\.0+)?\s*", value) else _REFUSED
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**63 else _REFUSED
    return int(value) if isinstance(value, int) else _REFUSED


def _number(value: Any) -> Any:
    if isinstance(value, (int, float)):
        return value + 0  # True is 1
    try:
        return float(value) if isinstance(value, str) else _REFUSED
    except ValueError:
        return _REFUSED


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.lower() in _TRUE if value.lower() in (*_TRUE, *_FALSE) else _REFUSED
    return bool(value) if isinstance(value, (int, float)) and value in (0, 1) else _REFUSED


def _is_multiple(value: float, bound: float) -> bool:
    if isinstance(value, int) and isinstance(bound, int):
        return value % bound == 0
    return math.isfinite(value) and abs(value / bound - round(value / bound)) < 1e-9  # 0.3 is a multiple of 0.1


def _of(*types: type) -> Callable[[Any], Any]:
    return lambda value: value if isinstance(value, types) else _REFUSED


_TAKE: dict[str, Callable[[Any], Any]] = {
    "null": lambda value: value if value is None else _REFUSED,
    "boolean": _boolean,
    "integer": _integer,
    "number": _number,
    "string": _of(str),
    "array": _of(list, tuple),
    "object": _of(Mapping),
}
_NAMES = {
    "null": "None",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a text",
    "array": "a list",
    "object": "a mapping",
}
_PYDANTIC = {"array": "list", "object": "dictionary", "null": "None"}
_BOUNDS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("minimum", "greater than or equal to", lambda value, bound: value >= bound),
    ("exclusiveMinimum", "greater than", lambda value, bound: value > bound),
    ("maximum", "less than or equal to", lambda value, bound: value <= bound),
    ("exclusiveMaximum", "less than", lambda value, bound: value < bound),
    ("multipleOf", "a multiple of", lambda value, bound: _is_multiple(value, bound)),
)
