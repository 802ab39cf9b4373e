"""Drafts: what is being edited, kept on disk after every edit, so that neither a reload nor a crash loses one. Elsewhere: desk.py.

A draft has a revision. Whoever writes says which one it last saw; if another tab has written since, the write is refused and that
tab is told. What a page sent is acknowledged in the draft itself, so that a restarted server applies nothing twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError

from designer.model import document as documents
from designer.model.base import Frozen
from designer.model.pipeline import Pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLIENTS = 8  # of whose acknowledgements a draft keeps track


class Acks(Frozen):
    """How far one page's edits and commands are done."""

    edits: int = 0
    commands: int = 0


class Draft(Frozen):
    """A pipeline that is open somewhere."""

    id: str
    path: str | None = None
    kind: Literal["draft", "yaml", "python"] = "draft"
    epoch: str
    revision: int = 0
    writer: str = Field("", description="the page that wrote last")
    acks: dict[str, Acks] = Field(default_factory=dict)
    pipeline: Pipeline | None = Field(None, description="None for one that is declared in Python: the file has it")
    clean: str = Field("", description="digest of the pipeline as it is in its file")
    file: str = Field("", description="digest of the file's bytes when it was read or written")
    run_id: str | None = Field(None, description="the run whose results are drawn on it")
    changed: bool = Field(False, description="it differs from its file")
    saved: float = 0.0

    def of(self, client: str) -> Acks:
        """How far a page's edits and commands are done."""
        return self.acks.get(client, Acks())


class DraftConflictError(RuntimeError):
    """Another page has changed the draft since."""

    def __init__(self, theirs: Draft) -> None:
        super().__init__("another tab has changed this pipeline")
        self.theirs = theirs


class Drafts:
    """The drafts of a project, one file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, tuple[tuple[float, int], Draft]] = {}

    def get(self, id: str) -> Draft | None:
        """The draft as it is on disk; None when there is none, or none that this version can read."""
        path = self._path(id)
        try:
            state = path.stat()
        except FileNotFoundError:
            return None
        mark = (state.st_mtime_ns, state.st_ino)
        known = self._read.get(id)
        if known is not None and known[0] == mark:
            return known[1]
        try:
            draft = Draft.model_validate(json.loads(path.read_bytes()))
        except (ValidationError, json.JSONDecodeError, UnicodeDecodeError):
            path.replace(path.with_suffix(f".{int(time.time())}.unreadable"))  # kept for whoever wants to look
            return None
        self._read[id] = (mark, draft)
        return draft

    def all(self) -> list[Draft]:
        """Every draft, the last one that was changed first."""
        if not self.folder.is_dir():
            return []
        found = [self.get(path.stem) for path in self.folder.glob("*.json")]
        return sorted((draft for draft in found if draft is not None), key=lambda draft: -draft.saved)

    def write(self, draft: Draft, client: str, seen: int | None = None) -> Draft:
        """Keep a draft as the next revision. Raises `DraftConflictError` when another page wrote after revision `seen`."""
        with self._locked():
            there = self.get(draft.id)
            if there is not None and seen is not None and there.revision > seen and there.writer not in ("", client):
                raise DraftConflictError(there)
            revision = (there.revision if there is not None else 0) + 1
            acks = {**(there.acks if there is not None else {}), **draft.acks}
            if len(acks) > CLIENTS:
                acks = dict(list(acks.items())[-CLIENTS:])
            changed = draft.pipeline is not None and digest(draft.pipeline) != draft.clean
            fields = {"revision": revision, "writer": client, "saved": time.time(), "acks": acks, "changed": changed}
            draft = draft.model_copy(update=fields)
            self._put(draft)
        return draft

    def acknowledge(self, id: str, client: str, acks: Acks) -> Draft | None:
        """Note that a page's commands are done, without a new revision: nothing that another page shows has changed."""
        with self._locked():
            there = self.get(id)
            if there is None:
                return None
            others = {name: one for name, one in there.acks.items() if name != client}
            draft = there.model_copy(update={"acks": dict(list({**others, client: acks}.items())[-CLIENTS:])})
            self._put(draft)
        return draft

    def remove(self, id: str) -> None:
        """Forget a draft."""
        with self._locked():
            self._path(id).unlink(missing_ok=True)
            self._read.pop(id, None)

    def _put(self, draft: Draft) -> None:
        path = self._path(draft.id)
        scratch = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
        scratch.write_text(
            json.dumps(draft.model_dump(by_alias=True), separators=(",", ":")), encoding="utf-8"
        )  # knows infinities, too
        os.replace(scratch, path)
        state = path.stat()
        self._read[draft.id] = ((state.st_mtime_ns, state.st_ino), draft)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # let go of when the file closes, also by a crash
            yield

    def _path(self, id: str) -> Path:
        return self.folder / f"{id}.json"


def id_of(path: str) -> str:
    """The draft's id of a file: readable, and different for different paths."""
    short = re.sub(r"\W+", "-", path).strip("-").lower()[-60:]
    return f"{short}-{hashlib.sha256(path.encode()).hexdigest()[:8]}"


def new_id() -> str:
    """An id for a draft without a file."""
    return f"new-{uuid.uuid4().hex[:12]}"


def new_epoch() -> str:
    """A mark for a document that pages have to load anew."""
    return uuid.uuid4().hex[:12]


def digest(pipeline: Pipeline) -> str:
    """A digest of a pipeline with its looks."""
    return hashlib.sha256(documents.to_json(pipeline).encode()).hexdigest()
