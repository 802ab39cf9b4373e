"""The app: sign-in, navigation, and one project for the whole server. Elsewhere: the pages (views), starting the server (serve.py)."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

import streamlit as st

from designer.app.project import Project

PROJECT = "DESIGNER_PROJECT"  # the environment's variable for the project folder; else the current one
STORE = "DESIGNER_STORE"

_ICON = Path(__file__).parent / "icon.svg"  # a file of ours: a browser would fetch a named icon from elsewhere

# The canvas fills the window below Streamlit's bar. Fixed text: nothing of a user's goes in here.
_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 3.75rem 0 0 0; max-width: none; }
[data-testid="stMain"] { overflow: hidden; }
[data-testid="stAppDeployButton"] { display: none; }
[data-testid="stVerticalBlock"] { gap: 0; }
[data-testid="stElementContainer"], [data-stale="true"] { opacity: 1 !important; transition: none !important; }
</style>"""


@st.cache_resource
def project_at(folder: str, store: str | None) -> Project:
    """One project a server, shared by all tabs."""
    return Project(Path(folder), store)


def current_project() -> Project:
    """The project that this server was started for."""
    return project_at(os.environ.get(PROJECT) or os.getcwd(), os.environ.get(STORE))


def main() -> None:
    """Draw the page that the address names, for somebody who may see it."""
    st.set_page_config(page_title="Designer", page_icon=str(_ICON), layout="wide", initial_sidebar_state="collapsed")
    if not _may_see():
        st.stop()
    st.html(_STYLE)
    folder = Path(__file__).parent / "views"
    pages = [
        st.Page(folder / "design.py", title="Design", icon=":material/account_tree:", default=True),
        st.Page(folder / "runs.py", title="Runs", icon=":material/table_rows:", url_path="runs"),
        st.Page(folder / "run.py", title="Run", icon=":material/play_circle:", url_path="run", visibility="hidden"),
        st.Page(
            folder / "compare.py",
            title="Compare",
            icon=":material/compare_arrows:",
            url_path="compare",
            visibility="hidden",
        ),
        st.Page(folder / "modules.py", title="Modules", icon=":material/widgets:", url_path="modules"),
    ]
    if _has_sign_in():
        pages.append(st.Page(st.logout, title="Sign out", icon=":material/logout:", url_path="sign-out"))
    st.navigation(pages, position="top").run()


def _may_see() -> bool:
    """Whoever signed in; or, where no sign-in is set up, whoever sits at this machine."""
    if _has_sign_in():
        if st.user.is_logged_in:
            return True
        st.title("Designer")
        st.button("Sign in", on_click=st.login, type="primary")
        return False
    address = st.get_option("server.address")
    if is_local(address):
        return True
    st.title("Not served here")
    st.error(
        "Without a sign-in this app serves this machine only, and it was started for "
        + ("every address" if not address else "another address")
        + ". Start it with `designer ui`, or with `--server.address localhost`; or set up sign-in: see docs/canvas.md."
    )
    return False


def _has_sign_in() -> bool:
    try:
        return "auth" in st.secrets
    except FileNotFoundError:
        return False


def is_local(address: str | None) -> bool:
    """Whether an address means this machine and nothing else."""
    if not address:
        return False
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
