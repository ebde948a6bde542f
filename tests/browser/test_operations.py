"""Operations in a real browser: how everything is doing, and a task that is run now."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser
ADMINISTRATOR, TASK = "ada@example.com", "verify_audit"


def shown(visitor: Visitor) -> None:
    visitor.sign_in(ADMINISTRATOR)
    page = visitor.open("/operations", "Operations")
    expect(page.get_by_role("row").filter(has_text="acquired-shop").first).to_be_visible()


def test_a_task_is_run_and_its_row_says_that_it_succeeded(visitor: Visitor) -> None:
    shown(visitor)
    page = visitor.page
    row = page.get_by_role("row").filter(has_text=TASK)
    page.get_by_role("button", name=f"Run now: {TASK}").click()
    expect(page.get_by_text(f"{TASK} was started")).to_be_visible()
    expect(row).to_contain_text("just now", timeout=60_000)
    expect(row).to_contain_text("Fine")
    page.evaluate("scrollTo(0, 0)")
    visitor.picture("operations")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_has_no_barriers(visit: Callable[..., Visitor], theme: str) -> None:
    visitor = visit(theme=theme)
    shown(visitor)
    assert visitor.barriers() == []


def test_the_page_fits_on_a_phone(visit: Callable[..., Visitor]) -> None:
    visitor = visit(width=380)
    shown(visitor)
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
