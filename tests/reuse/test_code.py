"""What counts as a module's code, and what doesn't."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import pytest

from designer.engine.reuse.code import code_of
from tests.reuse.kit import forget

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from designer.engine.reuse.code import Code

BASE = '''\
import math
import numpy as np
from designer import module
from .other import helper, unrelated
from . import other as whole
LIMIT = 3
class Box:
    size = 1
def inner(x):
    return x + LIMIT
@module
def work(x: int, *, k: int = 0) -> int:
    """Work."""
    box = Box()
    return helper(inner(x)) + math.floor(np.pi) + box.size
'''
OTHER = """\
def deep(x):
    return x
def helper(x):
    return deep(x)
def unrelated(x):
    return x
"""


@pytest.fixture
def code(tmp_path: Path) -> Iterator[Callable[..., Code]]:
    """The code of `work`, given the package's files; each call imports it anew."""
    sys.path.insert(0, str(tmp_path))

    def read(base: str = BASE, other: str = OTHER) -> Code:
        package = tmp_path / "coded"
        package.mkdir(exist_ok=True)
        for name, text in (("__init__", ""), ("base", base), ("other", other)):
            scratch = package / f"{name}.new"
            scratch.write_text(text)
            scratch.replace(package / f"{name}.py")
        forget("coded")
        importlib.invalidate_caches()
        return code_of(importlib.import_module("coded.base").work.function)

    yield read
    forget("coded")
    sys.path.remove(str(tmp_path))


def test_it_holds_what_the_function_reaches_in_its_package_and_nothing_else(code: Callable[..., Code]) -> None:
    found = code()
    assert set(found.pieces) == {
        "coded.base.work", "coded.base.Box", "coded.base.inner", "coded.base.LIMIT", "coded.other.helper", "coded.other.deep"
    }  # fmt: skip
    assert found.packages == {"numpy"}


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('"""Work."""', '"""Work hard."""'),
        ('    """Work."""\n', ""),
        ("return x + LIMIT", "return x + LIMIT  # more"),
        ("return x + LIMIT", "return (\n        x\n        + LIMIT\n    )"),
        ("LIMIT = 3", "# the limit\n\nLIMIT = 3"),
        ("@module\n", '@module(title="Other", category="X")\n'),
        ("import math\n", "import math\nimport json\n"),
    ],
)
def test_comments_docstrings_layout_and_titles_do_not_count(code: Callable[..., Code], was: str, becomes: str) -> None:
    assert code(BASE.replace(was, becomes)).digest == code(BASE).digest


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("LIMIT = 3", "LIMIT = 4"),
        ("size = 1", "size = 2"),
        ("x + LIMIT", "x - LIMIT"),
        ("k: int = 0", "k: int = 1"),
        ("import math\n", "import cmath as math\n"),
        ("import numpy as np\n", "import numpy.linalg as np\n"),
        ("import helper, unrelated", "import unrelated as helper, helper as unrelated"),
        ("inner(x)) +", "inner(whole.unrelated(x))) +"),
    ],
)
def test_what_the_function_does_counts(code: Callable[..., Code], was: str, becomes: str) -> None:
    assert code(BASE.replace(was, becomes)).digest != code(BASE).digest


def test_helpers_of_helpers_count_and_their_neighbours_do_not(code: Callable[..., Code]) -> None:
    before = code().digest
    assert code(other=OTHER.replace("def deep(x):\n    return x", "def deep(x):\n    return -x")).digest != before
    assert code(other=OTHER.replace("unrelated(x):\n    return x", "unrelated(x):\n    return -x")).digest == before


def test_a_module_that_is_used_as_a_whole_counts_as_a_whole(code: Callable[..., Code]) -> None:
    base = BASE.replace("box = Box()", "box = Box(); use(whole)").replace(
        "LIMIT = 3", "LIMIT = 3\ndef use(m): return m"
    )
    before = code(base).digest
    assert code(base, OTHER + "NEW = 1\n").digest != before


def test_names_defined_in_several_ways_all_count(code: Callable[..., Code]) -> None:
    base = BASE.replace(
        "LIMIT = 3", "try:\n    LIMIT = 3\nexcept ValueError:\n    LIMIT = 4\nfor LIMIT in (LIMIT,): pass"
    )
    assert code(base).digest != code(base.replace("LIMIT = 4", "LIMIT = 5")).digest
    assert code(base).digest != code(base.replace("in (LIMIT,)", "in (LIMIT, 1)")).digest


def test_lazily_imported_packages_count(code: Callable[..., Code]) -> None:
    base = BASE.replace(
        "import numpy as np", "from designer import lazy_import\nnp, pd = lazy_import('numpy'), lazy_import('pandas')"
    )
    assert code(base).packages == {"numpy", "pandas"}
    within = BASE.replace("box = Box()", "import pydantic.fields; box = Box()")
    assert code(within).packages == {"numpy", "pydantic"}


def test_a_file_edited_after_its_import_does_not_pass_for_what_runs(code: Callable[..., Code], tmp_path: Path) -> None:
    loaded = code()
    work = sys.modules["coded.base"].work.function
    path = tmp_path / "coded" / "other.py"
    path.write_text(OTHER.replace("return deep(x)", "return -deep(x)"))
    stale = code_of(work)
    assert stale.digest not in (loaded.digest, code(other=path.read_text()).digest)
    edited = OTHER + "# a comment is no other code\n"
    code()
    path.write_text(edited)
    assert code_of(sys.modules["coded.base"].work.function).digest == loaded.digest


def test_functions_without_a_source_are_known_by_their_bytecode() -> None:
    def made(text: str) -> str:
        space: dict[str, Callable[..., int]] = {"__name__": "nowhere"}
        exec(text, space)
        return code_of(space["f"]).digest

    text = "LIMIT = {'a', 'b', 'c'}\ndef g(x): return x in {'a', 'b'}\ndef f(x): return g(x) and x in LIMIT"
    assert made(text) == made(text.replace("def g", "# why\n\ndef g"))
    assert made(text) != made(text.replace("x in {'a'", "x not in {'a'"))
    assert made(text) != made(text.replace("'c'}", "'d'}"))


def test_what_a_nested_function_caught_counts() -> None:
    def make(k: int) -> Callable[[int], int]:
        def f(x: int) -> int:
            return x + k

        return f

    assert code_of(make(1)).digest == code_of(make(1)).digest
    assert code_of(make(1)).digest != code_of(make(2)).digest
