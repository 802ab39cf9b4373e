"""`import designer` costs next to nothing: heavy libraries are imported when they are used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support import Project

HEAVY = [
    "streamlit",
    "pandas",
    "sklearn",
    "sqlalchemy",
    "networkx",
    "numpy",
    "scipy",
    "pyarrow",
    "rich",
    "typer",
    "cloudpickle",
]


@pytest.mark.parametrize(
    ("program", "allowed"),
    [
        ("import designer", []),
        ("from designer import Run, Experiment", []),
        ("from designer import module, pipeline\n@module\ndef a() -> int: ...\n@pipeline\ndef p(): a()", []),
        (
            "from designer import Experiment\nrun = Experiment('e').start_logging()\nrun.log('x', 1.0)\nrun.complete()",
            [],
        ),
        ("from designer import Experiment\nrun = Experiment('e').start_logging()\nrun.get_metrics()", ["sqlalchemy"]),
        ("import designer.cli.main", ["typer", "rich"]),
    ],
    ids=["designer", "tracking", "declaring", "logging", "reading", "command line"],
)
def test_nothing_heavy_is_imported_before_it_is_used(project: Project, program: str, allowed: list[str]) -> None:
    ended = project.python(
        f"{program}\nimport json, sys\nprint(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    )
    assert ended.code == 0, ended.err
    assert set(json.loads(ended.out)) <= set(allowed)


def test_every_public_name_can_be_imported() -> None:
    import designer

    assert {name: getattr(designer, name) for name in designer.__all__}
    assert set(designer.__all__) <= set(dir(designer))
    with pytest.raises(AttributeError, match="Pipeline"):
        _ = designer.nonsense
