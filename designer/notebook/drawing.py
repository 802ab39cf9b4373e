"""SVG: a graph of nodes, a line, parallel coordinates. All text is escaped; nothing here reads a store."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COLORS = {
    "Completed": "#2e7d32", "Finished": "#2e7d32", "Failed": "#c62828", "Running": "#1565c0", "Canceled": "#ef6c00",
    "Queued": "#757575", "Skipped": "#9e9e9e", "NotStarted": "#9e9e9e",
}  # fmt: skip
MARKS = {"Completed": "✔", "Failed": "✘", "Running": "▶", "Canceled": "■", "Skipped": "–", "Queued": "…"}
_WIDTH, _GAP, _LINE = 210, 30, 16


def color(status: str) -> str:
    """A status's colour."""
    return COLORS.get(status, "#757575")


def number(value: Any) -> str:
    """A value, short."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        text = str(value)
        return text if len(text) <= 24 else f"{text[:23]}…"
    return f"{value:,}" if isinstance(value, int) else f"{value:.5g}"


def graph(data: Mapping[str, Any]) -> str:
    """Nodes in rows, by how far they are from the beginning, with their metrics."""
    nodes, edges = data["nodes"], data["edges"]
    rows = _rows(nodes, edges)
    heights = [max(34 + _LINE * min(4, len(nodes[id]["metrics"])) for id in row) for row in rows]
    width = max(len(row) for row in rows) * (_WIDTH + _GAP) + _GAP
    places: dict[str, tuple[float, float, float]] = {}
    y = float(_GAP / 2)
    for row, height in zip(rows, heights, strict=True):
        left = (width - len(row) * (_WIDTH + _GAP) + _GAP) / 2
        for at, id in enumerate(row):
            places[id] = (left + at * (_WIDTH + _GAP), y, float(34 + _LINE * min(4, len(nodes[id]["metrics"]))))
        y += height + 44
    parts = [_edge(places[a], places[b]) for a, b in edges] + [_node(id, nodes[id], places[id]) for id in nodes]
    return (
        f'<svg class="dn-graph" role="img" aria-label="pipeline graph" width="{width:.0f}" height="{y:.0f}" '
        f'viewBox="0 0 {width:.0f} {y:.0f}">{"".join(parts)}</svg>'
    )


def _rows(nodes: Mapping[str, Any], edges: Sequence[Sequence[str]]) -> list[list[str]]:
    before: dict[str, list[str]] = {id: [] for id in nodes}
    for a, b in edges:
        before[b].append(a)
    depth: dict[str, int] = {}

    def of(id: str, seen: frozenset[str]) -> int:
        if id not in depth:
            depth[id] = max((of(b, seen | {id}) + 1 for b in before[id] if b not in seen), default=0)
        return depth[id]

    for id in nodes:
        of(id, frozenset([id]))
    return (
        [[id for id in nodes if depth[id] == row] for row in range(max(depth.values(), default=0) + 1)]
        if nodes
        else [[]]
    )


def _node(id: str, node: Mapping[str, Any], place: tuple[float, float, float]) -> str:
    x, y, height = place
    status = node["status"]
    mark = "♻" if node["reused"] else MARKS.get(status, "·")
    told = f"{node['title']}: {status}"
    lines = "".join(
        f'<text x="{x + 10:.1f}" y="{y + 38 + _LINE * at:.1f}" class="dn-metric">{escape(number_label(name, value))}</text>'
        for at, (name, value) in enumerate(list(node["metrics"].items())[:4])
    )
    return (
        f'<g data-node="{escape(id, True)}" data-status="{escape(status, True)}"><title>{escape(told)}</title>'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{_WIDTH}" height="{height:.1f}" rx="6" fill="var(--dn-back)" stroke="{color(status)}" '
        f'stroke-width="2"/><text x="{x + 10:.1f}" y="{y + 21:.1f}" fill="{color(status)}">{mark}</text>'
        f'<text x="{x + 28:.1f}" y="{y + 21:.1f}" class="dn-title">{escape(_short(node["title"], 24))}</text>{lines}</g>'
    )


def number_label(name: str, value: Any) -> str:
    """`accuracy 0.93`."""
    return f"{_short(name, 18)}  {number(value)}"


def _edge(a: tuple[float, float, float], b: tuple[float, float, float]) -> str:
    x1, y1, x2, y2 = a[0] + _WIDTH / 2, a[1] + a[2], b[0] + _WIDTH / 2, b[1]
    bend = max(18.0, abs(y2 - y1) / 2)
    return (
        f'<path d="M{x1:.1f},{y1:.1f} C{x1:.1f},{y1 + bend:.1f} {x2:.1f},{y2 - bend:.1f} {x2:.1f},{y2:.1f}" '
        'fill="none" stroke="#9e9e9e" stroke-width="1.5"/>'
    )


def line(points: Sequence[float], width: int = 220, height: int = 70) -> str:
    """A series."""
    low, high = min(points), max(points)
    span = (high - low) or 1.0
    step = (width - 8) / max(1, len(points) - 1)
    path = " ".join(
        f"{4 + at * step:.1f},{height - 6 - (v - low) / span * (height - 14):.1f}" for at, v in enumerate(points)
    )
    return (
        f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="series of {len(points)} points">'
        f'<polyline points="{path}" fill="none" stroke="#1565c0" stroke-width="1.5"/></svg>'
    )


def parallel(sweep: Mapping[str, Any], height: int = 190) -> str:
    """A sweep's trials as lines over axes: one for each parameter, the last for the metric."""
    trials = [trial for trial in sweep["trials"] if trial["result"] is not None]
    if not trials:
        return ""
    names = list(dict.fromkeys(name for trial in trials for name in trial["values"]))
    axes = [[trial["values"].get(name) for trial in trials] for name in names] + [[trial["result"] for trial in trials]]
    scales = [_scale(values) for values in axes]
    gap, top, bottom = 120, 24, height - 22
    ranked = sorted(trial["result"] for trial in trials)
    low, span = ranked[0], (ranked[-1] - ranked[0]) or 1.0
    parts = []
    for at, trial in enumerate(trials):
        good = (trial["result"] - low) / span
        good = good if sweep["goal"] == "MAXIMIZE" else 1 - good
        path = " ".join(
            f"{40 + i * gap},{bottom - scales[i](values[at]) * (bottom - top):.1f}" for i, values in enumerate(axes)
        )
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="hsl({220 - 100 * good:.0f},70%,45%)" stroke-opacity="{0.35 + 0.6 * good:.2f}"/>'
        )
    for i, name in enumerate([*names, sweep["metric"]]):
        x, numbers = 40 + i * gap, [v for v in axes[i] if isinstance(v, (int, float))]
        ends = (number(max(numbers)), number(min(numbers))) if numbers else ("", "")
        parts.append(
            f'<line x1="{x}" x2="{x}" y1="{top}" y2="{bottom}" stroke="#9e9e9e"/><text x="{x}" y="12" text-anchor="middle" class="dn-title">'
            f'{escape(_short(name, 16))}</text><text x="{x + 4}" y="{top + 8}" class="dn-metric">{ends[0]}</text>'
            f'<text x="{x + 4}" y="{bottom + 14}" class="dn-metric">{ends[1]}</text>'
        )
    width = 80 + gap * len(names)
    return f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="parallel coordinates of {len(trials)} trials">{"".join(parts)}</svg>'


def _scale(values: Sequence[Any]) -> Any:
    numbers = [v for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if len(numbers) == len(values):
        low, span = min(numbers), (max(numbers) - min(numbers)) or 1.0
        return lambda value: (value - low) / span
    order = {text: at for at, text in enumerate(dict.fromkeys(map(str, values)))}
    return lambda value: order[str(value)] / max(1, len(order) - 1)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
