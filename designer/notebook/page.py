"""A run's state as one piece of HTML, the same for the widget and where there are none. Everything a user wrote is escaped."""

from __future__ import annotations

import base64
from datetime import datetime
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.notebook import drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

_IMAGE = 2 << 20  # bytes; larger images are named only
_STYLE = """
.dn{--dn-back:#fff;--dn-text:#212121;font:13px/1.45 system-ui,sans-serif;color:var(--dn-text);background:var(--dn-back);padding:8px;overflow-x:auto}
@media(prefers-color-scheme:dark){.dn{--dn-back:#1e1e1e;--dn-text:#e0e0e0}}
.dn table{border-collapse:collapse;margin:4px 0}.dn td,.dn th{padding:2px 10px 2px 0;text-align:left;border-bottom:1px solid #8884;font-weight:normal}
.dn th{font-weight:600}.dn svg text{font:12px system-ui,sans-serif;fill:var(--dn-text)}.dn svg .dn-title{font-weight:600}.dn svg .dn-metric{font-size:11px}
.dn .dn-cards{display:flex;flex-wrap:wrap;gap:10px}.dn .dn-card{border:1px solid #8884;border-radius:6px;padding:6px 10px}
.dn .dn-value{font-size:18px}.dn pre{max-height:260px;overflow:auto;background:#8881;padding:8px;white-space:pre-wrap}.dn summary{cursor:pointer;font-weight:600}
.dn .dn-error{color:#c62828;white-space:pre-wrap}
"""


def html_of(state: Mapping[str, Any]) -> str:
    """All of it."""
    run = state["run"]
    parts = [
        f'<div class="dn" data-run="{escape(run["id"], True)}" data-status="{escape(run["status"], True)}"><style>{_STYLE}</style>',
        _head(run),
        drawing.graph(state["graph"]) if state["graph"] and state["graph"]["nodes"] else "",
        _sweep(state["sweep"]),
        _metrics(state["metrics"]),
        _children(state),
        "".join(_image(image) for image in state["images"]),
        _log(state["log"]),
        "</div>",
    ]
    return "".join(parts)


def _head(run: Mapping[str, Any]) -> str:
    facts = {"Status": run["status"], "Experiment": run["experiment"], "Run": run["id"]}
    if run["started"]:
        facts["Started"] = datetime.fromtimestamp(run["started"]).strftime("%Y-%m-%d %H:%M:%S")
    if run["seconds"] is not None:
        facts["Duration"] = f"{run['seconds']:.2f} s"
    facts |= {
        name: ", ".join(f"{k} = {v}" for k, v in run[name.lower()].items())
        for name in ("Parameters", "Tags")
        if run[name.lower()]
    }
    cells = "".join(f"<tr><th>{escape(name)}</th><td>{escape(str(value))}</td></tr>" for name, value in facts.items())
    title = f'<b style="color:{drawing.color(run["status"])}">{drawing.MARKS.get(run["status"], "·")}</b> <b>{escape(run["name"])}</b>'
    error = f'<div class="dn-error">{escape(str(run["error"].get("message", "")))}</div>' if run["error"] else ""
    bar = (
        f'<progress max="1" value="{run["progress"]:.3f}"></progress>'
        if run["progress"] is not None and run["ended"] is None
        else ""
    )
    return f"<div>{title} {bar}</div><table>{cells}</table>{error}"


def _metrics(metrics: list[Mapping[str, Any]]) -> str:
    cards = "".join(_card(metric) for metric in metrics)
    return f'<div class="dn-cards">{cards}</div>' if cards else ""


def _card(metric: Mapping[str, Any]) -> str:
    name = f"<div>{escape(metric['name'])}</div>"
    if metric["kind"] == "table":
        columns = list(dict.fromkeys(column for row in metric["rows"] for column in row))
        head = "".join(f"<th>{escape(str(column))}</th>" for column in columns)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(drawing.number(row.get(c)))}</td>" for c in columns) + "</tr>"
            for row in metric["rows"]
        )
        more = (
            f"<div>the last {len(metric['rows'])} of {metric['count']} rows</div>"
            if metric["count"] > len(metric["rows"])
            else ""
        )
        return f'<div class="dn-card" data-metric="{escape(metric["name"], True)}">{name}<table><tr>{head}</tr>{rows}</table>{more}</div>'
    if metric["kind"] not in ("scalar", "list"):
        return f'<div class="dn-card" data-metric="{escape(metric["name"], True)}">{name}<div>{escape(metric["kind"])}</div></div>'
    value = f'<div class="dn-value">{escape(drawing.number(metric["last"]))}</div>'
    chart = drawing.line(metric["points"]) if len(metric["points"]) > 1 else ""
    return f'<div class="dn-card" data-metric="{escape(metric["name"], True)}">{name}{value}{chart}</div>'


def _sweep(sweep: Mapping[str, Any] | None) -> str:
    if sweep is None:
        return ""
    results = [trial["result"] for trial in sweep["trials"] if trial["result"] is not None]
    best = (max if sweep["goal"] == "MAXIMIZE" else min)(results) if results else None
    told = f"{len(sweep['trials'])} trials" + (
        f", best {sweep['metric']} {drawing.number(best)}" if best is not None else ""
    )
    return f"<div>{escape(told)}</div>{drawing.parallel(sweep)}"


def _children(state: Mapping[str, Any]) -> str:
    children = state["children"]
    if not children:
        return ""
    rows = "".join(_child(child) for child in children)
    more = f"<div>and {state['more_children']} more</div>" if state["more_children"] else ""
    return f"<details open><summary>{len(children)} children</summary><table>{rows}</table>{more}</details>"


def _child(child: Mapping[str, Any]) -> str:
    status, seconds = child["status"], child["seconds"]
    metrics = ", ".join(f"{name} {drawing.number(value)}" for name, value in list(child["metrics"].items())[:6])
    took = "" if seconds is None else f"{seconds:.2f} s"
    return (
        f'<tr><td style="color:{drawing.color(status)}">{drawing.MARKS.get(status, "·")} {escape(status)}</td>'
        f"<td>{escape(child['name'])}</td><td>{took}</td><td>{escape(metrics)}</td></tr>"
    )


def _image(image: Mapping[str, str]) -> str:
    path = Path(image["path"])
    if path.stat().st_size > _IMAGE:
        return f"<div>{escape(image['name'])}</div>"
    kind = {".png": "png", ".gif": "gif"}.get(Path(image["name"]).suffix.lower(), "jpeg")
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<figure><img style="max-width:420px" alt="{escape(image["name"], True)}" src="data:image/{kind};base64,{data}"><figcaption>{escape(image["name"])}</figcaption></figure>'


def _log(text: str) -> str:
    return f"<details><summary>Log</summary><pre>{escape(text)}</pre></details>" if text else ""


def text_of(state: Mapping[str, Any]) -> str:
    """The same as plain text, for terminals."""
    run = state["run"]
    lines = [
        f"{drawing.MARKS.get(run['status'], '·')} {run['name']}  {run['status']}  ({run['experiment']}, {run['id']})"
    ]
    lines += [
        f"  {metric['name']}  {drawing.number(metric['last'])}"
        + (f"  ({metric['count']} values)" if metric["count"] > 1 else "")
        for metric in state["metrics"]
    ]
    for child in state["children"]:
        found = ", ".join(f"{name} {drawing.number(value)}" for name, value in list(child["metrics"].items())[:4])
        lines.append(
            f"  {drawing.MARKS.get(child['status'], '·')} {child['name']}  {child['status']}  {found}".rstrip()
        )
    if run["error"]:
        lines.append(f"  {run['error'].get('message', '')}")
    return "\n".join(lines)
