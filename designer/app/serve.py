"""Starting the server with the flags that make it safe. Elsewhere: the app itself (main.py)."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from pathlib import Path
from urllib.parse import urlencode

from designer.app.main import PROJECT, STORE, is_local
from designer.errors import DesignerError
from designer.host import die_with_parent

PORT = 8501
_PATIENCE = 60.0  # seconds until the first answer
_APP = Path(__file__).parent / "entry.py"


class ServeError(DesignerError):
    """The server can't be started as asked."""


def serve(
    port: int | None = None,
    browser: bool = True,
    store: str | os.PathLike[str] | None = None,
    project: str | os.PathLike[str] | None = None,
    open_path: str | None = None,
    *,
    address: str = "localhost",
    run: str | None = None,
) -> int:
    """Serve the page until it is interrupted; prints the address and returns the exit code.

    `open_path` is a pipeline of the project to open, `run` a run to draw: on that pipeline, or on a page of its own.
    Raises `ServeError`.
    """
    folder = Path(project or Path.cwd()).resolve()
    if not folder.is_dir():
        raise ServeError(f"there is no folder {folder}")
    if not is_local(address) and not has_sign_in(folder):
        raise ServeError(
            f"serving on {address} would let everybody run code on this machine\n"
            "  next: leave the address away, or set up sign-in in .streamlit/secrets.toml ([auth], see docs/canvas.md)"
        )
    port = free_port(address, port)
    environment = {**os.environ, PROJECT: str(folder)}
    if store is not None:
        environment[STORE] = str(Path(store).resolve())
    command = [sys.executable, "-m", "streamlit", "run", str(_APP), *flags(port, address)]
    process = subprocess.Popen(command, cwd=folder, env=environment, preexec_fn=die_with_parent)
    url = f"http://{'localhost' if is_local(address) else address}:{port}{page_of(open_path, run)}"
    threading.Thread(target=_announce, args=(process, port, url, browser), daemon=True).start()
    try:
        signal.signal(signal.SIGTERM, _interrupt)
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 0


def _interrupt(*_: object) -> None:
    """Being asked to end is like Ctrl C: the server ends with this process."""
    raise KeyboardInterrupt


def page_of(open_path: str | None, run: str | None) -> str:
    """The page of the address that shows a pipeline, a run, or one on the other."""
    asked = {name: value for name, value in (("pipeline", open_path), ("run", run)) if value}
    return ("/run" if run and not open_path else "/") + (f"?{urlencode(asked)}" if asked else "")


def flags(port: int, address: str = "localhost") -> list[str]:
    """Streamlit's options: local only, no foreign hosts, nothing sent home, nothing watched."""
    options = {
        "server.port": port,
        "server.address": address,
        "server.headless": "true",
        "server.enableCORS": "true",
        "server.enableXsrfProtection": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
        "client.showErrorDetails": "type",
        "theme.light.primaryColor": "#3356c8",
        "theme.dark.primaryColor": "#93acff",
    }
    hosts = ["localhost", "127.0.0.1", "::1"] if is_local(address) else [address]
    return [f"--{name}={value}" for name, value in options.items()] + [
        f"--server.allowedHosts={host}" for host in hosts
    ]


def has_sign_in(folder: Path) -> bool:
    """Whether the project, or the user, has an `[auth]` section among Streamlit's secrets."""
    import tomllib  # noqa: PLC0415 - only where another address was asked for

    for place in (folder, Path.home()):
        file = place / ".streamlit" / "secrets.toml"
        if file.is_file():
            try:
                return "auth" in tomllib.loads(file.read_text(encoding="utf-8"))
            except tomllib.TOMLDecodeError as error:
                raise ServeError(f"{file} can't be read: {error}") from error
    return False


def free_port(address: str, wanted: int | None) -> int:
    """The port that was asked for, or the first free one from 8501 on. Raises `ServeError` when the one asked for is taken."""
    host = "127.0.0.1" if is_local(address) else address
    for port in [wanted] if wanted else range(PORT, PORT + 100):
        assert port is not None
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                if wanted:
                    raise ServeError(
                        f"port {port} can't be used: {error.strerror}\n  next: --port with another one"
                    ) from error
                continue
            return port
    raise ServeError("no free port was found from 8501 to 8600\n  next: name one with --port")


def _announce(process: subprocess.Popen[bytes], port: int, url: str, browser: bool) -> None:
    """Print the address once the server answers, and open the browser."""
    until = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1):
                print(f"Designer is at {url}   (Ctrl C ends it; runs go on)", flush=True)
                if browser:
                    webbrowser.open(url)
                return
        except OSError:
            time.sleep(0.1)
