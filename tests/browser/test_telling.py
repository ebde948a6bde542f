"""What people are told of requests, and deciding from there: Slack and the mail of the laptop, and who wants to hear what."""

import re
import time
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visitor import PATIENCE, Visitor

pytestmark = pytest.mark.browser

ROLE = "PaymentsEngineer"
REQUESTER, REVIEWER = "priya@example.com", "selma@example.com"


@pytest.fixture
def tag() -> str:
    return f"told-{uuid4().hex[:6]}"


def asked(visitor: Visitor, key: str) -> str:
    """The path of a request for a tag."""
    visitor.sign_in(REQUESTER)
    page = visitor.open(f"/requests/new?arn={visitor.role_arn(ROLE)}&change=resource_tag&key={key}", "New request")
    page.get_by_role("textbox", name="Justification").fill("For the bill")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("Waiting for a decision")).to_be_visible()
    return page.url.removeprefix(visitor.url)


def slack(visitor: Visitor, who: str) -> Page:
    """The laptop's Slack, as one of its members sees it."""
    page = visitor.open("/local/slack", "Slack of this laptop")
    member = page.locator("option", has_text=who).first.get_attribute("value")
    page.locator("select").select_option(member)
    return page


def about(page: Page, key: str) -> Locator:
    """The message in the channel."""
    return page.locator(".message").filter(has_text=f"Set tag {key}")


def recipients(visitor: Visitor, path: str) -> set[str]:
    """Of the mails about a request, as the laptop's page shows them."""
    letters = visitor.page.request.get(f"{visitor.url}/local/mail").text().split("<article")[1:]
    return {re.findall("<small>to ([^<]*)</small>", letter)[0] for letter in letters if path in letter}


def until_told(visitor: Visitor, path: str, who: str) -> None:
    """The page of the mail does not look again by itself."""
    deadline = time.monotonic() + 3 * PATIENCE / 1000
    while who not in recipients(visitor, path):
        assert time.monotonic() < deadline, f"nobody wrote to {who}"


def test_a_slack_account_is_linked_by_its_owner_and_decides_then(
    visitor: Visitor, colleague: Visitor, tag: str
) -> None:
    path = asked(visitor, tag)
    colleague.sign_in(REVIEWER)
    page = slack(colleague, "Selma")
    about(page, tag).get_by_role("button", name="Approve").click()
    link = page.get_by_role("link", name=re.compile("slack.link"))
    expect(link).to_be_visible()
    colleague.open(str(link.get_attribute("href")).removeprefix(colleague.url), "Link your Slack account")
    colleague.page.get_by_role("button", name=re.compile("Link")).click()
    expect(colleague.page.get_by_text("in Slack is you from now on")).to_be_visible()

    page = slack(colleague, "Selma")
    about(page, tag).get_by_role("button", name="Approve").click()
    expect(about(page, tag).get_by_text(f"Applied: Set tag {tag}")).to_be_visible(timeout=3 * PATIENCE)
    visitor.open(path, f"Request for {ROLE}")
    expect(visitor.page.get_by_text("Every change was written, and read back from AWS")).to_be_visible()


def test_mail_goes_to_those_who_decide_and_to_nobody_who_does_not_want_it(
    visitor: Visitor, colleague: Visitor, tag: str
) -> None:
    colleague.sign_in(REVIEWER)
    page = colleague.open("/preferences", "Notification preferences")
    wish = page.get_by_role("checkbox", name="Requests that you may decide about, by e-mail")
    wish.click()
    expect(wish).not_to_be_checked()
    page.reload()
    expect(wish).not_to_be_checked()
    assert colleague.barriers() == []

    path = asked(visitor, tag)
    until_told(colleague, path, "ada@example.com")
    approver = visitor
    approver.sign_in("ada@example.com")
    approver.open(path, f"Request for {ROLE}")
    approver.decide("Reject", "Not this month")
    # Whatever is sent about its beginning was sent by then.
    until_told(colleague, path, REQUESTER)
    assert REVIEWER not in recipients(colleague, path)

    colleague.open("/preferences", "Notification preferences")
    wish.click()
    expect(wish).to_be_checked()
