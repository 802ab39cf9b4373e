"""The steps of Preprocess Text, each a function from text to text. Elsewhere: their order and switches (the module)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from designer import MissingExtraError, lazy_import

SENTENCE_MARK = "|||"

_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_URL = re.compile(r"\b(?:https?://|ftp://|www\.)\S+?(?=[.,;:!?)]*(?:\s|$))", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.])[+-]?\d+(?:[.,]\d+)*(?![\w])")
_SPECIAL = re.compile(r"[^\w\s|]+|_+", re.UNICODE)
_REPEATED = re.compile(r"(\w)\1{2,}")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|etc|e\.g|i\.e|No|Inc|Ltd|Co|[A-Z])\.$")
_SPACES = re.compile(r"\s+")
_WORD = re.compile(r"\w+(?:'\w+)?", re.UNICODE)

_CONTRACTIONS = {
    "can't": "can not", "won't": "will not", "shan't": "shall not", "let's": "let us", "y'all": "you all",
    "ain't": "is not", "it's": "it is", "that's": "that is", "there's": "there is", "here's": "here is",
    "what's": "what is", "who's": "who is", "where's": "where is", "how's": "how is", "he's": "he is",
    "she's": "she is", "'twas": "it was", "gonna": "going to",
    "wanna": "want to", "gotta": "got to",
}  # fmt: skip
_ENDINGS = (("n't", " not"), ("'re", " are"), ("'ve", " have"), ("'ll", " will"), ("'d", " would"), ("'m", " am"))


def expand_contractions(text: str) -> str:
    """don't → do not; he's → he is."""

    def expanded(found: re.Match[str]) -> str:
        word = found[0]
        low = word.lower()
        if low in _CONTRACTIONS:
            return _CONTRACTIONS[low]
        for ending, full in _ENDINGS:
            if low.endswith(ending) and len(low) > len(ending):
                return word[: -len(ending)] + full
        return word

    return _WORD.sub(expanded, text.replace("’", "'"))


def remove_emails(text: str) -> str:
    """Without e-mail addresses."""
    return _EMAIL.sub(" ", text)


def remove_urls(text: str) -> str:
    """Without http, ftp and www addresses."""
    return _URL.sub(" ", text)


def remove_numbers(text: str) -> str:
    """Without numbers that stand by themselves: 4 and 3.14, but not the one in covid19."""
    return _NUMBER.sub(" ", text)


def remove_special(text: str) -> str:
    """Without signs that are no letters or digits."""
    return _SPECIAL.sub(" ", text)


def remove_repeats(text: str) -> str:
    """Of a letter three times or more in a row, two: sooooo → soo."""
    return _REPEATED.sub(r"\1\1", text)


def split_on_special(text: str) -> str:
    """Words with signs within become several: MS-WORD → MS WORD."""
    return re.sub(r"(?<=\w)[^\w\s'|]+(?=\w)", " ", text)


def backslashes_to_slashes(text: str) -> str:
    """Each backslash as a slash."""
    return text.replace("\\", "/")


def mark_sentences(text: str) -> str:
    """A mark between sentences; known abbreviations end none."""
    parts, start = [], 0
    for found in _SENTENCE_END.finditer(text):
        if not _ABBREVIATION.search(text[start : found.start()]):
            parts.append(text[start : found.start()])
            start = found.end()
    return f" {SENTENCE_MARK} ".join([*parts, text[start:]])


def without_words(text: str, words: frozenset[str]) -> str:
    """Without these words, whatever their case."""
    return " ".join(word for word in text.split() if word.lower().strip(".,;:!?\"'()") not in words)


def lemmatized(text: str) -> str:
    """Each word in its basic form: children → child, running → run."""
    lemma = _lemmatizer()
    return _WORD.sub(lambda found: lemma(found[0]), text)


def tidy(text: str) -> str:
    """Single spaces."""
    return _SPACES.sub(" ", text).strip()


def english_stop_words() -> frozenset[str]:
    """scikit-learn's 318 English stop words."""
    return lazy_import("sklearn.feature_extraction.text").ENGLISH_STOP_WORDS


@cache
def _lemmatizer() -> Any:
    try:
        import simplemma  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("simplemma", extra="text") from error
    return cache(lambda word: simplemma.lemmatize(word, lang="en"))
