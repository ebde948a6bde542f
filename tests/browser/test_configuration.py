"""Changing the configuration in a real browser: faults, preview, save, conflict, history and the way back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

API = "/api/v2/dynamic_config"
EDITOR, ENGINEER = "ada@example.com", "priya@example.com"


class Configuration:
    """What people do with the page of the configuration."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        visitor.sign_in(EDITOR)

    @property
    def text(self) -> str:
        return str(self._current()["dynamicConfig"])

    def _current(self) -> dict[str, str]:
        found: dict[str, str] = self.visitor.page.request.get(self.visitor.url + API).json()
        return found

    def open(self, query: str = "") -> Page:
        page = self.visitor.open(f"/config{query}", "Configuration")
        expect(self.visitor.editor("Configuration")).to_be_visible()
        return page

    def write(self, text: str) -> None:
        self.visitor.rewrite("Configuration", text)
        self.visitor.page.get_by_role("button", name="Preview", exact=True).click()

    def put(self, text: str, comment: str = "") -> None:
        """By the API, as somebody elsewhere does."""
        request = self.visitor.page.request
        # Any answer to a page brings the token that saves need.
        request.get(f"{self.visitor.url}/auth")
        cookies = {one["name"]: one["value"] for one in self.visitor.page.context.cookies()}
        body = {"new_config": text, "existing_sha256": self._current()["sha256"], "comment": comment}
        headers = {"Origin": self.visitor.url, "X-Xsrftoken": cookies.get("_xsrf", "")}
        answer = request.post(self.visitor.url + API, data=body, headers=headers)
        assert answer.ok, answer.text()


def titled(text: str, title: str) -> str:
    """The document with another title for the message on all pages."""
    rest = re.sub(r"^  message_title: .*\n", "", text, flags=re.MULTILINE)
    return rest.replace("site:\n", f"site:\n  message_title: {title}\n")


@pytest.fixture
def configuration(visitor: Visitor) -> Iterator[Configuration]:
    """Whatever the test saves, the document is afterwards what it was before."""
    found = Configuration(visitor)
    before = found.text
    yield found
    if found.text != before:
        found.put(before, "after the test")


def test_a_change_is_marked_previewed_saved_and_found_in_the_history(
    configuration: Configuration, visitor: Visitor, colleague: Visitor
) -> None:
    colleague.sign_in(ENGINEER)
    before = configuration.text
    page = configuration.open()

    configuration.write(before.replace("site:\n", "site:\n  titel: x\n"))
    expect(page.get_by_text("One thing is wrong")).to_be_visible()
    expect(page.locator(".cm-lint-marker-error")).to_be_visible()
    page.get_by_text(re.compile(r"line \d+: site\.titel: this key is not known")).click()
    expect(visitor.editor("Configuration")).to_be_focused()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)

    role = "arn:aws:iam::210987654321:role/ReportReader"
    mapped = before.replace(
        "group:payments-oncall:\n      roles:\n", f"group:payments-oncall:\n      roles:\n      - {role}\n"
    )
    assert mapped != before
    configuration.write(titled(mapped, "Release week"))
    expect(page.get_by_text(re.compile(r"1 role more for [1-9]\d* (person|people) known so far"))).to_be_visible()
    expect(page.get_by_text("message_title: changed.")).to_be_visible()
    expect(visitor.editor("Configuration: after")).to_be_visible()
    visitor.picture("configuration")
    page.get_by_role("textbox", name="Why (optional)").fill("On-call reads reports")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile(r"Version \d+ is in force"))).to_be_visible()
    assert "ReportReader" in configuration.text

    row = page.get_by_role("row").filter(has_text="On-call reads reports")
    expect(row).to_contain_text(EDITOR)
    row.get_by_role("button", name=re.compile("Look at version")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Against what is in force").click()
    expect(dialog.get_by_text("Its text is in force")).to_be_visible()


def test_an_old_version_is_restored_after_a_look_at_what_that_does(configuration: Configuration) -> None:
    before = configuration.text
    configuration.put(titled(before, "one"), "the first of two")
    configuration.put(titled(before, "two"), "the second of two")
    page = configuration.open()
    page.get_by_role("row").filter(has_text="the first of two").first.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Restore this version").click()
    expect(dialog.get_by_text("message_title: changed.")).to_be_visible()
    dialog.get_by_role("button", name=re.compile("in force again")).click()
    expect(page.get_by_text(re.compile(r"Version \d+ is in force"))).to_be_visible()
    assert configuration.text == titled(before, "one")


def test_who_is_overtaken_keeps_what_they_wrote_and_saves_it_after_another_look(
    configuration: Configuration, visitor: Visitor
) -> None:
    before = configuration.text
    page = configuration.open()
    mine = titled(before, "mine")
    configuration.write(mine)
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    configuration.put(titled(before, "theirs"), "faster")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The configuration changed while you were writing")).to_be_visible()
    expect(page.get_by_text(re.compile(r"saved version \d+ .*faster"))).to_be_visible()
    page.reload()
    expect(page.get_by_text("You had begun to write")).to_be_visible()
    expect(page.get_by_text("The configuration changed while you were writing")).to_be_visible()
    assert visitor.barriers() == []
    page.get_by_role("button", name="Keep mine, on top of theirs").click()
    page.get_by_role("button", name="Preview", exact=True).click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(re.compile(r"Version \d+ is in force"))).to_be_visible()
    assert configuration.text == mine


def test_who_may_not_edit_finds_neither_page_nor_document(visitor: Visitor) -> None:
    visitor.sign_in(ENGINEER)
    page = visitor.open("/config", "Configuration")
    expect(page.get_by_text("You may not see the configuration")).to_be_visible()
    expect(page.locator('nav a[href="/config"]')).to_have_count(0)
    assert page.request.get(visitor.url + API).status == 403


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_has_no_barriers_in_either_theme(theme: str, visit: Callable[..., Visitor]) -> None:
    someone = visit(theme=theme)
    configuration = Configuration(someone)
    page = configuration.open()
    configuration.write("site:\n  titel: x\n")
    expect(page.get_by_text("One thing is wrong")).to_be_visible()
    assert someone.barriers() == []
    configuration.write(titled(configuration.text, "another"))
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    assert someone.barriers() == []


def test_the_page_fits_a_phone(visit: Callable[..., Visitor]) -> None:
    someone = visit(width=390)
    configuration = Configuration(someone)
    page = configuration.open()
    configuration.write(titled(configuration.text, "on the phone"))
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
