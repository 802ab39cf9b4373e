"""The live widget: a piece of HTML that is replaced when it changes (https://anywidget.dev). Elsewhere: making the HTML (page.py)."""

from __future__ import annotations

import anywidget
import traitlets

# What a reader has opened or scrolled stays so when the HTML is replaced.
_ESM = """
function render({ model, el }) {
  const draw = () => {
    const open = [...el.querySelectorAll("details")].map(d => d.open);
    const tops = [...el.querySelectorAll("pre")].map(p => p.scrollTop);
    el.innerHTML = model.get("html");
    el.querySelectorAll("details").forEach((d, i) => { if (i < open.length) d.open = open[i]; });
    el.querySelectorAll("pre").forEach((p, i) => { if (i < tops.length) p.scrollTop = tops[i]; });
  };
  draw();
  model.on("change:html", draw);
  return () => model.off("change:html", draw);
}
export default { render };
"""


class RunWidget(anywidget.AnyWidget):
    """A run, as HTML that is kept up to date from Python."""

    _esm = _ESM
    html = traitlets.Unicode("").tag(sync=True)
