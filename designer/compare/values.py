"""What differs between two states of what determines a result: parameters, packages, inputs, each as a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def parameter_differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """`parameter fraction 0.7 -> 0.8` for each parameter that differs."""
    texts = []
    for name in dict.fromkeys([*now, *before]):
        if name not in before:
            texts.append(f"parameter {name} is new: {short(now[name])}")
        elif name not in now:
            texts.append(f"parameter {name} is gone; it was {short(before[name])}")
        elif _text(before[name]) != _text(now[name]):
            texts.append(f"parameter {name} {short(before[name])} -> {short(now[name])}")
    return texts


def package_differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """`package scikit-learn 1.8 -> 1.9` for each package whose version differs, is used now, or no longer."""
    texts = []
    for name in dict.fromkeys([*now, *before]):
        was, version = before.get(name), now.get(name)
        if was != version:
            texts.append(f"package {name} {was or 'absent'} -> {version or 'no longer used'}")
    return texts


def file_differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """`file data.csv changed` for each file whose content differs."""
    texts = []
    for path in dict.fromkeys([*now, *before]):
        was, digest = before.get(path), now.get(path)
        if was != digest:
            gone = digest is None or digest == "missing"
            texts.append(f"file {path} {'is gone' if gone else 'is new' if was in (None, 'missing') else 'changed'}")
    return texts


def changed_ports(before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]]) -> list[str]:
    """The input ports into which another content comes, or another number of values."""
    return [port for port in dict.fromkeys([*now, *before]) if list(now.get(port, ())) != list(before.get(port, ()))]


def short(value: Any) -> str:
    """A parameter's value as a line of text."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _text(value: Any) -> str:
    """Equal exactly for equal JSON: 1, 1.0 and true differ; the order of keys doesn't count."""
    return json.dumps(value, sort_keys=True, default=str)
