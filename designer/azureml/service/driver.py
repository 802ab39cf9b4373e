"""Serves an entry script's `init()` and `run(data)` over HTTP on this machine alone. Executed as a script of its own.

It runs in the user's interpreter. `python driver.py ENTRY PORT READY`: it writes its port to the file READY when `init` is done.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import module_from_spec, spec_from_file_location
from typing import Any

_entry: Any = None
_HOSTS = ("127.0.0.1", "localhost")


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """That it is there."""
        self._answer(200, "Healthy")

    def do_POST(self) -> None:
        """Ask the script."""
        if self.headers.get("Host", "").partition(":")[0] not in _HOSTS:  # a page of somebody else's, by another name
            self._answer(403, "this service answers to 127.0.0.1 only")
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            answer = json.dumps(_entry.run(_text(body)), default=_plain)
        except Exception:
            traceback.print_exc()
            self._answer(502, traceback.format_exc())
            return
        self._answer(200, answer, "application/json")

    def _answer(self, status: int, text: str, kind: str = "text/plain") -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Only what the script prints is its log."""


def _text(body: bytes) -> Any:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _plain(value: Any) -> Any:
    """Arrays and numpy's numbers as lists and numbers."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"run() returned a {type(value).__name__}, which is no JSON")


def main(entry: str, port: int, ready: str) -> None:
    """Everything, until the process is ended."""
    global _entry
    sys.path[0] = os.path.dirname(os.path.abspath(entry))
    spec = spec_from_file_location("entry_script", entry)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{entry} can't be imported")
    _entry = module_from_spec(spec)
    sys.modules["entry_script"] = _entry
    spec.loader.exec_module(_entry)
    if callable(getattr(_entry, "init", None)):
        _entry.init()
    server = HTTPServer(("127.0.0.1", port), _Handler)
    with open(f"{ready}.new", "w", encoding="utf-8") as file:
        file.write(str(server.server_port))
    os.replace(f"{ready}.new", ready)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
