"""How models and transformations are kept: there and back, the same bytes each time, nothing executed on reading."""

from __future__ import annotations

import json
import zipfile

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.naive_bayes import GaussianNB

from designer import DesignerError
from modules import estimator_module, trust
from modules._shared import formats
from modules._shared.plain import NotPlain, from_plain, to_plain
from modules.data_transformation.clean_missing_data import clean_missing_data
from modules.data_transformation.convert_to_indicator_values import convert_to_indicator_values
from modules.data_transformation.group_data_into_bins import group_data_into_bins
from modules.data_transformation.normalize_data import normalize_data
from modules.data_transformation.select_columns_transform import select_columns_transform
from modules.machine_learning_algorithms.classification import (
    multiclass_boosted_decision_tree,
    multiclass_decision_forest,
    multiclass_logistic_regression,
    multiclass_neural_network,
    one_vs_all_multiclass,
    one_vs_one_multiclass,
    two_class_averaged_perceptron,
    two_class_boosted_decision_tree,
    two_class_decision_forest,
    two_class_logistic_regression,
    two_class_neural_network,
    two_class_support_vector_machine,
)
from modules.machine_learning_algorithms.clustering.k_means_clustering import k_means_clustering
from modules.machine_learning_algorithms.regression import (
    bayesian_linear_regression,
    boosted_decision_tree_regression,
    decision_forest_regression,
    fast_forest_quantile_regression,
    linear_regression,
    neural_network_regression,
    poisson_regression,
)
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_clustering_model import train_clustering_model
from modules.model_training.train_model import train_model

LEARNERS = [
    (multiclass_boosted_decision_tree.multiclass_boosted_decision_tree, "kind"),
    (multiclass_decision_forest.multiclass_decision_forest, "kind"),
    (multiclass_logistic_regression.multiclass_logistic_regression, "kind"),
    (multiclass_neural_network.multiclass_neural_network, "kind"),
    (two_class_averaged_perceptron.two_class_averaged_perceptron, "state"),
    (two_class_boosted_decision_tree.two_class_boosted_decision_tree, "state"),
    (two_class_decision_forest.two_class_decision_forest, "state"),
    (two_class_logistic_regression.two_class_logistic_regression, "state"),
    (two_class_neural_network.two_class_neural_network, "state"),
    (two_class_support_vector_machine.two_class_support_vector_machine, "state"),
    (bayesian_linear_regression.bayesian_linear_regression, "price"),
    (boosted_decision_tree_regression.boosted_decision_tree_regression, "price"),
    (decision_forest_regression.decision_forest_regression, "price"),
    (fast_forest_quantile_regression.fast_forest_quantile_regression, "price"),
    (linear_regression.linear_regression, "price"),
    (neural_network_regression.neural_network_regression, "price"),
    (poisson_regression.poisson_regression, "price"),
]
PAIRS = [one_vs_all_multiclass.one_vs_all_multiclass, one_vs_one_multiclass.one_vs_one_multiclass]


def kept(value, path):
    formats.write(value, path)
    return formats.read(path)


@pytest.fixture
def frames(cars, patients, flowers):
    return {"price": cars, "state": patients, "kind": flowers}


@pytest.mark.parametrize(("learner", "label"), LEARNERS)
def test_a_kept_model_scores_as_before_and_equal_models_are_equal_files(learner, label, frames, tmp_path):
    frame = frames[label]
    untrained = kept(learner(), tmp_path / "untrained")
    assert untrained == learner()
    assert json.loads((tmp_path / "untrained").read_text())["value"]["title"] == untrained.title
    model = train_model(untrained, frame, label=label)
    again = kept(model, tmp_path / "first")
    before, after = (score_model(one, frame).select_dtypes("number").to_numpy() for one in (model, again))
    assert after == pytest.approx(before, abs=1e-12)
    formats.write(train_model(learner(), frame, label=label), tmp_path / "second")
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


@pytest.mark.parametrize("wrap", PAIRS)
def test_a_kept_model_of_models_scores_as_before(wrap, flowers, tmp_path):
    base = two_class_boosted_decision_tree.two_class_boosted_decision_tree(trees=5)
    model = train_model(kept(wrap(base), tmp_path / "u"), flowers, label="kind")
    again = kept(model, tmp_path / "m")
    assert score_model(again, flowers).equals(score_model(model, flowers))


def test_transformations_are_readable_text(cars, gaps, tmp_path):
    transformations = [
        clean_missing_data(gaps, columns="number", mode="Replace with mean").cleaning_transformation,
        normalize_data(cars).transformation_function,
        group_data_into_bins(cars).binning_transformation,
        convert_to_indicator_values(cars, columns="origin").indicator_values_transformation,
        select_columns_transform(cars),
    ]
    for number, transformation in enumerate(transformations):
        path = tmp_path / str(number)
        assert kept(transformation, path) == transformation
        assert json.loads(path.read_text())


def test_a_kept_clustering_assigns_as_before(flowers, tmp_path):
    model, _ = train_clustering_model(k_means_clustering(), flowers)
    again = kept(model, tmp_path / "m")
    rows = model.encoder.encode(flowers)
    assert again.learner.predict(rows) == pytest.approx(model.learner.predict(rows))


def test_facts_tell_what_a_model_is(cars, tmp_path):
    model = train_model(linear_regression.linear_regression(), cars, label="price")
    told = formats.write(model, tmp_path / "m")
    assert (told["kind"], told["title"], told["label"]) == ("TrainedModel", "Linear Regression", "price")
    assert told["features"] == ["power", "weight", "origin"]


def test_boosted_trees_are_kept_as_readable_text(cars, tmp_path):
    model = train_model(boosted_decision_tree_regression.boosted_decision_tree_regression(), cars, label="price")
    formats.write(model, tmp_path / "m")
    assert "tree_sizes" in (tmp_path / "m").read_text(encoding="utf-8")
    scored = [score_model(one, cars)["Scored Labels"].tolist() for one in (model, formats.read(tmp_path / "m"))]
    assert scored[0] == scored[1]


def test_a_file_that_names_foreign_types_is_refused(tmp_path):
    data = {"code": "", "value": {"$type": "subprocess.Popen", "args": ["true"]}}
    (tmp_path / "m").write_text(json.dumps(data))
    with pytest.raises(DesignerError, match=r"subprocess\.Popen"):
        formats.read(tmp_path / "m")


def test_an_archive_that_names_foreign_types_is_refused(cars, tmp_path):
    formats.write(train_model(linear_regression.linear_regression(), cars, label="price"), tmp_path / "m")
    with zipfile.ZipFile(tmp_path / "m") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["schema.json"] = files["schema.json"].replace(b'"modules._learners.linear"', b'"somewhere.else"')
    with zipfile.ZipFile(tmp_path / "m", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    with pytest.raises(DesignerError, match=r"somewhere\.else\.LeastSquares"):
        formats.read(tmp_path / "m")


@pytest.mark.parametrize(
    "name", ["modules.python_language.execute_python_script.execute_python_script", "sklearn.utils._testing.run_module"]
)
def test_a_function_is_refused_even_of_the_palettes_own(name, tmp_path):
    (tmp_path / "m").write_text(json.dumps({"code": "", "value": {"$type": name, "args": []}}))
    with pytest.raises(DesignerError, match=name):
        formats.read(tmp_path / "m")


def test_plain_values_survive_and_others_are_refused():
    value = {"a": [1, 2.5, None, True, "x"], "b": {"c": (1, (2, 3))}}
    assert from_plain(to_plain(value), lambda name: False) == value
    for other in (np.float64(1), {1: 2}, {"$type": "x"}, object()):
        with pytest.raises(NotPlain):
            to_plain(other)


def test_any_estimator_is_a_module_in_one_line(patients, tmp_path, run):
    bayes = estimator_module(GaussianNB, task="binary", scale="z-score")
    assert bayes.spec.title == "Gaussian NB"
    assert bayes.spec.parameters["properties"]["var_smoothing"]["default"] == 1e-9
    assert [port.title for port in bayes.spec.outputs] == ["Untrained model"]
    assert bayes.validate({"var_smoothing": "much"})
    model = train_model(bayes(var_smoothing=1e-8), patients, label="state")
    rows = patients[["first", "second", "noise"]]
    scaled = (rows - rows.mean()) / rows.std(ddof=0)
    expected = GaussianNB(var_smoothing=1e-8).fit(scaled, patients["state"]).predict_proba(scaled)[:, 1]
    scored = score_model(kept(model, tmp_path / "m"), patients)
    assert scored["Scored Probabilities"].to_numpy() == pytest.approx(expected)


def test_an_estimator_takes_only_parameters_that_it_has():
    process = estimator_module(GaussianProcessRegressor)
    assert process.validate({"alpha": 1e-3}) == []
    assert process.validate({"no_such": 1})
    with pytest.raises(TypeError):
        process(no_such=1)


def test_trusting_a_type_lets_kept_models_hold_it():
    assert not formats._is_trusted("somewhere.Model")
    trust("somewhere.Model")
    assert formats._is_trusted("somewhere.Model")
