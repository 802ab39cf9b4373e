"""Data Transformation: what each module gives, by hand or by the library, and what it says about bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal
from scipy import special, stats

from modules._shared import errors
from modules._shared.math_functions import CHOICES, TWO_ARGUMENTS, function
from modules._shared.roles import columns_with, label_of, roles_of, with_role
from modules.data_transformation.add_columns import add_columns
from modules.data_transformation.add_rows import add_rows
from modules.data_transformation.apply_math_operation import apply_math_operation
from modules.data_transformation.apply_sql_transformation import apply_sql_transformation
from modules.data_transformation.clean_missing_data import clean_missing_data
from modules.data_transformation.clip_values import clip_values
from modules.data_transformation.convert_to_csv import convert_to_csv
from modules.data_transformation.convert_to_dataset import convert_to_dataset
from modules.data_transformation.convert_to_indicator_values import convert_to_indicator_values
from modules.data_transformation.edit_metadata import edit_metadata
from modules.data_transformation.group_data_into_bins import group_data_into_bins
from modules.data_transformation.join_data import join_data
from modules.data_transformation.normalize_data import normalize_data
from modules.data_transformation.partition_and_sample import partition_and_sample
from modules.data_transformation.remove_duplicate_rows import remove_duplicate_rows
from modules.data_transformation.select_columns_in_dataset import select_columns_in_dataset
from modules.data_transformation.select_columns_transform import select_columns_transform
from modules.data_transformation.smote import smote
from modules.data_transformation.split_data import split_data
from modules.model_scoring_evaluation.apply_transformation import apply_transformation

# Columns and rows


def test_add_columns_puts_datasets_side_by_side_and_numbers_equal_names(run):
    left = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    right = with_role(pd.DataFrame({"a": [5], "c": [6]}), ["c"], "label")
    result = add_columns(left, right)
    assert list(result.columns) == ["a", "b", "a (1)", "c"]
    assert result["a (1)"].tolist()[0] == 5
    assert result["c"].isna().tolist() == [False, True]
    assert label_of(result) == "c"
    assert run.get_metrics() == {"columns": 4, "rows_padded": 1}


def test_add_rows_puts_rows_under_each_other_by_name(run):
    result = add_rows(pd.DataFrame({"a": [1], "b": ["x"]}), pd.DataFrame({"b": ["y"], "a": [2]}))
    assert result.to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}


def test_add_rows_refuses_datasets_of_different_columns():
    with pytest.raises(errors.MismatchedColumns, match="b"):
        add_rows(pd.DataFrame({"a": [1], "b": [1]}), pd.DataFrame({"a": [1]}))


def test_select_columns_keeps_the_picked_ones_and_their_roles(cars, run):
    labelled = with_role(cars, ["price"], "label")
    result = select_columns_in_dataset(labelled, columns={"exclude": ["weight"]})
    assert list(result.columns) == ["power", "origin", "price"]
    assert label_of(result) == "price"
    assert run.get_metrics() == {"columns": 3, "columns_removed": 1}


def test_select_columns_names_the_column_that_is_missing(cars):
    with pytest.raises(errors.ColumnNotFound, match="did you mean 'price'"):
        select_columns_in_dataset(cars, columns=["Price"])


def test_a_columns_selection_is_applied_to_another_dataset(cars):
    transformation = select_columns_transform(cars[["price", "power"]])
    assert list(apply_transformation(transformation, cars).columns) == ["price", "power"]
    with pytest.raises(errors.MismatchedColumns, match="price"):
        apply_transformation(transformation, cars[["power"]])


def test_apply_transformation_refuses_what_is_none(cars):
    with pytest.raises(errors.UnfitModel, match="transformation"):
        apply_transformation("clean it", cars)


@pytest.mark.parametrize(("first", "kept"), [(True, [10, 30]), (False, [20, 30])])
def test_remove_duplicates_keeps_the_first_or_the_last(first, kept, run):
    frame = pd.DataFrame({"key": ["a", "a", "b"], "value": [10, 20, 30]})
    result = remove_duplicate_rows(frame, columns="key", keep_first=first)
    assert result["value"].tolist() == kept
    assert run.get_metrics() == {"rows": 2, "rows_removed": 1}


def test_remove_duplicates_needs_a_key(cars):
    with pytest.raises(errors.NoColumnsSelected):
        remove_duplicate_rows(cars, columns={})


# Missing values


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("Replace with mean", [1.0, 7 / 3, 3.0, 3.0, 7 / 3]),
        ("Replace with median", [1.0, 3.0, 3.0, 3.0, 3.0]),
        ("Replace with mode", [1.0, 3.0, 3.0, 3.0, 3.0]),
        ("Custom substitution value", [1.0, 0.0, 3.0, 3.0, 0.0]),
    ],
)
def test_missing_numbers_are_replaced(gaps, run, mode, expected):
    result, _ = clean_missing_data(gaps, columns="number", mode=mode)
    assert result["number"].tolist() == pytest.approx(expected)
    assert run.get_metrics() == {"missing_values": 2, "cells_replaced": 2, "rows_removed": 0, "columns_removed": 0}


def test_missing_texts_are_replaced_by_the_most_frequent(gaps):
    assert clean_missing_data(gaps, columns="text", mode="Replace with mode")[0]["text"].tolist() == list("abbbc")


def test_rows_with_missing_values_are_removed(gaps, run):
    result, _ = clean_missing_data(gaps, columns=["number", "text"], mode="Remove entire row")
    assert result["full"].tolist() == [1, 3, 4]
    assert run.get_metrics()["rows_removed"] == 2


def test_only_columns_with_a_share_within_the_bounds_are_cleaned(gaps, run):
    result, _ = clean_missing_data(gaps, mode="Remove entire column", minimum_ratio=0.3, maximum_ratio=0.5)
    assert list(result.columns) == ["text", "full", "empty"]
    assert run.get_metrics()["columns_removed"] == 1


@pytest.mark.parametrize(("choice", "there"), [("Remove", False), ("Propagate", True)])
def test_a_column_that_is_missing_everywhere_is_removed_or_passed_on(gaps, choice, there):
    result, _ = clean_missing_data(gaps, columns="empty", mode="Replace with mean", all_missing=choice)
    assert ("empty" in result.columns) is there


def test_indicators_say_what_was_missing(gaps):
    result, _ = clean_missing_data(gaps, columns="number", mode="Replace with mean", indicators=True)
    assert result["number_IsMissing"].tolist() == [False, True, False, False, True]


def test_a_cleaning_is_applied_with_what_it_learned(gaps):
    _, cleaning = clean_missing_data(gaps, columns="number", mode="Replace with mean")
    other = pd.DataFrame({"number": [float("nan"), 100.0]})
    assert apply_transformation(cleaning, other)["number"].tolist() == pytest.approx([7 / 3, 100.0])


def test_a_mean_of_text_is_refused(gaps):
    with pytest.raises(errors.NotNumeric, match="text"):
        clean_missing_data(gaps, columns="text", mode="Replace with mean")


def test_a_replacement_that_is_no_number_is_refused(gaps):
    with pytest.raises(errors.BadExpression, match="number"):
        clean_missing_data(gaps, columns="number", replacement="none")


def test_a_dataset_without_gaps_passes_unchanged(cars):
    assert_frame_equal(clean_missing_data(cars)[0], cars)


# Convert and edit


def test_convert_to_csv_keeps_a_file(cars, run, tmp_path):
    assert_frame_equal(convert_to_csv(cars), cars)
    run.download_file("dataset.csv", str(tmp_path / "dataset.csv"))
    assert_frame_equal(pd.read_csv(tmp_path / "dataset.csv"), cars)


def test_a_value_that_stands_for_missing_becomes_missing(run):
    frame = pd.DataFrame({"a": ["1", "?", "3"], "b": ["x", "?", "y"]})
    result = convert_to_dataset(frame, action="SetMissingValues")
    assert result["a"].tolist()[::2] == [1.0, 3.0]
    assert result.isna().sum().tolist() == [1, 1]
    assert run.get_metrics()["cells_changed"] == 2


def test_values_are_replaced_by_others(run):
    frame = pd.DataFrame({"n": [1.0, None, 3.0], "t": ["obs", "b", None]})
    filled = convert_to_dataset(frame, action="ReplaceValues", replace="Missing", new_value="7")
    assert filled["n"].tolist() == [1.0, 7.0, 3.0]
    assert filled["t"].tolist() == ["obs", "b", "7"]
    swapped = convert_to_dataset(frame, action="ReplaceValues", replace="Custom", custom_value="obs", new_value="new")
    assert swapped["t"].tolist()[0] == "new"


def test_a_number_that_a_column_cannot_hold_leaves_it_alone():
    frame = pd.DataFrame({"n": [1.0, None]})
    assert_frame_equal(convert_to_dataset(frame, action="ReplaceValues", new_value="much"), frame)


def test_levels_become_indicator_columns(run):
    frame = pd.DataFrame({"colour": ["red", "blue", None], "n": [1, 2, 3]})
    result, transformation = convert_to_indicator_values(frame, columns="colour", overwrite=True)
    assert list(result.columns) == ["n", "colour-blue", "colour-red"]
    assert result["colour-red"].tolist() == [1, 0, 0]
    again = apply_transformation(transformation, pd.DataFrame({"colour": ["green", "blue"]}))
    assert again.to_dict("list") == {"colour-blue": [0, 1], "colour-red": [0, 0]}


def test_indicators_of_numbers_are_refused(cars):
    with pytest.raises(errors.WrongColumnType, match="Make Categorical"):
        convert_to_indicator_values(cars, columns="power")


def test_edit_metadata_sets_types():
    frame = pd.DataFrame({"a": ["1", "2"], "b": [0.0, 1.0], "c": ["2020-02-01", "2021-03-04"], "d": [1.0, None]})
    assert edit_metadata(frame, columns="a", data_type="Integer")["a"].tolist() == [1, 2]
    assert edit_metadata(frame, columns="a", data_type="Double")["a"].dtype == "float64"
    assert edit_metadata(frame, columns="b", data_type="Boolean")["b"].tolist() == [False, True]
    assert edit_metadata(frame, columns="c", data_type="DateTime")["c"].dt.year.tolist() == [2020, 2021]
    assert edit_metadata(frame, columns="b", data_type="String")["b"].tolist() == ["0.0", "1.0"]
    assert edit_metadata(frame, columns="d", data_type="Integer")["d"].dtype == "Int64"
    assert edit_metadata(frame, columns="b", data_type="TimeSpan", span_format="h")[
        "b"
    ].dt.total_seconds().tolist() == [0, 3600]


def test_edit_metadata_sets_categories_names_and_roles(cars, run):
    labelled = edit_metadata(cars, columns="price", fields="Label")
    assert label_of(labelled) == "price"
    renamed = edit_metadata(labelled, columns=["price", "power"], new_names="cost, force")
    assert list(renamed.columns) == ["force", "weight", "origin", "cost"]
    assert label_of(renamed) == "cost"
    assert label_of(edit_metadata(renamed, columns="cost", fields="Clear label")) is None
    assert "force" not in columns_with(edit_metadata(renamed, columns="force", fields="Clear feature"), "feature")
    moved = edit_metadata(labelled, columns="power", fields="Label")
    assert roles_of(moved) == {"price": "feature", "power": "label"}
    categorical = edit_metadata(cars, columns="origin", categorical="Make Categorical")
    assert categorical["origin"].dtype == "category"
    assert (
        edit_metadata(categorical, columns="origin", categorical="Make non-categorical")["origin"].dtype
        == cars["origin"].dtype
    )


def test_edit_metadata_refuses_values_that_a_type_cannot_hold(cars):
    with pytest.raises(errors.ValuesError, match="'origin' can't be Double"):
        edit_metadata(cars, columns="origin", data_type="Double")
    with pytest.raises(errors.ValuesError, match="neither true nor false"):
        edit_metadata(cars, columns="origin", data_type="Boolean")


def test_edit_metadata_refuses_names_that_do_not_fit(cars):
    with pytest.raises(errors.WrongColumnCount, match="new names"):
        edit_metadata(cars, columns=["power", "weight"], new_names="one")
    with pytest.raises(errors.DuplicateColumns, match="price"):
        edit_metadata(cars, columns="power", new_names="price")


# Joins


LEFT = pd.DataFrame({"id": [1, 2, 3], "v": ["a", "b", "c"]})
RIGHT = pd.DataFrame({"key": [2, 3, 3, 4], "v": ["x", "y", "z", "w"]})


@pytest.mark.parametrize(
    ("kind", "how"), [("Inner Join", "inner"), ("Left Outer Join", "left"), ("Full Outer Join", "outer")]
)
def test_joins_give_what_pandas_gives(kind, how, run):
    result = join_data(LEFT, RIGHT, left_keys="id", right_keys="key", join_type=kind)
    expected = LEFT.merge(RIGHT, how=how, left_on="id", right_on="key", suffixes=("", " (1)"))
    assert list(result.columns) == list(expected.columns)
    assert_frame_equal(result, expected, check_dtype=False)
    assert run.get_metrics() == {"rows": len(expected), "left_rows_matched": 2, "right_rows_matched": 3}


def test_a_semi_join_keeps_left_rows_that_have_a_match():
    result = join_data(LEFT, RIGHT, left_keys="id", right_keys="key", join_type="Left Semi-Join")
    assert result.to_dict("list") == {"id": [2, 3], "v": ["b", "c"]}


def test_keys_may_differ_in_case_and_missing_keys_match_nothing():
    left, right = pd.DataFrame({"k": ["A", None]}), pd.DataFrame({"q": ["a", None]})
    assert len(join_data(left, right, left_keys="k", right_keys="q")) == 0
    assert len(join_data(left, right, left_keys="k", right_keys="q", match_case=False)) == 1


def test_keys_are_paired_in_the_order_in_which_they_are_named():
    left, right = pd.DataFrame({"a": [1], "b": ["x"]}), pd.DataFrame({"q": ["x"], "p": [1]})
    assert len(join_data(left, right, left_keys=["a", "b"], right_keys=["p", "q"])) == 1
    assert len(join_data(left, right, left_keys=["b", "a"], right_keys=["q", "p"])) == 1


def test_right_keys_can_be_left_out():
    result = join_data(LEFT, RIGHT, left_keys="id", right_keys="key", keep_right_keys=False)
    assert list(result.columns) == ["id", "v", "v (1)"]


def test_keys_of_different_types_are_told():
    with pytest.raises(errors.WrongColumnType, match="'v' must be of the same type"):
        join_data(LEFT, RIGHT, left_keys="id", right_keys="v")


def test_different_numbers_of_keys_are_told():
    with pytest.raises(errors.WrongColumnCount, match="as on the left"):
        join_data(LEFT, RIGHT, left_keys="id", right_keys=["key", "v"])


# Scales and bins


@pytest.mark.parametrize(
    ("method", "formula"),
    [
        ("ZScore", lambda x: (x - x.mean()) / x.std(ddof=0)),
        ("MinMax", lambda x: (x - x.min()) / (x.max() - x.min())),
        ("Logistic", special.expit),
        ("Tanh", np.tanh),
        ("LogNormal", lambda x: stats.lognorm(np.log(x).std(ddof=0), scale=np.exp(np.log(x).mean())).cdf(x)),
    ],
)
def test_normalization_follows_its_formula(cars, method, formula):
    result, transformation = normalize_data(cars, method=method, columns=["weight"])
    assert result["weight"].to_numpy() == pytest.approx(formula(cars["weight"]))
    assert_frame_equal(apply_transformation(transformation, cars), result)


def test_constant_columns_become_zero_or_missing(run):
    frame = pd.DataFrame({"c": [5.0, 5.0]})
    assert normalize_data(frame)[0]["c"].tolist() == [0.0, 0.0]
    assert normalize_data(frame, zero_for_constant=False)[0]["c"].isna().all()
    assert normalize_data(frame, method="MinMax")[0]["c"].tolist() == [0.0, 0.0]


def test_normalizing_text_is_refused(cars):
    with pytest.raises(errors.NotNumeric, match="origin"):
        normalize_data(cars, columns="origin")


def test_a_logarithm_needs_positive_values():
    with pytest.raises(errors.ValuesError, match="LogNormal"):
        normalize_data(pd.DataFrame({"a": [0.0, 1.0]}), method="LogNormal")


def test_quantile_bins_hold_as_many_rows():
    frame = pd.DataFrame({"a": np.arange(100.0)})
    result, _ = group_data_into_bins(frame, bins=4, quantile_values="Quantile Index")
    assert result["a_quantized"].value_counts().sort_index().tolist() == [25, 25, 25, 25]
    assert result["a_quantized"].dtype == "category"
    percent, _ = group_data_into_bins(frame, bins=4, output="Inplace", categorical=False)
    assert sorted(percent["a"].unique()) == [25.0, 50.0, 75.0, 100.0]


def test_equal_width_and_custom_bins_are_cut_at_their_edges():
    frame = pd.DataFrame({"a": [0.0, 1.0, 5.0, 9.0, 10.0, None]})
    width, _ = group_data_into_bins(frame, mode="Equal Width", bins=2, output="Result Only", categorical=False)
    assert width["a_quantized"].tolist()[:5] == [1, 1, 1, 2, 2]
    custom, binning = group_data_into_bins(frame, mode="Custom Edges", edges="1, 9", categorical=False)
    assert custom["a_quantized"].tolist()[:5] == [1, 1, 2, 2, 3]
    assert custom["a_quantized"].isna().tolist() == [False] * 5 + [True]
    assert apply_transformation(binning, pd.DataFrame({"a": [100.0]}))["a_quantized"].tolist() == [3]
    steps, _ = group_data_into_bins(
        frame, mode="Equal Width With Custom Start and Stop", first_edge=0, width=5, last_edge=10, categorical=False
    )
    assert steps["a_quantized"].tolist()[:5] == [1, 2, 2, 3, 3]


def test_edges_that_are_no_numbers_are_refused(cars):
    with pytest.raises(errors.BadExpression, match="low"):
        group_data_into_bins(cars, columns="power", mode="Custom Edges", edges="low, high")


@pytest.mark.parametrize("substitute", ["Threshold", "Mean", "Median", "Missing"])
def test_values_beyond_the_bounds_are_clipped(substitute, run):
    frame = pd.DataFrame({"a": [-5.0, 1.0, 2.0, 3.0, 99.0]})
    result = clip_values(
        frame, thresholds="ClipPeaksAndSubpeaks", upper_constant=10, lower_constant=0,
        upper_substitute=substitute, lower_substitute=substitute, indicators=True,
    )  # fmt: skip
    low, high = {"Threshold": (0, 10), "Mean": (2, 2), "Median": (2, 2), "Missing": (None, None)}[substitute]
    assert [None if np.isnan(x) else x for x in result["a"]] == [low, 1, 2, 3, high]
    assert result["a_clipped_flag"].tolist() == [True, False, False, False, True]
    assert run.get_metrics()["values_clipped"] == 2


def test_clipping_at_percentiles_is_numpys():
    frame = pd.DataFrame({"a": np.arange(101.0)})
    result = clip_values(frame, threshold="Percentile", upper_percentile=90, overwrite=False)
    assert result["a_clipped"].max() == np.percentile(frame["a"], 90)
    assert result["a"].max() == 100


def test_a_lower_bound_above_the_upper_one_is_refused(cars):
    with pytest.raises(errors.BadExpression, match="above the upper"):
        clip_values(cars, thresholds="ClipPeaksAndSubpeaks", upper_constant=1, lower_constant=2)


# Mathematics and SQL


@pytest.mark.parametrize("name", [name for names in CHOICES.values() for name in names])
def test_every_function_gives_numbers_for_numbers_in_its_domain(name):
    x = np.array([0.25, 0.5, 0.75])
    inside = x + 2 if name in ("Acosh", "Acoth", "Acsc", "AcscDegrees", "Asec", "AsecDegrees") else x
    second = (np.array([2.0]),) if name in TWO_ARGUMENTS else ()
    if name in ("GammaRegularizedPInverse", "GammaRegularizedQInverse"):
        second = (np.array([0.5]),)
    assert np.isfinite(function(name)(inside, *second)).all()


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("CubeRoot", (-8.0,), -2.0), ("NthRoot", (-27.0, 3.0), -3.0), ("Factorial", (5.0,), 120.0),
        ("DoubleFactorial", (7.0,), 105.0), ("Hypotenuse", (3.0, 4.0), 5.0), ("SqrtPi", (4.0,), 2 * np.sqrt(np.pi)),
        ("Log", (8.0, 2.0), 3.0), ("Quotient", (7.0, 2.0), 3.0), ("Mod", (7.0, 4.0), 3.0),
        ("RoundUp", (1.234, 1.0), 1.3), ("RoundDown", (1.29, 1.0), 1.2), ("ToEven", (3.0,), 4.0), ("ToOdd", (4.0,), 5.0),
        ("ToMultiple", (7.0, 5.0), 5.0), ("CeilingPower2", (5.0,), 8.0), ("PairMax", (1.0, 2.0), 2.0),
        ("SinDegrees", (90.0,), 1.0), ("AcosDegrees", (0.0,), 90.0), ("Sinc", (np.pi / 2,), 2 / np.pi),
        ("Sech", (0.0,), 1.0), ("Beta", (2.0, 3.0), 1 / 12), ("ErfcInverse", (1.0,), 0.0), ("PolyGamma", (1.0, 1.0), np.pi**2 / 6),
        ("ExponentialIntegralEin", (1.0,), 0.7965995992970531),
    ],
)  # fmt: skip
def test_functions_have_their_textbook_values(name, arguments, expected):
    assert float(function(name)(*(np.array(one) for one in arguments))) == pytest.approx(expected)


def test_results_are_named_after_function_and_columns(run):
    frame = pd.DataFrame({"Col1": [1.0, 2.0], "Col2": [3.0, 4.0]})
    added = apply_math_operation(
        frame, category="Operations", operations="Add", columns="Col2", second_type="ColumnSet", second_columns="Col1"
    )
    assert added["Add(Col2_Col1)"].tolist() == [4.0, 6.0]
    compared = apply_math_operation(frame, category="Compare", columns="Col2", constant=3, output="ResultOnly")
    assert compared.to_dict("list") == {"Equals(Col2_$3)": [True, False]}
    assert apply_math_operation(frame, columns="Col1", output="Inplace")["Col1"].tolist() == [1.0, 2.0]
    logs = apply_math_operation(frame - 1, basic="Ln", output="ResultOnly")
    assert logs["Ln(Col1)"].tolist() == [-np.inf, 0.0]
    assert run.get_metrics()["undefined_values"][-1] == 1


def test_mathematics_of_text_is_refused(cars):
    with pytest.raises(errors.NotNumeric, match="origin"):
        apply_math_operation(cars, columns="origin")


@pytest.mark.parametrize("engine", ["SQLite", "DuckDB"])
def test_sql_sees_all_three_tables(engine, run):
    extra = pd.DataFrame({"id": [1], "n": [10]})
    query = "select t1.id, t2.v, t3.n from t1 join t2 on t1.id = t2.key left join t3 on t3.id = t1.id order by 1, 2"
    result = apply_sql_transformation(LEFT, RIGHT, extra, query=query, engine=engine)
    assert result["v"].tolist() == ["x", "y", "z"]
    assert run.get_metrics() == {"rows": 3, "columns": 3}


def test_roles_survive_a_query(cars):
    labelled = with_role(cars, ["price"], "label")
    assert label_of(apply_sql_transformation(labelled, query="select price, power from t1")) == "price"


def test_dates_and_truths_survive_sqlite():
    frame = pd.DataFrame({"when": pd.to_datetime(["2020-01-02", "2021-03-04"]), "ok": [True, False]})
    result = apply_sql_transformation(frame, query="select * from t1 where ok; select * from t1")
    assert_frame_equal(result, frame, check_dtype=False)
    assert result["ok"].dtype == bool


@pytest.mark.parametrize("engine", ["SQLite", "DuckDB"])
def test_wrong_sql_says_what_is_wrong(engine):
    with pytest.raises(errors.BadExpression, match="nothing"):
        apply_sql_transformation(LEFT, query="select nothing from t1", engine=engine)


def test_a_query_cannot_attach_another_database():
    with pytest.raises(errors.BadExpression, match="authorized"):
        apply_sql_transformation(LEFT, query="attach '/tmp/other.db' as other; select 1")


# Splits and samples


@given(rows=st.integers(0, 300), fraction=st.floats(0, 1), seed=st.integers(0, 2**32 - 1), randomized=st.booleans())
def test_a_split_gives_every_row_once_and_the_right_share(rows, fraction, seed, randomized):
    frame = pd.DataFrame({"n": np.arange(rows)})
    first, second = split_data(frame, fraction=fraction, seed=seed, randomized=randomized)
    assert sorted([*first["n"], *second["n"]]) == list(range(rows))
    assert abs(len(first) - fraction * rows) <= 1
    again, _ = split_data(frame, fraction=fraction, seed=seed, randomized=randomized)
    assert_frame_equal(first, again)


def test_a_stratified_split_keeps_shares(flowers, run):
    first, _second = split_data(flowers, fraction=0.25, stratified=True, stratification_column="kind")
    assert first["kind"].value_counts().tolist() == [10, 10, 10]
    assert run.get_metrics() == {"rows_1": 30, "rows_2": 90}


def test_rows_are_split_by_a_regular_expression():
    frame = pd.DataFrame({"name": ["ford a", "bmw", None, "a ford"]})
    first, second = split_data(frame, splitting_mode="Regular Expression", regular_expression='\\"name" ^ford')
    assert first["name"].tolist() == ["ford a"]
    assert len(second) == 3


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ('\\"n" > 3', [4, 5]), ('"n" >= 3 & "t" == a', [3, 5]), ("(\\1) < 2", [1]), ('"t" != a', [2, 4]), ('"n" <> 3', [1, 2, 4, 5]),
        ('"d" > 2020-01-03', [4, 5]),
    ],
)  # fmt: skip
def test_rows_are_split_by_comparisons(expression, kept):
    frame = pd.DataFrame({"n": [1, 2, 3, 4, 5], "t": list("abaca"), "d": pd.date_range("2020-01-01", periods=5)})
    frame.loc[3, "t"] = "c"
    first, _ = split_data(frame, splitting_mode="Relative Expression", relational_expression=expression)
    assert first["n"].tolist() == kept


@pytest.mark.parametrize(
    ("expression", "message"),
    [("n > 3", "in quotes"), ('"n" ~ 3', "expected one of"), ('"n" > many', "no value"), ('"m" > 3', "no column 'm'")],
)
def test_an_expression_that_cannot_be_read_says_how_to_write_it(expression, message):
    with pytest.raises(errors.ModuleError, match=message):
        split_data(pd.DataFrame({"n": [1]}), splitting_mode="Relative Expression", relational_expression=expression)


def test_a_recommender_split_tests_on_what_is_left_of_test_users():
    users, items = np.repeat(np.arange(20), 8), np.tile(np.arange(8), 20)
    ratings = pd.DataFrame({"user": users, "item": items, "rating": 1.0})
    train, test = split_data(ratings, splitting_mode="Recommender Split")
    only_training = set(train["user"]) - set(test["user"])
    assert len(only_training) == 10
    assert len(train) + len(test) == len(ratings)
    assert (test.groupby("user").size() == 6).all()
    train, test = split_data(ratings, splitting_mode="Recommender Split", cold_items=0.5, ignored_users=0.5)
    assert len(set(train["item"]) & set(test["item"])) == 4
    assert len(set(train["user"]) | set(test["user"])) == 10


def test_a_stratified_split_needs_a_column(cars):
    with pytest.raises(errors.NoColumnsSelected, match="Stratification"):
        split_data(cars, stratified=True)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=200), st.integers(1, 8))
def test_folds_are_even_within_every_stratum(letters, count):
    frame = pd.DataFrame({"letter": letters})
    result = partition_and_sample(
        frame, mode="Assign to Folds", fold_count=count, stratified=True, stratification_column="letter"
    )
    sizes = pd.crosstab(result["letter"], result["Fold Number"]).reindex(columns=range(1, count + 1), fill_value=0)
    assert (sizes.max(axis=1) - sizes.min(axis=1) <= 1).all()


def test_folds_are_picked_and_their_number_is_used_up(cars):
    folds = partition_and_sample(cars, mode="Assign to Folds", fold_count=3)
    assert columns_with(folds, "none") == ["Fold Number"]
    picked = partition_and_sample(folds, mode="Pick Fold", fold=2)
    rest = partition_and_sample(folds, mode="Pick Fold", fold=2, complement=True)
    assert (len(picked), len(rest)) == (20, 40)
    assert list(picked.columns) == list(cars.columns)


def test_folds_of_given_proportions(cars):
    folds = partition_and_sample(
        cars, mode="Assign to Folds", partitioner="Partition with customized proportions", proportions="0.5, 0.2"
    )
    assert folds["Fold Number"].value_counts().sort_index().tolist() == [30, 12, 18]


def test_folds_in_the_order_of_rows_and_with_replacement(cars):
    ordered = partition_and_sample(cars, mode="Assign to Folds", randomized=False, fold_count=2)
    assert ordered["Fold Number"].tolist() == [1] * 30 + [2] * 30
    drawn = partition_and_sample(cars, mode="Assign to Folds", replacement=True)
    assert len(drawn) == 60
    assert drawn["power"].nunique() < 60


def test_sampling_and_head(cars):
    assert len(partition_and_sample(cars, rate=0.5)) == 30
    assert_frame_equal(partition_and_sample(cars, mode="Head", head_rows=3), cars.head(3))


def test_a_fold_that_is_not_there_is_told(cars):
    with pytest.raises(errors.ColumnNotFound, match="assign its rows"):
        partition_and_sample(cars, mode="Pick Fold")
    folds = partition_and_sample(cars, mode="Assign to Folds", fold_count=2)
    with pytest.raises(errors.ValuesError, match="the folds are: 1, 2"):
        partition_and_sample(folds, mode="Pick Fold", fold=3)


def test_proportions_above_one_are_refused(cars):
    with pytest.raises(errors.BadExpression, match="add up"):
        partition_and_sample(
            cars, mode="Assign to Folds", partitioner="Partition with customized proportions", proportions="0.9, 0.9"
        )


# SMOTE


def test_smote_adds_rows_between_neighbours_as_imbalanced_learn_does(run):
    from imblearn.over_sampling import SMOTE

    draw = np.random.default_rng(3)
    frame = pd.DataFrame({"a": draw.normal(size=40), "b": draw.normal(size=40), "y": ["no"] * 30 + ["yes"] * 10})
    result = smote(frame, label="y", percentage=200, neighbors=3, seed=5)
    expected, _ = SMOTE(sampling_strategy={"yes": 30}, k_neighbors=3, random_state=5).fit_resample(
        frame[["a", "b"]], frame["y"]
    )
    assert result["y"].value_counts().to_dict() == {"no": 30, "yes": 30}
    assert_frame_equal(result[["a", "b"]], expected)
    assert run.get_metrics() == {"rows_added": 20, "minority_share_before": 0.25, "minority_share_after": 0.5}


def test_smote_keeps_text_columns_to_known_values():
    frame = pd.DataFrame({"a": np.arange(12.0), "t": list("xxyyxxyyxxyy"), "y": [0] * 8 + [1] * 4})
    result = smote(frame, label="y")
    assert len(result) == 16
    assert set(result["t"]) == {"x", "y"}
    assert result.dtypes.equals(frame.dtypes)


def test_smote_refuses_gaps_one_class_and_too_few_rows(gaps):
    with pytest.raises(errors.OneClassLabel):
        smote(pd.DataFrame({"a": [1.0, 2.0], "y": [0, 0]}), label="y")
    with pytest.raises(errors.TooFewRows, match="neighbours"):
        smote(pd.DataFrame({"a": [1.0, 2.0, 3.0], "y": [0, 0, 1]}), label="y")
    with pytest.raises(errors.ValuesError, match="Clean Missing Data"):
        smote(pd.DataFrame({"a": [1.0, None, 3.0, 4.0, 5.0], "y": [0, 0, 0, 1, 1]}), label="y")
