"""What can be wrong with the data, model or script that a module got; the message says what would fit.

    ModuleError
    ├── ColumnError ── ColumnNotFound, NoColumnsSelected, WrongColumnCount, DuplicateColumns, MismatchedColumns
    ├── ValuesError ── NotNumeric, WrongColumnType, Infinite, AllMissing, TooManyValues, DuplicateKeys
    ├── SizeError ──── TooFewRows, TooFewColumns
    ├── LabelError ─── NoLabel, OneClassLabel, TooManyClasses, UnknownClasses, NotScored
    ├── ModelError ─── UntrainedModelGiven, TasksDiffer, UnfitModel
    └── InputError ─── BadExpression, BadFile, ScriptFailed, ProgramMissing

Elsewhere: a missing optional library (`designer.MissingExtraError`).
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from designer import DesignerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHOWN = 12


def listed(names: Iterable[object]) -> str:
    """Names for a message: the first dozen, and how many more there are."""
    names = [str(name) for name in names]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "none"


class ModuleError(DesignerError):
    """A module can't do its work with what it was given."""


class ColumnError(ModuleError):
    """The wrong columns."""


class ValuesError(ModuleError):
    """The wrong values in a column."""


class SizeError(ModuleError):
    """Too little data."""


class LabelError(ModuleError):
    """The label or the scores don't suit the task."""


class ModelError(ModuleError):
    """The wrong model."""


class InputError(ModuleError):
    """A text, file or program that can't be used."""


class ColumnNotFound(ColumnError):
    """A picked column isn't in the dataset."""

    def __init__(self, column: object, columns: Sequence[object], where: str = "the dataset") -> None:
        self.column, self.columns = column, list(columns)
        self.close = get_close_matches(str(column), [str(name) for name in columns], n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(map(repr, self.close))}? " if self.close else ""
        super().__init__(f"no column {column!r} in {where}: {hint}its columns are: {listed(columns)}")


class NoColumnsSelected(ColumnError):
    """A column picker that must pick something picked nothing."""

    def __init__(self, parameter: str, columns: Sequence[object]) -> None:
        super().__init__(f"{parameter!r} picks no column; the dataset's columns are: {listed(columns)}")


class WrongColumnCount(ColumnError):
    """A column picker picked more or fewer columns than the module works on."""

    def __init__(self, parameter: str, picked: Sequence[object], expected: str) -> None:
        super().__init__(f"{parameter!r} must pick {expected}, but picks {len(picked)}: {listed(picked)}")


class DuplicateColumns(ColumnError):
    """Two columns of one name."""

    def __init__(self, names: Sequence[object]) -> None:
        super().__init__(
            f"the dataset has several columns named {listed(names)}; give them different names where they are made"
        )


class MismatchedColumns(ColumnError):
    """A dataset lacks columns that the model, transformation or other dataset has."""

    def __init__(self, missing: Sequence[object], needed_by: str, columns: Sequence[object]) -> None:
        self.missing = list(missing)
        super().__init__(
            f"the dataset lacks {listed(missing)}, needed by {needed_by}; its columns are: {listed(columns)}"
        )


class NotNumeric(ValuesError):
    """A column must hold numbers."""

    def __init__(self, column: object, dtype: object, action: str) -> None:
        super().__init__(
            f"cannot {action} column {column!r}: it is not numeric but {dtype}; "
            "leave it out, or set its data type in Edit Metadata"
        )


class WrongColumnType(ValuesError):
    """A column's values are not of the type that is needed."""

    def __init__(self, column: object, found: object, needed: str) -> None:
        super().__init__(f"column {column!r} must be {needed}, but is {found}")


class Infinite(ValuesError):
    """A column holds values too large to calculate with."""

    def __init__(self, column: object, action: str) -> None:
        super().__init__(
            f"cannot {action} column {column!r}: it holds infinite values, or such as are too large to calculate with; "
            "bring them back with Clip Values, or leave the column out"
        )


class AllMissing(ValuesError):
    """A column holds missing values only."""

    def __init__(self, columns: Sequence[object]) -> None:
        self.columns = list(columns)
        super().__init__(
            f"every value is missing in: {listed(columns)}; "
            "take it out with Clean Missing Data (remove entire column) or Select Columns in Dataset"
        )


class TooManyValues(ValuesError):
    """A categorical column has more distinct values than can be worked on."""

    def __init__(self, column: object, count: int, most: int) -> None:
        super().__init__(f"column {column!r} has {count:,} distinct values, more than {most:,}; group or leave it out")


class DuplicateKeys(ValuesError):
    """Rows that must be unique are not."""

    def __init__(self, what: str, example: object) -> None:
        super().__init__(f"{what} must be unique, but one comes twice: {example}; see Remove Duplicate Rows")


class TooFewRows(SizeError):
    """The dataset has not enough rows."""

    def __init__(self, rows: int, needed: int, purpose: str) -> None:
        super().__init__(f"{rows} row{'' if rows == 1 else 's'}, but {purpose} needs at least {needed}")


class TooFewColumns(SizeError):
    """The dataset has not enough columns."""

    def __init__(self, columns: int, needed: int, purpose: str) -> None:
        super().__init__(f"{columns} column{'' if columns == 1 else 's'}, but {purpose} needs at least {needed}")


class NoLabel(LabelError):
    """The dataset has no label column."""

    def __init__(self, columns: Sequence[object]) -> None:
        super().__init__(f"no label column; pick one, or set it in Edit Metadata; the columns are: {listed(columns)}")


class OneClassLabel(LabelError):
    """A label with one class only teaches nothing."""

    def __init__(self, column: object, value: object) -> None:
        super().__init__(f"label {column!r} has one class only ({value!r}); training and AUC need at least two")


class TooManyClasses(LabelError):
    """A two-class learner met a label of more classes."""

    def __init__(self, column: object, classes: Sequence[object]) -> None:
        super().__init__(
            f"label {column!r} has {len(classes)} classes ({listed(classes)}), but this learner tells two apart; "
            "use a multiclass learner, or put it into One-vs-All Multiclass"
        )


class UnknownClasses(LabelError):
    """The label's values are none of the classes that the model was trained on."""

    def __init__(self, column: object, found: Sequence[object], classes: Sequence[object]) -> None:
        super().__init__(
            f"label {column!r} holds none of the classes that the model knows ({listed(classes)}), but {listed(found)}; "
            "give it the type and values of the training data (Edit Metadata)"
        )


class NotScored(LabelError):
    """A dataset that should have been scored has no score columns."""

    def __init__(self, columns: Sequence[object]) -> None:
        super().__init__(f"no score column; pass the dataset through Score Model first; columns: {listed(columns)}")


class UntrainedModelGiven(ModelError):
    """An untrained model where a trained one is needed."""

    def __init__(self, found: object) -> None:
        super().__init__(f"needs a trained model, but got {found}; train it in Train Model first")


class TasksDiffer(ModelError):
    """Two scored datasets of different kinds can't be compared."""

    def __init__(self, left: str, right: str) -> None:
        super().__init__(
            f"the left dataset holds scores of the task {left}, the right one of {right}; compare models of one kind"
        )


class UnfitModel(ModelError):
    """A model of the wrong kind for this module."""


class BadExpression(InputError):
    """A text in a parameter can't be read."""

    def __init__(self, text: str, problem: str, example: str) -> None:
        super().__init__(f"cannot read {text!r}: {problem}; write it like {example}")


class BadFile(InputError):
    """A file can't be read, or not as what it should be."""


class ScriptFailed(InputError):
    """The user's script raised; says where in the script."""


class ProgramMissing(InputError):
    """A program that the module calls is not on this machine."""
