"""Signing in with a SAML provider, in a real browser: what it does with cookies and forms across sites is its own affair."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PARTNER
from tests.browser.visitor import Visitor
from tests.support.saml.provider import SamlProvider

pytestmark = pytest.mark.browser


def choose_partner(visitor: Visitor, path: str = "/") -> Page:
    page = visitor.open(path, "Sign in to ConsoleMe")
    page.get_by_role("button", name="Sign in with Partner account").click()
    return page


def sign_in(visitor: Visitor, path: str = "/") -> Page:
    page = choose_partner(visitor, path)
    page.get_by_role("button", name=f"Sign in as {PARTNER}").click()
    expect(page.get_by_role("button", name=f"Signed in as {PARTNER}")).to_be_visible()
    return page


def test_a_person_signs_in_at_the_provider_and_comes_back_to_where_they_wanted_to_go(
    visitor: Visitor, partner: SamlProvider
) -> None:
    page = choose_partner(visitor, "/requests?status=pending")
    expect(page).to_have_url(re.compile(f"^{re.escape(partner.url)}/sso"))
    page.get_by_role("button", name=f"Sign in as {PARTNER}").click()
    expect(page).to_have_url(f"{visitor.url}/requests?status=pending")
    profile = page.request.get(f"{visitor.url}/api/v2/user_profile").json()
    assert (profile["user"], profile["groups"]) == (PARTNER, ["everyone", "payments-engineers"])


def test_the_groups_that_the_provider_tells_give_their_roles(visitor: Visitor) -> None:
    sign_in(visitor)
    page = visitor.open("/", "Your roles")
    expect(page.get_by_text("group:payments-engineers by tag consoleme-authorized").first).to_be_visible()


def test_the_provider_changes_its_key_and_nobody_notices(
    visitor: Visitor, colleague: Visitor, partner: SamlProvider
) -> None:
    sign_in(visitor)
    partner.keys(signing=0, published=[0, 1])
    sign_in(colleague)
    partner.keys(signing=1, published=[0, 1])
    visitor.open("/", "Your roles")


def test_signing_out_signs_out_at_the_provider_too(visitor: Visitor, partner: SamlProvider) -> None:
    page = sign_in(visitor)
    page.get_by_role("button", name=f"Signed in as {PARTNER}").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to ConsoleMe")).to_be_visible()
    assert partner.sign_outs()[-1] == PARTNER
    assert page.url.startswith(visitor.url)


def test_the_end_of_a_sign_in_counts_once(visitor: Visitor) -> None:
    ended: list[str] = []
    visitor.page.on("request", lambda sent: ended.append(sent.url) if "/saml/finish" in sent.url else None)
    sign_in(visitor)
    page = visitor.page
    page.goto(ended[0])
    expect(page.get_by_text("Reason: unknown_sign_in.")).to_be_visible()
    assert visitor.barriers() == []
