"""The original's modules beside ours, fact by fact. `python -m tests.modules.palette_table` rewrites the table in docs/palette.md.

Elsewhere: why a fact differs (differences.py), the test that the table is true (test_palette.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.declare.registry import Registry
from tests.modules.differences import EXPLAINED

if TYPE_CHECKING:
    from designer.model.module import ModuleSpec, Port

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "palette.md"
BEGIN, END = "<!-- generated: begin -->", "<!-- generated: end -->"
_REFERENCE = Path(__file__).parent / "reference"
_BOUNDS = {"UINT32_MAX": 2**32 - 1, "FLOAT_MIN_POSITIVE": "more than 0"}
_TYPES = {
    "Int": "integer",
    "Float": "number",
    "Boolean": "boolean",
    "String": "string",
    "Script": "string",
    "Range": "string",
}


def specs() -> dict[str, ModuleSpec]:
    """Our modules by title; only those of the palette."""
    found = Registry.for_project(ROOT).specs().values()
    return {spec.title: spec for spec in found if spec.package == "modules"}


def originals() -> list[dict[str, Any]]:
    """The original's modules: those with all their parameters, then those of which only the ports are known."""
    return [
        module
        for name in ("designer_modules", "other_modules")
        for module in json.loads((_REFERENCE / f"{name}.json").read_text())
    ]


def differences(original: dict[str, Any], ours: ModuleSpec) -> list[str]:
    """In which facts a module differs from the original, one short sentence each."""
    found = []
    for side, ports in (("inputs", ours.inputs), ("outputs", ours.outputs)):
        expected = [(port["name"], bool(port.get("optional"))) for port in original[side]]
        if expected != [(port.title, port.optional) for port in ports]:
            found.append(f"{side}: {_ports(ports)}")
    if original["category"] != ours.category:
        found.append(f"category: {ours.category}")
    return found + [one for fact in original.get("params", ()) for one in _parameter(fact, original, ours)]


def _parameter(fact: dict[str, Any], original: dict[str, Any], ours: ModuleSpec) -> list[str]:
    name, properties = fact["name"], ours.parameters["properties"]
    same = [one for one in properties.values() if one["title"] == name]
    sweep = fact["type"] == "Range"
    same = [one for one in same if (one.get("widget") == "range") == sweep] or same
    if not same:
        return [f"{'hidden ' if fact.get('hidden') else ''}parameter {name}: absent"]
    one = same[-1] if fact in _later(original, name, sweep) and len(same) > 1 else same[0]
    found = []
    found += _said(name, "type", _type(fact), _our_type(one))
    found += _said(name, "default", _default(fact), one.get("default"), same=_same_default)
    if "choices" in fact and _type(fact) == "choice":
        found += _said(name, "choices", fact["choices"], one.get("enum") or [one.get("const")])
    found += _said(name, "least", _bound(fact, "min_value"), _least(one))
    found += _said(name, "most", _bound(fact, "max_value"), _most(one))
    theirs, shown = _their_conditions(fact, original, ours), _conditions(one, properties)
    if not fact.get("hidden") and theirs != shown:
        found.append(f"parameter {name}: {_when(shown)} instead of {_when(theirs)}")
    return found


def _their_conditions(fact: dict[str, Any], original: dict[str, Any], ours: ModuleSpec) -> dict[str, set[str]]:
    """Which parameters must have which values for this one to be shown; those that show its parents are among them.

    Values that nobody can choose here, and conditions that always hold, are left out.
    """
    rule = fact.get("visible_when")
    if not rule:
        return {}
    parent = next((one for one in original["params"] if _key(one["name"]) == _key(rule["param"])), None)
    known = next(
        (one for one in ours.parameters["properties"].values() if _key(one["title"]) == _key(rule["param"])), {}
    )
    choices = _choices(known)
    values = {str(value).rpartition(".")[2] for value in rule["in"]} & choices
    own = {known["title"]: values} if known and values < choices else {}
    return {**(_their_conditions(parent, original, ours) if parent else {}), **own}


def _conditions(one: dict[str, Any], properties: dict[str, Any]) -> dict[str, set[str]]:
    rules = one.get("visible_when", {})
    told = {name: set(map(str, values)) for name, values in rules.items()}
    return {properties[n]["title"]: values for n, values in told.items() if values < _choices(properties[n])}


def _choices(one: dict[str, Any]) -> set[str]:
    boolean = one.get("type") == "boolean"
    return {"True", "False"} if boolean else set(map(str, one.get("enum") or [one.get("const")]))


def _key(name: str) -> str:
    """A parameter's name as the original's rules refer to it: DataFormat, Hidden layer specification1."""
    return name.replace(" ", "").rstrip("1").casefold()


def _when(conditions: dict[str, set[str]]) -> str:
    told = [f"{name} is {' or '.join(sorted(values))}" for name, values in sorted(conditions.items())]
    return f"shown when {' and '.join(told)}" if told else "always shown"


def _later(original: dict[str, Any], name: str, sweep: bool) -> list[dict[str, Any]]:
    """Of parameters with one name, all but the first."""
    return [one for one in original["params"] if one["name"] == name and (one["type"] == "Range") == sweep][1:]


def _said(name: str, what: str, theirs: Any, ours: Any, same: Any = None) -> list[str]:
    equal = same(theirs, ours) if same else theirs == ours
    return [] if equal else [f"parameter {name}: {what} {_text(ours)} instead of {_text(theirs)}"]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return (
        "none"
        if value is None
        else json.dumps(value)
        if isinstance(value, str | bool)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )


def _type(fact: dict[str, Any]) -> str:
    if fact["type"] == "Mode":
        return "boolean" if set(fact["choices"]) == {"True", "False"} else "choice"
    return "columns" if fact["type"] == "ColumnPicker" else _TYPES[fact["type"]]


def _our_type(one: dict[str, Any]) -> str:
    if one.get("widget") == "columns":
        return "columns"
    if "enum" in one or "const" in one:
        return "choice"
    kinds = [kind["type"] for kind in one.get("anyOf", ()) if kind["type"] != "null"]
    return one.get("type") or kinds[0]


def _default(fact: dict[str, Any]) -> Any:
    default = fact.get("default")
    return default == "True" if _type(fact) == "boolean" and isinstance(default, str) else default


def _same_default(theirs: Any, ours: Any) -> bool:
    """Equal; nothing is like an empty text, picker or seed; a sample script is whatever sample."""
    if theirs is None:
        return ours in (None, "") or isinstance(ours, dict) or (isinstance(ours, str) and "azureml" in ours.lower())
    if isinstance(theirs, str) and isinstance(ours, str):
        return theirs.replace('\\"', '"') == ours.replace('\\"', '"')
    return theirs == ours


def _bound(fact: dict[str, Any], key: str) -> Any:
    return _BOUNDS.get(fact.get(key), fact.get(key))


def _least(one: dict[str, Any]) -> Any:
    rules = {**one, **next((kind for kind in one.get("anyOf", ()) if kind.get("type") != "null"), {})}
    return "more than 0" if rules.get("exclusiveMinimum") == 0 else rules.get("minimum")


def _most(one: dict[str, Any]) -> Any:
    rules = {**one, **next((kind for kind in one.get("anyOf", ()) if kind.get("type") != "null"), {})}
    return rules.get("maximum", rules.get("exclusiveMaximum"))


def explanation(title: str, difference: str) -> str | None:
    """Why a module differs in a fact, or None when nobody said."""
    for titles, start, reason in EXPLAINED:
        if (titles == "*" or title in titles.split(" | ")) and difference.startswith(start):
            return reason
    return None


def table() -> str:
    """The Markdown between the marks."""
    ours = specs()
    lines = []
    for category in dict.fromkeys(module["category"] for module in originals()):
        lines += [
            f"### {category}",
            "",
            "| original = our title | module | ports | parameters | metrics | what differs, and why |",
        ]
        lines += ["| --- | --- | --- | --- | --- | --- |"]
        for original in originals():
            if original["category"] == category:
                lines.append(_row(original, ours[original["name"]]))
        lines.append("")
    known = {module["name"] for module in originals()}
    lines += [
        "### Modules that the original doesn't have",
        "",
        "| title | module | ports | parameters | metrics |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [f"| {' | '.join(_cells(spec))} |" for title, spec in sorted(ours.items()) if title not in known]
    return "\n".join(lines) + "\n"


def _row(original: dict[str, Any], spec: ModuleSpec) -> str:
    told = [f"{one} ({explanation(spec.title, one)})" for one in differences(original, spec)]
    cells = [*_cells(spec), "; ".join(told) or "equal"]
    return f"| {' | '.join(cells)} |"


def _cells(spec: ModuleSpec) -> list[str]:
    names = [one["title"] for one in spec.parameters["properties"].values()]
    metrics = [metric.name for metric in spec.metrics if not metric.name.endswith(" port)")]
    suffix = " (each also with (left port) and (right port))" if len(metrics) < len(spec.metrics) else ""
    ports = f"{_ports(spec.inputs)} → {_ports(spec.outputs)}"
    cells = [
        spec.title,
        f"`{spec.id}`",
        ports,
        "; ".join(dict.fromkeys(names)) or "–",
        ("; ".join(metrics) or "–") + suffix,
    ]
    return [cell.replace("|", "\\|") for cell in cells]


def _ports(ports: tuple[Port, ...]) -> str:
    return ", ".join(port.title + ("?" if port.optional else "") for port in ports) or "–"


def written(document: str) -> str:
    """The document with the table as it should be."""
    before, _, rest = document.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
