"""One browser tab's session: what it has open, what it was told. Streamlit keeps it while the connection lives; the rest is on disk."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from designer.app.drafts import Acks
from designer.canvas.view import Sparks
from designer.canvas.wire import Answer, Notice

_KEY = "_designer_session"
_MOST_NOTICES = 4


@dataclass
class Session:
    """What lives as long as the tab's connection."""

    notices: list[Notice] = field(default_factory=list)
    acks: dict[str, Acks] = field(default_factory=dict)  # of pages without a draft
    sparks: Sparks = field(default_factory=Sparks)
    answers: dict[str, tuple[Any, Answer]] = field(default_factory=dict)  # want -> what it depended on, answer
    opened: Any = None  # the desk's own
    started: dict[str, float] = field(default_factory=dict)  # run -> when this tab started it
    _tick: int = 0

    @classmethod
    def current(cls) -> Session:
        """The session of the page that is being drawn."""
        if _KEY not in st.session_state:
            st.session_state[_KEY] = cls()
        return st.session_state[_KEY]  # type: ignore[no-any-return]

    def tick(self) -> int:
        """A number greater than all before, for messages that may overtake each other."""
        self._tick += 1
        return self._tick

    def tell(
        self, level: Literal["info", "success", "warning", "error"], title: str, text: str = "", hint: str = ""
    ) -> None:
        """Tell the user something, until it is dismissed. The same thing twice is told once."""
        self.notices = [one for one in self.notices if (one.title, one.text) != (title, text)]
        self.notices.append(Notice(id=uuid.uuid4().hex[:8], level=level, title=title, text=text, hint=hint))
        self.notices = self.notices[-_MOST_NOTICES:]

    def retract(self, title: str) -> None:
        """What was told is true no more."""
        self.notices = [one for one in self.notices if one.title != title]

    def dismiss(self, id: str) -> None:
        """A notice was read."""
        self.notices = [one for one in self.notices if one.id != id]
