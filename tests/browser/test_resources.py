"""Looking for resources in a real browser: the table of all of them, and the box of every page."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_a_search_narrows_the_table_its_address_shows_it_to_a_colleague_and_all_of_it_is_exported(
    visitor: Visitor, colleague: Visitor
) -> None:
    visitor.sign_in("ada@example.com")
    page = visitor.open("/policies", "Resources")
    everything = page.get_by_text(re.compile(r"^1\S\d+ of \d+$"))
    expect(everything).to_be_visible()
    before = everything.inner_text()
    page.get_by_role("searchbox", name="Search the resources").press_sequentially("name:/^ledger/ -frozen", delay=20)
    expect(page.get_by_role("link", name="ledger-task")).to_be_visible()
    expect(everything).not_to_have_text(before)
    expect(page.get_by_role("link", name="LedgerFrozen")).to_have_count(0)
    narrowed = everything.inner_text()

    colleague.sign_in("ada@example.com")
    there = colleague.open(page.url.removeprefix(visitor.url), "Resources")
    expect(there.get_by_text(narrowed)).to_be_visible()

    page.get_by_role("button", name="Export all that fit").click()
    with page.expect_download() as downloading:
        page.get_by_role("menuitem", name=re.compile("JSON")).click()
    rows = json.loads(Path(downloading.value.path()).read_text(encoding="utf-8"))
    assert f"of {len(rows)}" in narrowed
    assert "ledger-task" in {row["name"] for row in rows}


def test_the_box_of_every_page_leads_to_an_account_and_to_what_was_typed(visitor: Visitor) -> None:
    visitor.sign_in("ada@example.com")
    page = visitor.open("/", "Your roles")
    box = page.get_by_role("combobox", name="Search everything")
    box.press_sequentially("payments-pr", delay=20)
    page.get_by_role("option", name=re.compile(r"payments-prod\s*\d{12}")).click()
    expect(page.get_by_role("heading", name=re.compile("^Resources"), level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/policies\?account_id=\d{12}"))
    box.press_sequentially("ledger", delay=20)
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/policies\?q=ledger"))
    expect(page.get_by_role("link", name="ledger-task")).to_be_visible()
