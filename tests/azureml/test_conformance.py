"""Every public name of the SDK: there with its parameters, or refused in words; docs/azureml.md tells which, and can't drift."""

from __future__ import annotations

import importlib
import inspect
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.azureml.reference import CORE, FIXED, REFUSED, SECTIONS

DOC = Path(__file__).parents[2] / "docs" / "azureml.md"
BEGIN, END = "<!-- the table below is written by the tests -->", "<!-- end of the table -->"


def entries() -> list[tuple[str, str, str, list[str] | None]]:
    """(section, object, name, parameters) of every name, each once."""
    found: dict[tuple[str, str], tuple[str, str, str, list[str] | None]] = {}
    for section, text in SECTIONS.items():
        for line in text.strip().splitlines():
            owner, names = line.split(": ", 1)
            for name, _, parameters in re.findall(r"(\w+)(\(([^)]*)\))?", names):
                found.setdefault((owner, name), (section, owner, name, parameters.split(",") if parameters else None))
    return list(found.values())


ENTRIES = entries()


def resolve(path: str) -> Any:
    """The module, class or attribute of a dotted path."""
    parts = path.split(".")
    for at in range(len(parts), 0, -1):
        try:
            found: Any = importlib.import_module(".".join(parts[:at]))
        except ImportError:
            continue
        for part in parts[at:]:
            found = getattr(found, part)
        return found
    raise ImportError(path)


def verdict(owner: str, name: str) -> tuple[str, str]:
    """same, fixed (how) or refused (why)."""
    full = f"{owner}.{name}"
    if full in REFUSED:
        return "refused", REFUSED[full]
    return ("fixed", FIXED[full]) if full in FIXED else ("same", "")


@pytest.mark.parametrize(
    ("owner", "name", "parameters"), [e[1:] for e in ENTRIES], ids=[f"{e[1]}.{e[2]}" for e in ENTRIES]
)
def test_a_name_is_there_with_its_parameters_or_is_refused(owner, name, parameters):
    if verdict(owner, name)[0] == "refused":
        try:
            found = getattr(resolve(owner), name)
        except (ImportError, AttributeError):
            return
        assert callable(found)
        return
    found = getattr(resolve(owner), name)
    if parameters:
        signature = inspect.signature(found)
        names = list(signature.parameters)
        takes_any = any(p.kind is p.VAR_KEYWORD for p in signature.parameters.values())
        missing = [p for p in parameters if p not in names]
        assert not missing or takes_any, f"{owner}.{name} lacks {missing}; it takes {names}"
        given = [p for p in parameters if p in names]
        assert given == [n for n in names if n in given], f"{owner}.{name}: another order than {parameters}"


def test_every_exception_to_the_rule_is_about_a_name():
    known = {f"{owner}.{name}" for _, owner, name, _ in ENTRIES}
    assert [name for name in (*FIXED, *REFUSED) if name not in known] == []


def test_at_least_95_per_cent_of_the_core_names_work():
    core = [verdict(owner, name)[0] for section, owner, name, _ in ENTRIES if section in CORE]
    assert sum(v != "refused" for v in core) / len(core) >= 0.95


def table() -> str:
    """The table as Markdown."""
    count = {kind: sum(verdict(o, n)[0] == kind for _, o, n, _ in ENTRIES) for kind in ("same", "fixed", "refused")}
    lines = [f"{len(ENTRIES)} names: {count['same']} the same, {count['fixed']} fixed, {count['refused']} refused.", ""]
    for section in SECTIONS:
        lines += [f"### {section}", "", "| name | | |", "| --- | --- | --- |"]
        for _, owner, name, _ in [e for e in ENTRIES if e[0] == section]:
            kind, note = verdict(owner, name)
            lines.append(f"| `{owner.removeprefix('azureml.')}.{name}` | {kind} | {note} |")
        lines.append("")
    return "\n".join(lines)


def test_the_table_in_the_docs_is_this_one():
    text = DOC.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    wanted = f"{before}{BEGIN}\n\n{table()}\n{END}{after}"
    if os.environ.get("UPDATE_DOCS"):
        DOC.write_text(wanted, encoding="utf-8")
    assert DOC.read_text(encoding="utf-8") == wanted, "run the test with UPDATE_DOCS=1"
