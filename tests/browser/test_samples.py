"""The sample pipelines on the canvas: each opens with its nodes, edges and notes, and nothing to complain of."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from designer import Pipeline
from tests.browser.conftest import Server
from tests.browser.driver import Driver
from tests.modules.test_samples import SCORES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.browser

SAMPLES = sorted((Path(__file__).parents[2] / "pipelines").glob("*.yaml"))


@pytest.fixture
def samples(tmp_path: Path, new_page: Callable[[], Page]) -> Iterator[Driver]:
    """A person whose project has the samples."""
    project = tmp_path / "samples"
    (project / "pipelines").mkdir(parents=True)
    for path in SAMPLES:
        shutil.copy(path, project / "pipelines")
    server = Server(project)
    yield Driver(new_page(), server.url, project)
    server.stop()


def test_every_sample_opens_with_its_notes_and_without_a_problem(samples: Driver) -> None:
    for path in SAMPLES:
        document = Pipeline.load(path).document
        samples.go("/", pipeline=f"pipelines/{path.name}")
        for node in document.nodes:
            expect(samples.node(node.id)).to_have_count(1)
        expect(samples.page.locator(".react-flow__edge")).to_have_count(len(document.edges))
        expect(samples.page.locator(".react-flow__node-note")).to_have_count(len(document.layout.notes))
        expect(samples.page.locator('.card[data-problem="true"]')).to_have_count(0)
        expect(samples.button("Run")).to_be_enabled()


def test_every_sample_shows_its_main_score_on_its_node(samples: Driver) -> None:
    for path in SAMPLES:
        node, metric, least, most = SCORES[path.stem]
        run = Pipeline.load(path).run(executor="serial", store=samples.project / ".designer")
        samples.go("/run", run=run.id)
        shown = samples.pin(node, metric).first
        expect(shown).to_be_visible()
        score = shown.inner_text()
        assert least <= float(score) <= most
        samples.go("/", pipeline=f"pipelines/{path.name}")  # opened for the first time, it shows what is known of it
        expect(samples.pin(node, metric).first).to_have_text(score)


def test_the_trials_of_a_sweep_are_drawn_together(samples: Driver) -> None:
    path = next(path for path in SAMPLES if path.stem == "tuning")
    run = Pipeline.load(path).run(executor="serial", store=samples.project / ".designer")
    samples.go("/run", run=run.id).select("tune_model_hyperparameters").tab("Metrics")
    trials = samples.page.locator(".trials")
    expect(trials.get_by_role("img", name="histogram")).to_be_visible()
    expect(trials.get_by_role("img", name="Parallel coordinates over")).to_be_visible()
    children = [child for child in run.get_children(recursive=True) if child.name.startswith("trial ")]
    expect(trials.locator("polyline")).to_have_count(len(children))
    trials.get_by_label("Metric of the child runs").select_option("AUC")
    expect(trials.get_by_role("img", name="AUC: histogram")).to_be_visible()


def test_a_sample_runs_from_the_canvas(samples: Driver) -> None:
    samples.go("/", pipeline="pipelines/penguins.yaml").run()
    expect(samples.pin("evaluate_model", "Overall_Accuracy")).to_contain_text("0.9")
    samples.finished()
