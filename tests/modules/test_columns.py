"""The column picker's rules, and the roles that it can ask for."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from modules._shared.columns import ALL, ColumnPicker, pick, pick_one
from modules._shared.errors import ColumnNotFound, DuplicateColumns, NoColumnsSelected, WrongColumnCount
from modules._shared.roles import carried, columns_with, label_of, with_role

FRAME = with_role(
    with_role(
        pd.DataFrame(
            {
                "id": [1, 2],
                "size": [1.5, 2.5],
                "name": ["a", "b"],
                "when": pd.to_datetime(["2020-01-01", "2020-01-02"]),
                "ok": [True, False],
                "kind": pd.Categorical(["x", "y"]),
                "price": [1.0, 2.0],
                "Scored Labels": [1.0, 2.0],
            }
        ),
        ["price"],
        "label",
    ),
    ["Scored Labels"],
    "score",
)


@pytest.mark.parametrize(
    ("picker", "expected"),
    [
        ("size", ["size"]),
        (["name", "id"], ["id", "name"]),
        ([1, 3], ["id", "name"]),
        ({"exclude": ["price", "Scored Labels", "when"]}, ["id", "size", "name", "ok", "kind"]),
        ({"include": ["size", "name"], "exclude": ["name"]}, ["size"]),
        ({"rules": [{"select": "indices", "values": ["2-3", 5]}]}, ["size", "name", "ok"]),
        ({"rules": [{"select": "types", "values": ["Numeric"]}]}, ["id", "size", "price", "Scored Labels"]),
        ({"rules": [{"select": "types", "values": ["Integer", "DateTime"]}]}, ["id", "when"]),
        ({"rules": [{"select": "types", "values": ["Categorical"]}]}, ["kind"]),
        ({"rules": [{"select": "types", "values": ["Boolean"]}]}, ["ok"]),
        ({"rules": [{"select": "all labels"}]}, ["price"]),
        ({"rules": [{"select": "all scores"}]}, ["Scored Labels"]),
        (
            {"rules": [{"select": "all features"}, {"action": "exclude", "select": "types", "values": ["String"]}]},
            ["id", "size", "when", "ok"],
        ),
        ({"rules": [{"action": "exclude", "values": ["id"]}]}, [name for name in FRAME.columns if name != "id"]),
        ({}, []),
    ],
)
def test_a_picker_picks_by_its_rules_in_the_order_of_the_frame(picker, expected):
    assert ColumnPicker.of(picker).pick(FRAME) == expected


def test_a_name_that_is_not_there_is_told_with_close_matches():
    with pytest.raises(ColumnNotFound, match="did you mean 'price'"):
        pick(FRAME, ["prise"], "Columns")


def test_a_position_beyond_the_last_column_is_told():
    with pytest.raises(ColumnNotFound, match="position 9"):
        pick(FRAME, [9], "Columns")


def test_picking_nothing_or_too_much_is_told():
    with pytest.raises(NoColumnsSelected, match="Label column"):
        pick(FRAME, {}, "Label column")
    with pytest.raises(WrongColumnCount, match="one column"):
        pick_one(FRAME, ["id", "size"], "Label column")


def test_two_columns_of_one_name_are_told():
    with pytest.raises(DuplicateColumns, match="a"):
        pick(pd.DataFrame([[1, 2]], columns=["a", "a"]), ALL, "Columns")


def test_a_rule_of_an_unknown_kind_is_refused_when_it_is_read():
    with pytest.raises(ValidationError):
        ColumnPicker.of({"rules": [{"select": "colour"}]})


@given(st.lists(st.sampled_from(list(FRAME.columns)), unique=True, min_size=1))
def test_including_names_and_excluding_them_are_opposites(names):
    included = ColumnPicker.of(names).pick(FRAME)
    excluded = ColumnPicker.of({"exclude": names}).pick(FRAME)
    assert sorted(included + excluded) == sorted(FRAME.columns)
    assert not set(included) & set(excluded)


@given(st.lists(st.sampled_from(list(FRAME.columns)), unique=True, min_size=1))
def test_a_picker_survives_being_written_and_read(names):
    picker = ColumnPicker.of(names)
    assert ColumnPicker.of(picker.model_dump(mode="json")) == picker


def test_roles_follow_their_columns_through_selection_and_renaming():
    part = carried(FRAME, FRAME[["id", "price"]].rename(columns={"price": "cost"}), {"price": "cost"})
    assert label_of(part) == "cost"
    assert columns_with(part, "score") == []
