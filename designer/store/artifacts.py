"""Contents by their SHA-256: the same content is kept once. Elsewhere: which formats values have (engine/formats.py).

A content is a file, or a folder (then its digest is that of the sorted list of names and digests within). Files are made
beside their place and renamed into it, so a content that is there is whole, whoever died while writing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 1 << 20


class Artifacts:
    """A folder of contents, with a copy at a second place when `mirror` (any fsspec address, such as `s3://…`) is given."""

    def __init__(self, folder: Path, mirror: str | None = None) -> None:
        self.folder = folder
        self.mirror = mirror

    def path(self, digest: str) -> Path:
        """Where the content lies; fetched from the mirror when it isn't here. Raises `FileNotFoundError`."""
        path = self._place(digest)
        if not path.exists():
            if self.mirror is None:
                raise FileNotFoundError(
                    f"the content {digest[:12]}… is not in {self.folder}; it was trimmed or removed by hand"
                )
            self._fetch(digest, path)
        return path

    def has(self, digest: str) -> bool:
        """Whether the content is here."""
        return self._place(digest).exists()

    def scratch(self, suffix: str = "") -> Path:
        """A path of its own to write a content at, on the same file system as the contents."""
        folder = self.folder / "new"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{os.getpid()}-{uuid.uuid4().hex}{suffix}"

    def adopt(self, path: Path, digest: str | None = None) -> tuple[str, int]:
        """Move a scratch file or folder in. Returns digest and size in bytes."""
        known, size = (digest, path.stat().st_size) if digest else digest_of(path)
        place = self._place(known)
        if _met_again(place):
            _remove(path)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                path.rename(place)
            except OSError:
                if not place.exists():  # otherwise another process was first with the same content
                    raise
                _remove(path)
        if self.mirror is not None:
            self._send(known, place)
        return known, size

    def add(self, source: Path) -> tuple[str, int]:
        """Copy a file or folder in. Returns digest and size in bytes."""
        scratch = self.scratch()
        if source.is_dir():
            shutil.copytree(source, scratch, symlinks=False)
        else:
            shutil.copyfile(source, scratch)
        return self.adopt(scratch)

    def add_bytes(self, data: bytes) -> tuple[str, int]:
        """Keep some bytes. Returns digest and size."""
        digest = hashlib.sha256(data).hexdigest()
        if not _met_again(self._place(digest)):
            scratch = self.scratch()
            scratch.write_bytes(data)
            self.adopt(scratch, digest)
        return digest, len(data)

    def _place(self, digest: str) -> Path:
        if not digest.isalnum():  # a digest from a foreign document can't lead out of the folder
            raise FileNotFoundError(f"{digest!r} is no content's digest")
        return self.folder / digest[:2] / digest[2:]

    def _send(self, digest: str, path: Path) -> None:
        system, root = _mirror(self.mirror)
        target = f"{root}/{digest[:2]}/{digest[2:]}"
        if not system.exists(target):
            system.makedirs(f"{root}/{digest[:2]}", exist_ok=True)
            system.put(str(path), target, recursive=path.is_dir())

    def _fetch(self, digest: str, path: Path) -> None:
        system, root = _mirror(self.mirror)
        scratch = self.scratch()
        source = f"{root}/{digest[:2]}/{digest[2:]}"
        if not system.exists(source):
            raise FileNotFoundError(f"the content {digest[:12]}… is neither in {self.folder} nor in {self.mirror}")
        system.get(source, str(scratch), recursive=system.isdir(source))
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.rename(path)


def _met_again(place: Path) -> bool:
    """Whether a content is there already; if so, it is as good as new, and isn't trimmed as an old one (trim.py)."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def digest_of(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file, or of a folder with all it holds."""
    if path.is_dir():
        entries = sorted(p for p in path.rglob("*") if p.is_file())
        digests = [(p.relative_to(path).as_posix(), *digest_of(p)) for p in entries]
        listing = "".join(f"{digest}  {name}\n" for name, digest, _ in digests)
        return hashlib.sha256(listing.encode()).hexdigest(), sum(size for _, _, size in digests)
    sha, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            sha.update(block)
            size += len(block)
    return sha.hexdigest(), size


def _mirror(address: str | None) -> tuple[Any, str]:
    import fsspec  # noqa: PLC0415 - 0.1 s that only a store with a mirror needs

    system, root = fsspec.core.url_to_fs(address)
    return system, root


def _remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
