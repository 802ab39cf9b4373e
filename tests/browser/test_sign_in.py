"""Where a sign-in is set up, every page asks for it first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, any_port, make_project
from tests.browser.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PAGES = ("/", "/runs", "/run?run=some", "/modules", "/compare?runs=one,two")


@pytest.fixture
def provider() -> Iterator[Provider]:
    """Where people sign in."""
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def guarded(tmp_path: Path, provider: Provider) -> Iterator[Server]:
    """A server that asks who one is."""
    project, port = make_project(tmp_path / "demo"), any_port()
    (project / ".streamlit").mkdir()
    (project / ".streamlit" / "secrets.toml").write_text(provider.secrets(f"http://localhost:{port}"))
    server = Server(project, port)
    yield server
    server.stop()


def test_no_page_is_seen_before_the_sign_in_and_every_page_after_it(
    guarded: Server, provider: Provider, new_page: Callable[[], Page]
) -> None:
    page = new_page()
    for path in PAGES:
        page.goto(guarded.url + path)
        expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)
        expect(page.locator(".designer")).to_have_count(0)
        expect(page.get_by_role("link", name="Runs")).to_have_count(0)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".designer .app")).to_be_visible(timeout=30_000)
    assert provider.asked == 1
    for path in PAGES:
        page.goto(guarded.url + path)
        expect(page.locator(".designer .app")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)
    stranger = new_page()
    stranger.goto(guarded.url + "/runs")
    expect(stranger.get_by_role("button", name="Sign in")).to_be_visible(timeout=30_000)
