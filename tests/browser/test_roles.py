"""Signing in, finding a role and using it, in a real browser."""

import re
from collections.abc import Callable

import boto3
import pytest
from playwright.sync_api import expect

from infra.local.cloud import LaptopCloud
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


def test_somebody_who_is_not_signed_in_is_led_to_the_sign_in_and_back(visitor: Visitor) -> None:
    page = visitor.open("/requests?status=pending", "Sign in to ConsoleMe")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Sign in as Priya Raman").click()
    expect(page).to_have_url(re.compile(r"/requests\?status=pending$"))
    expect(page.get_by_role("button", name="Signed in as priya@example.com")).to_be_visible()


def test_the_roles_are_listed_with_the_reason_and_the_laptop_says_that_it_forgets(visitor: Visitor) -> None:
    visitor.sign_in("priya@example.com")
    page = visitor.open("/", "Your roles")
    expect(page.get_by_text("Laptop mode: state lives in memory")).to_be_visible()
    expect(page.get_by_text("group:payments-engineers by tag consoleme-authorized").first).to_be_visible()
    visitor.picture("roles")


def test_a_search_takes_every_character_for_itself(visitor: Visitor) -> None:
    visitor.sign_in("priya@example.com")
    page = visitor.open("/", "Your roles")
    page.get_by_role("searchbox", name="Search your roles").fill("ledger migr")
    expect(page.get_by_role("link", name=re.compile("^Open the AWS console as"))).to_have_count(1)
    page.get_by_role("searchbox", name="Search your roles").fill("(.*")
    expect(page.get_by_text("No role matches")).to_be_visible()


def test_copied_credentials_answer_as_the_role(visitor: Visitor, cloud: LaptopCloud) -> None:
    visitor.sign_in("priya@example.com")
    visitor.open("/", "Your roles")
    keys = visitor.copied_credentials("CostExplorer")
    sts = boto3.client(
        "sts",
        "us-east-1",
        endpoint_url=cloud.aws_endpoint,
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
    )
    assert "assumed-role/CostExplorer/priya@example.com" in sts.get_caller_identity()["Arn"]
    expect(visitor.page.get_by_role("timer")).to_have_text(re.compile(r"^(59:\d\d|1:00:00)$"))


def test_credentials_are_kept_nowhere_in_the_browser(visitor: Visitor) -> None:
    visitor.sign_in("priya@example.com")
    page = visitor.open("/", "Your roles")
    keys = visitor.copied_credentials("CostExplorer")
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.documentElement.outerHTML])")
    assert keys["AWS_SECRET_ACCESS_KEY"] not in kept
    assert keys["AWS_SESSION_TOKEN"] not in kept


def test_the_console_opens_in_a_tab_of_its_own_as_that_role(visitor: Visitor) -> None:
    visitor.sign_in("priya@example.com")
    page = visitor.open("/", "Your roles")
    with page.expect_popup() as opened:
        page.get_by_role("link", name=re.compile("Open the AWS console as .*PaymentsEngineer")).click()
    console = opened.value
    expect(console.get_by_text("This would be the AWS console")).to_be_visible()
    expect(console.get_by_text("PaymentsEngineer")).to_be_visible()
    expect(page.get_by_text("Recent roles")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/role/no-such-role", "None of your roles matches 'no-such-role'"),
        ("/role/", "The link names no role."),
        ("/no/such/page", "Nothing lives at"),
        ("/challenge_validator/00000000-0000-0000-0000-000000000000", "A link works once and for two minutes."),
        ("/policies/request/00000000-0000-0000-0000-000000000000", "Request with that ID not found"),
    ],
)
def test_a_link_to_what_is_not_there_is_answered_with_a_sentence(visitor: Visitor, path: str, sentence: str) -> None:
    visitor.sign_in("priya@example.com")
    page = visitor.open(path)
    expect(page.get_by_text(sentence).first).to_be_visible()


def test_a_link_that_fits_several_roles_lets_the_person_choose(visitor: Visitor) -> None:
    visitor.sign_in("priya@example.com")
    page = visitor.open("/role/ledger?r=eu-west-1")
    expect(page.get_by_text("more than one role")).to_be_visible()
    link = page.get_by_role("link", name=re.compile("as .*LedgerMigration"))
    expect(link).to_have_attribute("href", re.compile(r"\?r=eu-west-1$"))


def test_an_administrator_refreshes_the_inventory_and_sees_how_it_went(visitor: Visitor) -> None:
    visitor.sign_in("ada@example.com")
    page = visitor.open("/inventory", "Inventory")
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_role("button", name="Refresh now")).to_be_disabled()
    expect(page.get_by_role("button", name="Refresh now")).to_be_enabled()
    expect(page.get_by_text("1 of 3 accounts failed").first).to_be_visible()


def test_a_command_line_is_approved_in_the_browser(visitor: Visitor) -> None:
    visitor.sign_in("priya@example.com")
    links = visitor.page.request.get(f"{visitor.url}/noauth/v1/challenge_generator/priya@example.com").json()
    page = visitor.page
    page.goto(links["challenge_url"])
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("The command line is signed in.")).to_be_visible()
    polled = visitor.page.request.get(links["polling_url"]).json()
    assert (polled["status"], polled["user"]) == ("success", "priya@example.com")


def test_signing_out_ends_the_session(visitor: Visitor) -> None:
    visitor.sign_in("priya@example.com")
    page = visitor.open("/", "Your roles")
    page.get_by_role("button", name="Signed in as priya@example.com").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert page.request.get(f"{visitor.url}/api/v2/get_roles").status == 403


def test_a_session_that_ends_under_an_open_page_loses_nothing(visitor: Visitor) -> None:
    visitor.sign_in("priya@example.com")
    page = visitor.open("/requests/new", "New request")
    page.get_by_role("textbox", name="Justification").fill("Half an hour of writing")
    page.context.clear_cookies()
    page.get_by_role("combobox", name="Role").fill("arn:aws:iam::123456789012:role/CostExplorer")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("dialog", name="Your session has ended")).to_be_visible()
    visitor.sign_in("priya@example.com")
    page.get_by_role("button", name="I am signed in, carry on").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("textbox", name="Justification")).to_have_value("Half an hour of writing")


_PAGES = (("/", "Your roles"), ("/requests", "Requests"), ("/requests/new", "New request"), ("/inventory", "Inventory"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_barriers_in_either_theme(theme: str, visit: Callable[..., Visitor]) -> None:
    someone = visit(theme=theme)
    someone.sign_in("ada@example.com")
    found = {}
    for path, heading in _PAGES:
        someone.open(path, heading)
        found[path] = someone.barriers()
    assert found == {path: [] for path, _ in _PAGES}


def test_the_page_fits_a_phone(visit: Callable[..., Visitor]) -> None:
    someone = visit(width=390)
    someone.sign_in("ada@example.com")
    for path, heading in _PAGES:
        page = someone.open(path, heading)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
