"""The palette as a whole: complete, described, explained where it differs, quick to import, and on its side of the wall."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.modules import palette_table
from tests.modules.differences import EXPLAINED

ROOT = Path(__file__).parents[2]
SPECS = palette_table.specs()
ORIGINALS = palette_table.originals()


def test_every_original_module_is_here_under_its_title():
    assert [one["name"] for one in ORIGINALS if one["name"] not in SPECS] == []
    assert len(ORIGINALS) == 80


@pytest.mark.parametrize("original", ORIGINALS, ids=lambda one: one["name"])
def test_every_difference_from_the_original_has_a_reason(original):
    found = palette_table.differences(original, SPECS[original["name"]])
    assert [one for one in found if palette_table.explanation(original["name"], one) is None] == []


def test_no_reason_is_left_over():
    found = [(one["name"], text) for one in ORIGINALS for text in palette_table.differences(one, SPECS[one["name"]])]
    unused = [
        entry
        for entry in EXPLAINED
        if not any(
            (entry[0] == "*" or name in entry[0].split(" | ")) and text.startswith(entry[1]) for name, text in found
        )
    ]
    assert unused == []


def test_the_table_in_the_docs_is_the_palette():
    document = palette_table.DOCUMENT.read_text()
    assert document == palette_table.written(document), "run: python -m tests.modules.palette_table"


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.id)
def test_every_module_is_described_and_every_parameter_has_a_title(spec):
    assert len(spec.description.partition("\n")[0]) > 20
    assert spec.error is None
    for name, schema in spec.parameters["properties"].items():
        assert schema.get("title"), name
        for parent, values in schema.get("visible_when", {}).items():
            allowed = spec.parameters["properties"][parent]
            choices = (
                allowed.get("enum") or [allowed.get("const")] if allowed.get("type") != "boolean" else [True, False]
            )
            assert set(values) <= set(choices), (name, parent)


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.id)
def test_every_declared_metric_is_named_once(spec):
    names = [metric.name for metric in spec.metrics]
    assert len(names) == len(set(names))


def test_the_defaults_of_every_module_are_valid():
    from designer.declare.registry import Registry

    registry = Registry.for_project(ROOT)
    for spec in SPECS.values():
        defaults = {name: one["default"] for name, one in spec.parameters["properties"].items() if "default" in one}
        assert registry.validate(spec.id, defaults) == [], spec.id


def test_importing_the_catalogue_imports_no_heavy_library():
    code = (
        "import sys; from pathlib import Path; from designer.declare.registry import Registry; "
        "specs = Registry.for_project(Path('.')).specs(); assert len(specs) > 75; "
        "heavy = {'numpy', 'pandas', 'sklearn', 'scipy', 'skops', 'lightgbm', 'torch', 'matplotlib', 'gensim', 'optuna', 'PIL'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout.strip()) == (0, "[]"), ended.stderr


def test_modules_import_nothing_of_designer_but_its_public_names():
    import designer

    wrong = []
    for path in sorted((ROOT / "modules").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "designer":
                names = [alias.name for alias in node.names]
                if node.module != "designer" or not set(names) <= set(designer.__all__):
                    wrong.append(f"{path.relative_to(ROOT)}: from {node.module} import {', '.join(names)}")
            if isinstance(node, ast.Import):
                wrong += [f"{path.name}: {alias.name}" for alias in node.names if alias.name.startswith("designer.")]
    assert wrong == []


def test_a_module_file_holds_under_forty_lines_of_function_body():
    long = []
    for path in sorted((ROOT / "modules").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.body[0].lineno > 45:
                long.append(f"{path.relative_to(ROOT)}: {node.name} has {node.end_lineno - node.body[0].lineno} lines")
    assert long == []
