"""Plain data as YAML text and back, fast and with a strict reading: JSON's kinds of data, no key twice, no endless nesting.

Elsewhere: what the data means (document.py). Import this only where YAML is read or written: it takes 50 ms to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, where there is one, is ten times as fast
_DEEPEST = 100  # far beyond any document, far below what makes Python or libyaml overflow
_LARGEST = 5_000_000  # values, counting what aliases stand for: a small text may stand for more than memory holds
_TAG = "tag:yaml.org,2002:"
_LINE_MARKS = "\r\x85\u2028\u2029\ufeff"


class YamlError(ValueError):
    """A text that is no YAML, or not of the strict kind; `key` is the key that is there twice, if that is what is wrong."""

    def __init__(self, message: str, mark: Any = None, key: str | None = None) -> None:
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
        super().__init__(where + message)
        self.where = where
        self.key = key


def load(text: str) -> Any:
    """The data of a YAML text. Raises `YamlError` with the line.

    Dates are the texts that they are, as in JSON; tags other than those of JSON's kinds of data are refused.
    """
    try:
        return _Reading(text).document()
    except yaml.MarkedYAMLError as error:
        message = " ".join(part for part in (error.problem, error.context) if part)
        raise YamlError(message, error.problem_mark or error.context_mark) from error
    except yaml.YAMLError as error:
        raise YamlError(str(error).partition("\n")[0]) from error


def dump(data: Any) -> str:
    """The YAML text of plain data, always the same for the same data."""
    return str(yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


class _Dumper(yaml.SafeDumper):
    """Short lists on one line, texts of several lines as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: _Dumper, value: str) -> Any:
    if any(mark in value for mark in _LINE_MARKS):  # a reader would make a plain newline of them
        style = '"'
    else:
        style = "|" if "\n" in value and all(line == line.rstrip() for line in value.split("\n")) else ""
    return dumper.represent_scalar(f"{_TAG}str", value, style=style or None)


def _sequence(dumper: _Dumper, value: Any) -> Any:
    flat = all(isinstance(item, (int, float)) for item in value)
    return dumper.represent_sequence(f"{_TAG}seq", value, flow_style=flat)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(tuple, _sequence)


class _Merge:
    """The key `<<`: the mappings in its value are merged into the one around."""


class _Reading:
    """Builds the data from the parser's events, which know their lines and don't nest."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_PARSER)
        self._anchors: dict[str, tuple[Any, int]] = {}  # anchor -> value and how many values are in it
        self._open: set[str] = set()  # anchors of what is being read
        self._plain: dict[str, Any] = {}  # plain scalars that were read before; most occur many times
        self._count = 0

    def document(self) -> Any:
        """The one document of the text; None when there is none."""
        next(self._events)  # the stream's start
        if isinstance(next(self._events), StreamEndEvent):
            return None
        data = self._value(next(self._events), 0)
        next(self._events)  # the document's end
        after = next(self._events)
        if not isinstance(after, StreamEndEvent):
            raise YamlError("another document begins; a file holds one", after.start_mark)
        return None if data is _Merge else data

    def _value(self, event: Any, depth: int) -> Any:
        if isinstance(event, AliasEvent):
            return self._alias(event)
        before = self._count
        self._add(1, event)
        if event.anchor is not None:
            self._open.add(event.anchor)
        if isinstance(event, ScalarEvent):
            value = self._scalar(event)
        elif depth >= _DEEPEST:
            raise YamlError("the document nests too deeply", event.start_mark)
        elif isinstance(event, MappingStartEvent):
            value = self._mapping(event, depth)
        else:
            value = self._sequence(event, depth)
        if event.anchor is not None:
            self._open.discard(event.anchor)
            self._anchors[event.anchor] = value, self._count - before
        return value

    def _alias(self, event: AliasEvent) -> Any:
        name = event.anchor
        if name in self._open:
            raise YamlError(f"the alias {name} is recursive: it stands for what it is in", event.start_mark)
        if name not in self._anchors:
            raise YamlError(f"no anchor {name} for this alias", event.start_mark)
        value, count = self._anchors[name]
        self._add(count, event)
        return value

    def _add(self, count: int, event: Any) -> None:
        self._count += count
        if self._count > _LARGEST:
            raise YamlError("the document's aliases stand for too much data", event.start_mark)

    def _sequence(self, start: SequenceStartEvent, depth: int) -> list[Any]:
        self._allow(start, "seq")
        items = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            item = self._value(event, depth + 1)
            items.append("<<" if item is _Merge else item)
        return items

    def _mapping(self, start: MappingStartEvent, depth: int) -> dict[Any, Any]:
        self._allow(start, "map")
        own: dict[Any, Any] = {}
        merged: dict[Any, Any] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(event, depth + 1)
            value = self._value(next(self._events), depth + 1)
            if key is _Merge:
                merged = {**self._mappings(value, event), **merged}
            elif not isinstance(key, (str, int, float)):
                raise YamlError("a key is text or a number", event.start_mark)
            elif key in own:
                raise YamlError(f"{str(key)!r} stands there twice", event.start_mark, key=str(key))
            else:
                own[key] = "<<" if value is _Merge else value
        return {**merged, **own} if merged else own

    def _key(self, event: Any, depth: int) -> Any:
        """A key, which is text or a number; `yes`, `off` and `~` are the texts that they are, and so may be names."""
        key = self._value(event, depth)
        return event.value if isinstance(event, ScalarEvent) and (key is None or isinstance(key, bool)) else key

    def _mappings(self, value: Any, event: Any) -> dict[Any, Any]:
        """What `<<` merges: a mapping, or several, of which the earlier wins."""
        found: dict[Any, Any] = {}
        for mapping in value if isinstance(value, list) else [value]:
            if not isinstance(mapping, dict):
                raise YamlError("<< merges mappings only", event.start_mark)
            found = {**mapping, **found}
        return found

    def _scalar(self, event: ScalarEvent) -> Any:
        text: str = event.value
        if event.tag not in (None, "!"):
            kind = self._allow(event, "null", "bool", "int", "float", "str")
            return self._made(kind, text, event)
        if event.tag == "!" or not event.implicit[0]:
            return text
        if text not in self._plain:
            self._plain[text] = self._made(_kind(text), text, event)
        return self._plain[text]

    def _made(self, kind: str, text: str, event: ScalarEvent) -> Any:
        if kind == "str":
            return text
        if kind == "merge":
            return _Merge
        try:
            return _MAKE[kind](_MAKER, yaml.ScalarNode(_TAG + kind, text))
        except (ValueError, KeyError) as error:
            raise YamlError(f"{text!r} is no {kind}", event.start_mark) from error

    def _allow(self, event: Any, *kinds: str) -> str:
        """The kind that a tag names, if it is one of those."""
        tag = event.tag or "!"
        kind = str(tag).removeprefix(_TAG) if tag != "!" else kinds[0]
        if kind not in kinds:
            raise YamlError(f"the tag {tag} is not plain data", event.start_mark)
        return kind


def _kind(text: str) -> str:
    """What a scalar without quotes is."""
    for first in (text[:1], None):
        for kind, pattern in _PATTERNS.get(first, ()):
            if pattern.match(text):
                return str(kind)
    return "str"


_MAKER = SafeConstructor()
_MAKE: dict[str, Any] = {
    "null": SafeConstructor.construct_yaml_null,
    "bool": SafeConstructor.construct_yaml_bool,
    "int": SafeConstructor.construct_yaml_int,
    "float": SafeConstructor.construct_yaml_float,
}
_PATTERNS: dict[str | None, list[tuple[str, Any]]] = {
    first: [(tag.removeprefix(_TAG), pattern) for tag, pattern in pairs if tag.removeprefix(_TAG) in (*_MAKE, "merge")]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
