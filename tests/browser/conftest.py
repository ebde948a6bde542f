"""A real browser before the whole product: Debian's Chromium, the built page, the laptop cloud with the small demo organisation."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from infra.local.cloud import LaptopCloud
from infra.local.first_run import refresh
from infra.local.options import Options
from tests.browser.visitor import PATIENCE, ROOT, Visitor

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def cloud() -> Iterator[LaptopCloud]:
    if not (ROOT / "web" / "dist" / "index.html").exists():
        pytest.fail("The page is not built: run `make web`.")
    with LaptopCloud(Options(demo="small")) as started:
        assert refresh(started).status == "SUCCEEDED"
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is not on the PATH: run `make test-browser`, which installs it where apt allows.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visitor(chromium: Browser, cloud: LaptopCloud) -> Iterator[Visitor]:
    with Visitor(chromium, cloud) as someone:
        yield someone


@pytest.fixture
def colleague(chromium: Browser, cloud: LaptopCloud) -> Iterator[Visitor]:
    """A second person at another browser."""
    with Visitor(chromium, cloud) as someone:
        yield someone


@pytest.fixture
def visit(chromium: Browser, cloud: LaptopCloud) -> Iterator[Callable[..., Visitor]]:
    """Visitors with a width and a theme of the test's choice."""
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(Visitor(chromium, cloud, **how))
