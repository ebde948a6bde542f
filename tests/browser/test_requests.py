"""Asking for a permission, reviewing it and finding it in IAM, in two real browsers."""

import json
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from infra.local.cloud import LaptopCloud
from tests.browser.visitor import PATIENCE, Visitor

pytestmark = pytest.mark.browser

ROLE = "PaymentsEngineer"
REQUESTER = "priya@example.com"
REVIEWER = "ada@example.com"


@pytest.fixture
def name() -> str:
    """Of a policy that no role has yet."""
    return f"export-{uuid4().hex[:6]}"


def live_policies(cloud: LaptopCloud, visitor: Visitor) -> dict[str, object]:
    """The inline policies of the role as IAM has them."""
    arn = visitor.role_arn(ROLE)
    iam = cloud.client("iam", account_id=arn.split(":")[4])
    names = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    return {name: iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"] for name in names}


def test_a_request_is_previewed_sent_approved_and_found_in_iam(
    visitor: Visitor, colleague: Visitor, cloud: LaptopCloud, name: str
) -> None:
    visitor.sign_in(REQUESTER)
    page = visitor.open(f"/requests/new?arn={visitor.role_arn(ROLE)}", "New request")
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ledger-exports/*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    visitor.rewrite("Policy", json.dumps(document))
    page.get_by_role("textbox", name="Policy name").fill(name)
    page.get_by_role("textbox", name="Justification").fill("Nightly export of the ledger")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("Waiting for a decision")).to_be_visible()
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
    assert name not in live_policies(cloud, visitor)

    colleague.sign_in(REVIEWER)
    colleague.open(page.url.removeprefix(visitor.url), f"Request for {ROLE}")
    expect(colleague.page.get_by_text("arn:aws:s3:::ledger-exports/*").first).to_be_visible()
    colleague.decide("Approve", "Checked with the ledger team")
    expect(colleague.page.get_by_text("Every change was written, and read back from AWS")).to_be_visible()
    expect(colleague.page.get_by_text("Checked with the ledger team").first).to_be_visible()
    assert live_policies(cloud, visitor)[name] == document


def test_the_review_page_shows_what_a_request_replaces(
    visitor: Visitor, colleague: Visitor, cloud: LaptopCloud
) -> None:
    """Also the picture of the documentation: a change to a policy that the role has."""
    visitor.sign_in(REQUESTER)
    path = visitor.ask(ROLE, "ledger-exports")
    colleague.sign_in(REVIEWER)
    colleague.open(path, f"Request for {ROLE}")
    colleague.decide("Approve")
    expect(colleague.page.get_by_text("Every change was written")).to_be_visible()

    page = visitor.open(f"/requests/new?arn={visitor.role_arn(ROLE)}", "New request")
    held = live_policies(cloud, visitor)["ledger-exports"]
    assert isinstance(held, dict)
    [statement] = held["Statement"]
    wider = statement | {"Action": [*statement["Action"], "s3:DeleteObject"]}
    visitor.rewrite("Policy", json.dumps({**held, "Statement": [wider]}))
    page.get_by_role("textbox", name="Policy name").fill("ledger-exports")
    page.get_by_text("Replace the policy of that name").click()
    page.get_by_role("textbox", name="Justification").fill(
        "Old exports are to be cleaned up after ninety days, see LED-311."
    )
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("Waiting for a decision")).to_be_visible()

    colleague.open(page.url.removeprefix(visitor.url), f"Request for {ROLE}")
    expect(colleague.page.locator(".cm-insertedLine, .cm-changedLine").first).to_be_visible()
    expect(colleague.page.get_by_text('"s3:DeleteObject"')).to_be_visible()
    colleague.picture("review")
    assert colleague.barriers() == []


def test_an_edit_meanwhile_stops_an_approval_and_shows_what_changed(
    visitor: Visitor, colleague: Visitor, cloud: LaptopCloud, name: str
) -> None:
    visitor.sign_in(REQUESTER)
    path = visitor.ask(ROLE, name)
    colleague.sign_in(REVIEWER)
    colleague.open(path, f"Request for {ROLE}")

    page = visitor.open(path, f"Request for {ROLE}")
    page.get_by_role("button", name=re.compile("^Edit: ")).click()
    wide = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    visitor.rewrite(f"Policy of Add inline policy {name}", json.dumps(wide))
    page.get_by_role("button", name="Save as a new revision").click()
    expect(page.get_by_text("Your edit is a new revision")).to_be_visible()

    colleague.decide("Approve")
    expect(colleague.page.get_by_text("This request was edited while you were reading it")).to_be_visible()
    expect(colleague.page.get_by_role("dialog")).to_have_count(0)
    expect(colleague.page.get_by_role("button", name="Approve", exact=True)).to_be_disabled()
    assert name not in live_policies(cloud, visitor)

    colleague.page.get_by_role("button", name="Show revision 2").click()
    expect(colleague.page.get_by_text('"s3:*"').first).to_be_visible()
    colleague.decide("Reject", "Too wide")
    expect(colleague.page.get_by_text("The request is rejected.")).to_be_visible()
    assert name not in live_policies(cloud, visitor)


def test_a_comment_reaches_the_other_person(visitor: Visitor, colleague: Visitor, name: str) -> None:
    visitor.sign_in(REQUESTER)
    path = visitor.ask(ROLE, name)
    colleague.sign_in(REVIEWER)
    page = colleague.open(path, f"Request for {ROLE}")
    page.get_by_role("textbox", name="Comment").fill("Which <b>bucket</b> is it?")
    page.get_by_role("button", name="Add comment").click()
    expect(page.get_by_text("Which <b>bucket</b> is it?", exact=True)).to_be_visible()
    visitor.open(path, f"Request for {ROLE}")
    expect(visitor.page.get_by_text("Which <b>bucket</b> is it?", exact=True)).to_be_visible()
    visitor.decide("Cancel request")
    expect(visitor.page.get_by_text("The request is cancelled.")).to_be_visible()


def test_faults_of_a_new_request_are_shown_where_they_are(visitor: Visitor) -> None:
    visitor.sign_in(REQUESTER)
    page = visitor.open("/requests/new", "New request")
    page.get_by_role("combobox", name="Role or user").fill("not an arn")
    visitor.rewrite("Policy", '{\n  "Statement": [\n    {"Effect": }\n  ]\n}')
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("This is not the ARN of a role or a user.")).to_be_visible()
    expect(page.get_by_text("Line 3, column 16: a value is expected.")).to_be_visible()
    expect(page.get_by_text("Tell the reviewer what you need it for.")).to_be_visible()


def test_what_the_service_refuses_is_said_in_its_words(visitor: Visitor) -> None:
    visitor.sign_in(REQUESTER)
    page = visitor.open("/requests/new?arn=arn:aws:iam::123456789012:role/NoSuchRole", "New request")
    page.get_by_role("textbox", name="Justification").fill("Curiosity")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("The service did not accept this")).to_be_visible()
    expect(page.get_by_text(re.compile("NoSuchRole")).first).to_be_visible()
    expect(page.get_by_role("button", name="Send request")).to_have_count(0)


def test_requests_are_found_by_status_and_by_word(visitor: Visitor, name: str) -> None:
    visitor.sign_in(REQUESTER)
    request_id = visitor.ask(ROLE, name).rsplit("/", 1)[-1]
    page = visitor.open(f"/requests?status=pending&q={request_id}", "Requests")
    expect(page.get_by_role("link", name=f"Request {request_id}")).to_be_visible()
    visitor.open(f"/requests?status=rejected&q={request_id}", "Requests")
    expect(page.get_by_text("No request matches")).to_be_visible()


def test_the_review_page_fits_a_phone(visit: Callable[..., Visitor], name: str) -> None:
    someone = visit(width=390)
    someone.sign_in(REQUESTER)
    page = someone.open(someone.ask(ROLE, name), f"Request for {ROLE}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_changes_gathered_on_two_pages_are_asked_together_applied_and_ended(
    visitor: Visitor, colleague: Visitor, cloud: LaptopCloud, name: str
) -> None:
    visitor.sign_in(REQUESTER)
    arn = visitor.role_arn(ROLE)
    where = arn.split(":")[4]
    page = visitor.open(f"/policies/edit/{where}/iamrole/{ROLE}?tab=tags", ROLE)
    page.get_by_role("link", name="Request another tag").click()
    page.get_by_role("textbox", name="Key").fill(name)
    page.get_by_role("textbox", name="Value").fill("for an hour")
    page.get_by_role("button", name="For how long").click()
    page.get_by_role("option", name="1 hour").click()

    page = visitor.open(f"/policies/edit/{where}/iamrole/{ROLE}?tab=who", ROLE)
    page.get_by_role("link", name="Request access for somebody").click()
    expect(page.get_by_text("One change that you have not sent yet is still here.")).to_be_visible()
    page.get_by_role("textbox", name="Their user name").fill("iris@example.com")
    page.get_by_role("textbox", name="Justification").fill("The audit of this quarter")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Who would have to approve")).to_be_visible()
    assert visitor.barriers() == []
    page.get_by_role("button", name="Send request").click()
    expect(page.get_by_text("Waiting for a decision")).to_be_visible()

    colleague.sign_in(REVIEWER)
    colleague.open(page.url.removeprefix(visitor.url), f"Request for {ROLE}")
    colleague.decide("Approve")
    expect(colleague.page.get_by_text("Every change was written, and read back from AWS")).to_be_visible()
    page.reload()
    assert tags(cloud, arn)[name] == "for an hour"

    visitor.decide("End now")
    expect(page.get_by_text("It is being taken back.")).to_be_visible()
    cloud.invoke("due", cloud.scheduler.event("due"))
    expect(page.get_by_text("AWS has shown that it is taken back")).to_be_visible(timeout=3 * PATIENCE)
    assert name not in tags(cloud, arn)


def tags(cloud: LaptopCloud, arn: str) -> dict[str, str]:
    """Of the role, as IAM has them."""
    held = cloud.client("iam", account_id=arn.split(":")[4]).list_role_tags(RoleName=arn.rsplit("/", 1)[-1])["Tags"]
    return {tag["Key"]: tag["Value"] for tag in held}


def test_a_draft_is_its_authors_until_it_is_sent(visitor: Visitor, colleague: Visitor, name: str) -> None:
    visitor.sign_in(REQUESTER)
    page = visitor.open(f"/requests/new?arn={visitor.role_arn(ROLE)}&change=resource_tag&key={name}", "New request")
    page.get_by_role("textbox", name="Justification").fill("Not sure yet")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("Only you see this.")).to_be_visible()
    path = page.url.removeprefix(visitor.url)
    colleague.sign_in(REVIEWER)
    colleague.open(path)
    expect(colleague.page.get_by_text("Not found").first).to_be_visible()

    page.get_by_role("link", name="Edit the draft").click()
    page.get_by_role("textbox", name="Value").fill("for the export")
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_text("Only you see this.")).to_be_visible()
    expect(page.get_by_text("for the export").first).to_be_visible()

    visitor.decide("Send request")
    expect(page.get_by_text("Waiting for a decision")).to_be_visible()
    colleague.open("/requests?tab=review", "Requests")
    colleague.page.get_by_role("link", name=f"Request {path.rsplit('/', 1)[-1]}").click()
    expect(colleague.page.get_by_role("heading", name=f"Request for {ROLE}", level=1)).to_be_visible()
    colleague.decide("Ask for changes", "Say what for")
    expect(colleague.page.get_by_text("The author is asked for changes.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Say what for").first).to_be_visible()
    visitor.decide("Cancel request")
    expect(page.get_by_text("The request is cancelled.")).to_be_visible()
