"""Starting the server: only here, only on a free port, with the flags that make it safe."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from designer.app.main import is_local
from designer.app.serve import ServeError, flags, free_port, has_sign_in, page_of, serve

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("", False),
        (None, False),
        ("10.0.0.1", False),
        ("localhost.evil.example", False),
    ],
)
def test_only_this_machine_is_local(address: str | None, local: bool) -> None:
    assert is_local(address) is local


def test_the_flags_leave_no_door_open() -> None:
    given = flags(8600)
    assert {
        "--server.address=localhost",
        "--server.enableCORS=true",
        "--server.enableXsrfProtection=true",
        "--browser.gatherUsageStats=false",
    } <= set(given)
    assert "--server.allowedHosts=localhost" in given
    assert not any("*" in flag for flag in given)


def test_the_address_names_the_pipeline_the_run_or_both() -> None:
    assert [page_of(*one) for one in ((None, None), ("pipelines/a b.yaml", None), (None, "r1"), ("a.py", "r1"))] == [
        "/", "/?pipeline=pipelines%2Fa+b.yaml", "/run?run=r1", "/?pipeline=a.py&run=r1",
    ]  # fmt: skip


def test_another_address_needs_a_sign_in(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="sign-in"):
        serve(project=tmp_path, address="192.168.1.5")
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text("[auth]\nclient_id = 'x'\n")
    assert has_sign_in(tmp_path)


def test_a_port_that_is_taken_is_told_or_passed_by() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"port {port}"):
            free_port("localhost", port)
    assert free_port("localhost", None) >= 8501


@pytest.mark.slow
def test_the_server_ends_with_the_command_however_that_ends(tmp_path: Path) -> None:
    port = free_port("localhost", None)
    command = [sys.executable, "-m", "designer", "ui", "--no-browser", "--port", str(port)]
    ui = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert ui.stdout is not None
    assert any("Designer is at" in line for line in ui.stdout)
    ui.kill()
    ui.wait()
    ui.stdout.close()
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise AssertionError("the server still answers")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="there is no folder"):
        serve(project=tmp_path / "nowhere")
