"""The component on a Streamlit page. Registered on first use, not on import: outside a running page registration raises."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import streamlit as st
from pydantic import ValidationError

from designer.canvas.plain import plain
from designer.canvas.wire import Live, Outbox, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from designer.canvas.wire_plan import Planned

NAME = "designer.canvas"
FILE = "canvas-*.js"


@functools.cache
def _renderer() -> Callable[..., Any]:
    return st.components.v2.component(NAME, js=FILE, isolate_styles=True)


def show(page: Page) -> None:
    """Mount the page. What its user does comes with the next rerun, through `said`."""
    _renderer()(key=page.host, data=plain(page), default={"outbox": None}, on_outbox_change=_nothing, height="content")


def show_live(live: Live) -> None:
    """Mount the invisible messenger that brings what changed to the page that is mounted already."""
    _renderer()(key=f"{live.host}-live", data=plain(live), height="content")


def show_plan(planned: Planned) -> None:
    """Mount the invisible messenger that brings the plan, after the page and so after its problems."""
    _renderer()(key=f"{planned.host}-plan", data=plain(planned), height="content")


def said(host: str) -> Outbox | None:
    """What the page said last; None before it said anything."""
    state = st.session_state.get(host)
    outbox = state.get("outbox") if state is not None else None
    if outbox is None:
        return None
    try:
        return Outbox.model_validate(outbox)
    except ValidationError as error:
        raise RuntimeError(f"the page sent what this version doesn't know; reload it\n{error}") from error


def _nothing() -> None:
    """Streamlit shows a state only when something listens for its changes."""
