"""Clean text for counting words. Elsewhere: the steps (_shared/cleaning_text.py)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared import cleaning_text as steps
from modules._shared.columns import STRINGS, OneColumn, is_type, pick_one
from modules._shared.errors import BadExpression, TooFewColumns, WrongColumnType
from modules._shared.frames import single_valued
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Preprocess Text",
    category="Text Analytics",
    version="1",
    metrics=[
        Metric("words_before", unit="words"),
        Metric("words_after", unit="words", pinned=True),
        Metric("empty_texts", unit="rows", pinned=True),
    ],
)
def preprocess_text(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    stop_words: Annotated[
        pd.DataFrame | None, PortInfo(title="Stop words", description="Its first column replaces the built-in list.")
    ] = None,
    *,
    language: Annotated[Literal["English"], param("Language")] = "English",
    column: Annotated[OneColumn, param("Text column to clean")] = STRINGS,
    remove_stop_words: Annotated[bool, param("Remove stop words")] = True,
    lemmatize: Annotated[bool, param("Use lemmatization", "Words in their basic form.")] = True,
    detect_sentences: Annotated[bool, param("Detect sentences", "A mark ||| between sentences.")] = True,
    lowercase: Annotated[bool, param("Normalize case to lowercase")] = True,
    remove_numbers: Annotated[bool, param("Remove numbers")] = True,
    remove_special: Annotated[bool, param("Remove special characters")] = True,
    remove_repeats: Annotated[
        bool, param("Remove duplicate characters", "Of three or more in a row, two stay.")
    ] = True,
    remove_emails: Annotated[bool, param("Remove email addresses")] = True,
    remove_urls: Annotated[bool, param("Remove URLs")] = True,
    expand_contractions: Annotated[bool, param("Expand verb contractions", when={"language": ["English"]})] = True,
    normalize_backslashes: Annotated[bool, param("Normalize backslashes to slashes")] = True,
    split_tokens: Annotated[bool, param("Split tokens on special characters")] = True,
    expression: Annotated[str, param("Custom regular expression", "Replaced before all other steps.")] = "",
    replacement: Annotated[str, param("Custom replacement string")] = "",
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """Append the cleaned text as `Preprocessed COLUMN`. Missing texts stay missing."""
    name = pick_one(dataset, column, "Text column to clean")
    if not is_type(dataset[name], "String"):
        raise WrongColumnType(name, dataset[name].dtype, "text")
    stops = _stop_words(stop_words) if remove_stop_words else frozenset()
    chain: list[Callable[[str], str]] = [
        *([_custom(expression, replacement)] if expression else []),
        *([steps.remove_urls] if remove_urls else []),
        *([steps.remove_emails] if remove_emails else []),
        *([steps.backslashes_to_slashes] if normalize_backslashes else []),
        *([steps.expand_contractions] if expand_contractions else []),
        *([steps.mark_sentences] if detect_sentences else []),
        *([str.lower] if lowercase else []),
        *([steps.remove_numbers] if remove_numbers else []),
        *([steps.split_on_special] if split_tokens else []),
        *([steps.remove_special] if remove_special else []),
        *([steps.remove_repeats] if remove_repeats else []),
        *([lambda text: steps.without_words(text, stops)] if stops else []),
        *([steps.lemmatized] if lemmatize else []),
        steps.tidy,
    ]
    cleaned = (
        single_valued(dataset[name]).map(lambda text: _through(chain, str(text)), na_action="ignore").astype("str")
    )
    run = Run.get_context()
    run.log("words_before", _words(dataset[name]))
    run.log("words_after", _words(cleaned))
    run.log("empty_texts", int((cleaned.isna() | (cleaned == "")).sum()))
    return carried(dataset, dataset.assign(**{f"Preprocessed {name}": cleaned}))


def _through(chain: list[Callable[[str], str]], text: str) -> str:
    for step in chain:
        text = step(text)
    return text


def _custom(expression: str, replacement: str) -> Callable[[str], str]:
    try:
        pattern = re.compile(expression)
        pattern.sub(replacement, "")
    except (re.error, IndexError) as error:
        raise BadExpression(expression, f"{error} in the regular expression", r"#(\w+) with replacement \1") from error
    return lambda text: pattern.sub(replacement, text)


def _stop_words(table: pd.DataFrame | None) -> frozenset[str]:
    if table is None:
        return steps.english_stop_words()
    if not len(table.columns):
        raise TooFewColumns(0, 1, "a list of stop words")
    return frozenset(str(word).strip().lower() for word in table.iloc[:, 0].dropna())


def _words(column: pd.Series) -> int:
    return sum(len(text.split()) for text in column.dropna().astype(str))
