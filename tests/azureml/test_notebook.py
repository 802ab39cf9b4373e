"""A run on display: the same facts as widget, as HTML and as text; nothing that a user wrote becomes markup."""

from __future__ import annotations

import sys
import threading
import time
from types import ModuleType, SimpleNamespace

import pytest
from azureml.core import ScriptRunConfig
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep
from azureml.train.hyperdrive import GridParameterSampling, HyperDriveConfig, PrimaryMetricGoal, choice
from azureml.widgets import RunDetails

from designer import notebook
from designer.notebook import display, drawing
from designer.notebook.page import html_of, text_of
from designer.notebook.state import state_of

EVIL = "<script>alert(1)</script>\"'&"


@pytest.fixture
def shown(monkeypatch):
    """What a notebook was asked to display, with a stand-in for IPython's front end."""
    displayed = []

    class Handle:
        def update(self, data, raw):
            displayed.append(data)

    def show(data, raw, display_id=None):
        displayed.append(data)
        return Handle()

    ipython = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    ipython.display = ModuleType("IPython.display")
    ipython.display.display = show
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)
    monkeypatch.setattr(display, "_with_widget", lambda state: None)
    return displayed


def state(run):
    return state_of(run._place.read, run.id)


def test_everything_a_user_wrote_is_shown_as_text(exp):
    run = exp.start_logging(name=EVIL, snapshot_directory=None)
    run.log(EVIL, 1)
    run.log("text", EVIL)
    run.log_row(f"table {EVIL}", **{"c<b>": EVIL})
    run.tag(EVIL, EVIL)
    run.child_run(EVIL).log(EVIL, 2)
    run.fail(EVIL)
    html = html_of(state(run))
    assert "<script" not in html
    assert "<b>alert" not in html
    assert html.count("&lt;script&gt;") >= 6


def test_a_pipeline_is_a_graph_with_metrics_on_its_nodes(exp, ws, script):
    source = script("from azureml.core import Run\nRun.get_context().log('accuracy', 0.93)")
    first = PythonScriptStep("train.py", name="first", source_directory=source)
    second = PythonScriptStep("train.py", name="second", source_directory=source)
    second.run_after(first)
    run = exp.submit(Pipeline(ws, [second]))
    run.wait_for_completion(show_output=False)
    found = state(run)
    assert found["graph"]["edges"] == [["first", "second"]]
    assert found["graph"]["nodes"]["first"]["metrics"] == {"accuracy": 0.93}
    html = html_of(found)
    assert 'data-node="first" data-status="Completed"' in html
    assert "accuracy  0.93" in html
    assert "✔ first  Completed  accuracy 0.93" in text_of(found)
    data = RunDetails(run).get_widget_data()
    assert data["is_finished"]
    assert data["run_properties"]["status"] == "Completed"
    assert {c["name"] for c in data["child_runs"]} == {"first", "second"}


def test_a_sweep_is_drawn_with_parallel_coordinates(exp, script):
    source = script("import sys\nfrom azureml.core import Run\nRun.get_context().log('acc', float(sys.argv[2]))")
    sampling = GridParameterSampling({"lr": choice(0.1, 0.2), "opt": choice("adam", "sgd")})
    run = exp.submit(
        HyperDriveConfig(run_config=ScriptRunConfig(source, "train.py"), hyperparameter_sampling=sampling, primary_metric_name="acc",
                         primary_metric_goal=PrimaryMetricGoal.MAXIMIZE, max_total_runs=3)
    )  # fmt: skip
    run.wait_for_completion()
    html = html_of(state(run))
    assert "3 trials, best acc 0.2" in html
    assert "parallel coordinates of 3 trials" in html


def test_outside_of_a_notebook_it_is_text(exp, capsys):
    run = exp.start_logging(name="plain", snapshot_directory=None)
    run.log("a", 1)
    RunDetails(run).show()
    run.show()
    assert capsys.readouterr().out.count("▶ plain  Running") == 2
    with pytest.raises(TypeError, match="takes a run"):
        RunDetails(3)


def test_without_widgets_the_html_is_replaced_until_the_run_ends(exp, shown):
    run = exp.start_logging(name="live", snapshot_directory=None)
    on_display = notebook.show(run, seconds=0.01)
    run.log("loss", 0.5)
    while "loss" not in shown[-1]["text/html"]:
        time.sleep(0.01)
    run.complete()
    on_display.wait()
    assert 'data-status="Running"' in shown[0]["text/html"]
    assert 'data-status="Completed"' in shown[-1]["text/html"]
    assert "✔ live  Completed" in shown[-1]["text/plain"]
    assert not [t for t in threading.enumerate() if t.name.startswith("designer-show")]


def test_the_widget_carries_the_same_html(exp):
    from designer.notebook.widget import RunWidget

    run = exp.start_logging(name="w", snapshot_directory=None)
    widget = RunWidget(html=html_of(state(run)))
    assert 'data-run="' in widget.html
    assert "render" in widget._esm
    widget.close()


def test_a_long_log_is_shown_by_its_end(submitted):
    run = submitted("for at in range(20000):\n    print('line', at)")
    log = state(run)["log"]
    assert log.endswith("line 19999\n")
    assert len(log) == 20_000


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (1234567, "1,234,567"),
        (0.123456789, "0.12346"),
        (True, "True"),
        (None, "None"),
        ("x" * 40, "x" * 23 + "…"),
    ],
)
def test_values_are_short(value, text):
    assert drawing.number(value) == text


def test_a_run_of_any_kind_shows_itself_in_a_notebook_and_is_text_elsewhere(exp, shown, capsys, monkeypatch):
    import designer

    ours = designer.Experiment("own", place=exp._place).start_logging()
    for run in (exp.start_logging(snapshot_directory=None), ours):
        run.log("loss", 0.25)
        run.complete()
        shown.clear()
        run._ipython_display_()
        run.show()
        assert [("loss" in one["text/html"], "0.25" in one["text/plain"]) for one in shown] == [(True, True)] * 2
    monkeypatch.setattr(display, "in_notebook", lambda: False)
    ours.show()
    assert "loss" in capsys.readouterr().out
    with pytest.raises(NotImplementedError):  # IPython shows the text, then
        ours._ipython_display_()
