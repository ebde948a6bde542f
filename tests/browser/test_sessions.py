"""Where somebody is signed in, and ending that, in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_a_person_ends_a_session_of_theirs_elsewhere(visitor: Visitor, colleague: Visitor) -> None:
    colleague.sign_in("mei@example.com")
    colleague.open("/", "Your roles")
    visitor.sign_in("mei@example.com")
    page = visitor.open("/", "Your roles")
    page.get_by_role("button", name="Signed in as mei@example.com").click()
    page.get_by_role("menuitem", name="Sessions").click()
    expect(page.get_by_role("heading", name="Sessions", level=1)).to_be_visible()
    expect(page.get_by_text("This session", exact=True)).to_have_count(1)
    page.get_by_role("button", name="Sign out everywhere else").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere else").click()
    expect(page.get_by_text(re.compile(r"session(s were| was) ended"))).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^End the session of Chrome on Linux"))).to_have_count(1)
    there = colleague.page
    there.get_by_role("button", name="Load the roles again").click()
    expect(there.get_by_role("dialog", name="Your session has ended")).to_be_visible()


def test_an_administrator_signs_somebody_out(visitor: Visitor, colleague: Visitor) -> None:
    colleague.sign_in("tomas@example.com")
    visitor.sign_in("ada@example.com")
    page = visitor.open("/sessions", "Sessions")
    page.get_by_role("textbox", name="Whose sessions").fill("tomas@example.com")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_text("Where tomas@example.com is signed in.")).to_be_visible()
    page.get_by_role("button", name="Sign out everywhere").click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_text("Signed in nowhere")).to_be_visible()
    colleague.open("/", "Sign in to ConsoleMe")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_has_no_barriers(visit: Callable[..., Visitor], theme: str) -> None:
    visitor = visit(theme=theme)
    visitor.sign_in("ada@example.com")
    page = visitor.open("/sessions", "Sessions")
    expect(page.get_by_text("This session", exact=True)).to_be_visible()
    assert visitor.barriers() == []
    page.get_by_role("button", name="Sign out everywhere", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert visitor.barriers() == []


def test_it_works_on_a_phone(visit: Callable[..., Visitor]) -> None:
    visitor = visit(width=390)
    visitor.sign_in("frida@example.com")
    page = visitor.open("/sessions", "Sessions")
    page.get_by_role("button", name="Sign out everywhere", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    expect(page.get_by_role("heading", name="Sign in to ConsoleMe")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
