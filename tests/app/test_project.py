"""A project's pipelines: listed without being executed, read from within the project only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from designer.app.project import PathError, Project, read_document, write_document
from tests import shapes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "pipelines").mkdir()
    return Project(tmp_path, str(tmp_path / "store"))


def test_pipelines_are_listed_with_their_names_and_what_is_wrong_with_them(project: Project) -> None:
    folder = project.folder / "pipelines"
    write_document(folder / "cars.yaml", shapes.cars())
    write_document(folder / "chain.json", shapes.chain())
    (folder / "broken.yaml").write_text("nodes: {")
    (folder / "two.py").write_text(
        "from designer import pipeline\n\n@pipeline\ndef one(): ...\n\n@pipeline\ndef other(): ...\nraise SystemExit(3)\n"
    )
    (folder / "notes.txt").write_text("not a pipeline")
    found = {one.path: one for one in project.pipelines()}
    assert set(found) == {
        "pipelines/cars.yaml",
        "pipelines/chain.json",
        "pipelines/broken.yaml",
        "pipelines/two.py:one",
        "pipelines/two.py:other",
    }
    assert found["pipelines/cars.yaml"].name == "cars"
    assert "line 2" in found["pipelines/broken.yaml"].error


def test_where_a_module_is_used_is_read_not_executed(project: Project) -> None:
    write_document(project.folder / "pipelines" / "nested.yaml", shapes.nested())
    (project.folder / "pipelines" / "code.py").write_text("from m import step\nstep()\nraise SystemExit(3)\n")
    assert project.uses()["step"] == ("pipelines/code.py", "pipelines/nested.yaml")


@pytest.mark.parametrize(
    "path",
    ["../x.yaml", "/etc/passwd.yaml", "pipelines/../../x.yaml", ".designer/drafts/x.yaml", "pipelines/x.sh", "x"],
)
def test_a_path_out_of_the_project_or_of_another_kind_is_refused(project: Project, path: str) -> None:
    with pytest.raises(PathError):
        project.file(path)


@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_a_document_is_written_at_once_and_read_back(project: Project, name: str) -> None:
    path = project.folder / "deep" / "er" / name
    write_document(path, shapes.cars())
    assert read_document(path).meaning == shapes.cars().meaning.model_copy(
        update={"nodes": read_document(path).nodes, "edges": read_document(path).edges}
    )
    assert [one.name for one in path.parent.iterdir()] == [name]
