"""Figures, images and charts' JSON as bytes to keep. Elsewhere: logging them (run.py)."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from designer.errors import MetricError

_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": ".png",
    b"\xff\xd8\xff": ".jpg",
    b"GIF87a": ".gif",
    b"GIF89a": ".gif",
    b"BM": ".bmp",
    b"II*\0": ".tiff",
    b"MM\0*": ".tiff",
}


def image(name: str, path: str | None, plot: Any) -> tuple[bytes, str, str | None]:
    """The bytes of an image, its suffix, and its name where it came as a file. Raises `MetricError`."""
    if (path is None) == (plot is None):
        raise MetricError(f"image {name!r}: give either path or plot")
    if path is not None:
        file = Path(path)
        if not file.is_file():
            raise MetricError(f"image {name!r}: there is no file {path}")
        data = file.read_bytes()
        suffix = suffix_of(data)
        if suffix is None:
            raise MetricError(f"image {name!r}: {path} is no image (PNG, JPEG, GIF, BMP, TIFF, WebP, SVG)")
        return data, suffix, file.name if file.is_absolute() else file.as_posix()
    return (*_drawn(name, plot), None)


def suffix_of(data: bytes) -> str | None:
    """The suffix that fits an image's content; None when it is no image."""
    for signature, suffix in _SIGNATURES.items():
        if data.startswith(signature):
            return suffix
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    head = data[:512].lstrip()
    return ".svg" if head.startswith(b"<svg") or (head.startswith(b"<?xml") and b"<svg" in data[:4096]) else None


def _drawn(name: str, plot: Any) -> tuple[bytes, str]:
    if callable(getattr(plot, "savefig", None)):  # matplotlib: a figure, or pyplot with its current one
        stream = io.BytesIO()
        plot.savefig(stream, format="png")
        return stream.getvalue(), ".png"
    if callable(getattr(plot, "to_plotly_json", None)):
        try:
            return plot.to_image(format="png"), ".png"
        except (
            ValueError,
            ImportError,
            RuntimeError,
        ):  # needs a browser engine that is seldom there; its data can be drawn too
            return plot.to_json().encode(), ".plotly.json"
    if callable(getattr(plot, "to_dict", None)) and callable(getattr(plot, "save", None)):
        stream = io.BytesIO()
        try:
            plot.save(stream, format="png")
        except (ValueError, ImportError):
            return json.dumps(plot.to_dict()).encode(), ".vl.json"
        return stream.getvalue(), ".png"
    raise MetricError(
        f"image {name!r}: a {type(plot).__name__} is no figure\n  next: pass a matplotlib, plotly or altair figure, or path="
    )


def json_of(name: str, value: Any) -> bytes:
    """The JSON of a confusion matrix and the like: from a dict, or from text that is JSON."""
    if isinstance(value, str):
        try:
            json.loads(value)
        except json.JSONDecodeError as error:
            raise MetricError(f"metric {name!r}: invalid JSON provided: {error}") from None
        return value.encode()
    if not isinstance(value, dict):
        raise MetricError(f"metric {name!r}: takes a dict or its JSON, not a {type(value).__name__}")
    try:
        return json.dumps(value, default=_plain).encode()
    except (TypeError, ValueError) as error:
        raise MetricError(f"metric {name!r}: can't be written as JSON: {error}") from None


def _plain(value: Any) -> Any:
    for method in ("tolist", "item"):
        if callable(getattr(value, method, None)):
            return getattr(value, method)()
    raise MetricError(f"a {type(value).__name__} can't be kept as JSON")
