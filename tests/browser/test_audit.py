"""The audit log and the checks in a real browser: an auditor finds what somebody did, and why they could."""

import csv
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from infra.local.cloud import LaptopCloud
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

AUDITOR, ENGINEER = "selma@example.com", "priya@example.com"


@pytest.fixture
def acted(colleague: Visitor) -> str:
    """An engineer took keys, and was refused others; the ARN of the role."""
    colleague.sign_in(ENGINEER)
    colleague.open("/", "Your roles")
    arn = colleague.role_arn("CostExplorer")
    for wanted in (arn, "NoSuchRole"):
        colleague.page.request.post(f"{colleague.url}/api/v1/get_credentials", data={"requested_role": wanted})
    return arn


def test_an_auditor_finds_what_somebody_did_and_why_they_could(visitor: Visitor, acted: str) -> None:
    visitor.sign_in(AUDITOR)
    page = visitor.open("/", "Your roles")
    page.get_by_role("link", name="Audit log", exact=True).click()
    expect(page.get_by_role("heading", name="Audit log", level=1)).to_be_visible()
    page.get_by_role("textbox", name="Person").fill(ENGINEER)
    page.get_by_role("textbox", name="Action").fill("credentials")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page).to_have_url(re.compile("action=credentials"))
    expect(page.get_by_text("Refused").first).to_be_visible()
    expect(page.get_by_text("Done").first).to_be_visible()
    visitor.picture("audit")
    page.get_by_role("link", name=acted).first.click()
    expect(page.get_by_role("heading", name="Who may use what", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("Who may use this role"))).to_be_visible()
    page.get_by_role("textbox").fill(ENGINEER)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("payments-engineers").first).to_be_visible()
    expect(page.get_by_role("link", name=acted).first).to_be_visible()


def test_the_export_is_a_file_that_a_spreadsheet_reads(visitor: Visitor, acted: str) -> None:
    visitor.sign_in(AUDITOR)
    page = visitor.open(f"/audit?person={ENGINEER}", "Audit log")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("menuitem", name="CSV").click()
    assert waiting.value.suggested_filename == "audit.csv"
    with waiting.value.path().open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["person"] for row in rows} == {f"user:{ENGINEER}"}
    assert acted in {row["target"] for row in rows}


def test_people_without_the_permission_are_offered_nothing_of_it(visitor: Visitor) -> None:
    visitor.sign_in(ENGINEER)
    page = visitor.open("/audit")
    expect(page.get_by_text("You may not see the audit log")).to_be_visible()
    expect(page.get_by_role("link", name="Checks", exact=True)).to_have_count(0)


def test_an_administrator_sees_how_everything_is_doing(visitor: Visitor, cloud: LaptopCloud) -> None:
    cloud.invoke("seal_audit", cloud.scheduler.event("seal_audit"))
    visitor.sign_in("ada@example.com")
    page = visitor.open("/checks", "Checks")
    expect(page.get_by_text("All 10 are active.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Seal \d+, of \d+ open chains, was made"))).to_be_visible()
    page.get_by_role("button", name="Check the accounts").click()
    expect(page.get_by_text("can be taken").first).to_be_visible()
    expect(page.get_by_text(re.compile("Create arn:aws:iam::.*ConsoleMeSpokeRead")).first).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    visitor.picture("checks")


PAGES = ["/audit", f"/audit/access?q={ENGINEER}", "/checks"]


def shown(visitor: Visitor, path: str) -> None:
    """The page, with what it had to ask for."""
    visitor.sign_in("ada@example.com")
    page = visitor.open(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()
    expect(page.get_by_text(re.compile("^(Loading|Reading)"))).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_pages_have_no_barriers(visit: Callable[..., Visitor], path: str, theme: str) -> None:
    visitor = visit(theme=theme)
    shown(visitor, path)
    assert visitor.barriers() == []


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_fit_on_a_phone(visit: Callable[..., Visitor], path: str) -> None:
    visitor = visit(width=380)
    shown(visitor, path)
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
