"""Signing in with the company's identity provider, in a real browser and at a real provider."""

import re

import pytest
from playwright.sync_api import Page, expect

from infra.local.cloud import LaptopCloud
from tests.browser.conftest import ADMINISTRATOR, NEWCOMER
from tests.browser.visitor import Visitor
from tests.support.oidc_server.provider import OidcServer

pytestmark = pytest.mark.browser


def choose_company(visitor: Visitor, path: str = "/") -> Page:
    """To the provider's page, by the button of the sign-in page."""
    page = visitor.open(path, "Sign in to ConsoleMe")
    page.get_by_role("button", name="Sign in with Company account").click()
    return page


def prove(page: Page, person: str) -> None:
    """What the provider's own pages want: a name, any password, and a yes."""
    page.get_by_placeholder("Enter any login").fill(person)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def sign_in(visitor: Visitor, person: str) -> None:
    prove(choose_company(visitor), person)
    expect(visitor.page.get_by_role("button", name=f"Signed in as {person}")).to_be_visible()


def test_a_person_signs_in_at_the_provider_and_comes_back_to_where_they_wanted_to_go(
    visitor: Visitor, identity_provider: OidcServer
) -> None:
    page = choose_company(visitor, "/requests?status=pending")
    expect(page).to_have_url(re.compile(f"^{re.escape(identity_provider.url)}/"))
    prove(page, NEWCOMER)
    expect(page).to_have_url(f"{visitor.url}/requests?status=pending")
    expect(page.get_by_role("button", name=f"Signed in as {NEWCOMER}")).to_be_visible()


def test_the_groups_that_the_provider_tells_give_their_roles(visitor: Visitor) -> None:
    sign_in(visitor, NEWCOMER)
    profile = visitor.page.request.get(f"{visitor.url}/api/v2/user_profile").json()
    assert (profile["user"], profile["groups"]) == (NEWCOMER, ["everyone", "payments-engineers"])
    page = visitor.open("/", "Your roles")
    expect(page.get_by_text("group:payments-engineers by tag consoleme-authorized").first).to_be_visible()
    assert profile["authorization"]["can_admin"] is False


def test_a_group_of_the_provider_makes_an_administrator(visitor: Visitor) -> None:
    sign_in(visitor, ADMINISTRATOR)
    profile = visitor.page.request.get(f"{visitor.url}/api/v2/user_profile").json()
    assert profile["authorization"]["can_admin"] is True


def test_signing_out_signs_out_at_the_provider_too(visitor: Visitor) -> None:
    sign_in(visitor, NEWCOMER)
    page = visitor.page
    page.get_by_role("button", name=f"Signed in as {NEWCOMER}").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect(page).to_have_url(f"{visitor.url}/")
    expect(page.get_by_role("heading", name="Sign in to ConsoleMe")).to_be_visible()
    page.get_by_role("button", name="Sign in with Company account").click()
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()


def test_the_provider_changes_its_key_and_nobody_notices(
    visitor: Visitor, colleague: Visitor, identity_provider: OidcServer
) -> None:
    sign_in(visitor, NEWCOMER)
    identity_provider.rotate()
    visitor.open("/", "Your roles")
    sign_in(colleague, ADMINISTRATOR)
    colleague.open("/", "Your roles")


def test_whoever_cancels_at_the_provider_is_told_so_and_may_try_again(visitor: Visitor) -> None:
    page = choose_company(visitor, "/requests")
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", name="You are not signed in")).to_be_visible()
    expect(page.get_by_text("Reason: access_denied.")).to_be_visible()
    assert visitor.barriers() == []
    page.get_by_role("link", name="Try again").click()
    prove(page, NEWCOMER)
    expect(page).to_have_url(f"{visitor.url}/requests")


def test_somebody_elses_link_signs_nobody_in(visitor: Visitor, colleague: Visitor, cloud: LaptopCloud) -> None:
    """The end of one person's sign-in, opened in another's browser."""
    page = choose_company(visitor)
    page.get_by_placeholder("Enter any login").fill(NEWCOMER)
    page.get_by_placeholder("and password").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    # The rest of the way without the browser, so that its end is not opened there.
    consent = page.locator("form").get_attribute("action")
    answer = page.request.post(str(consent), form={"prompt": "consent"}, max_redirects=0)
    while not answer.headers["location"].startswith(cloud.url):
        answer = page.request.get(answer.headers["location"], max_redirects=0)
    there = colleague.page
    there.goto(answer.headers["location"])
    expect(there.get_by_text("Reason: other_browser.")).to_be_visible()
    colleague.open("/", "Sign in to ConsoleMe")
