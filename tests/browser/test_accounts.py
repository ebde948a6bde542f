"""The accounts, and one that lets nobody in, as a person sees them."""

import pytest
from playwright.sync_api import expect

from infra.local.cloud import LaptopCloud
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_an_account_that_lets_nobody_in_says_so_and_still_tells_what_its_organisation_forbids(
    visitor: Visitor, cloud: LaptopCloud
) -> None:
    assert not cloud.invoke("look_after_accounts", cloud.scheduler.event("look_after_accounts")).failed
    visitor.sign_in("ada@example.com")
    page = visitor.open("/inventory", "Inventory")
    expect(page.get_by_role("row", name="payments-prod").get_by_text("Up to date", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name="acquired-shop").get_by_text("Not reached")).to_be_visible()
    page.get_by_role("link", name="acquired-shop").click()
    expect(page.get_by_role("heading", name="acquired-shop")).to_be_visible()
    expect(page.get_by_text("Nobody gets into this account")).to_be_visible()
    expect(page.get_by_role("table", name="Freshness by type and region").get_by_role("row")).not_to_have_count(1)
    page.get_by_role("button", name="FullAWSAccess").click()
    expect(page.get_by_text('"Action": "*"')).to_be_visible()
