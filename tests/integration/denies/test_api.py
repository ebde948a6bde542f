"""Denies and the inbox over HTTP."""

import base64
import json
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.inventory.search.models import Search
from tests.integration.denies.conftest import Browser, refused
from tests.support.builders import caller
from tests.support.estate import FIRST, SECOND, Estate

ENGINEER = "ben@example.com"
_NUMBERS = count(1)
ARN = f"arn:aws:sqs:us-east-1:{FIRST}:orders"
DENIES, INBOX = "/api/v2/denies", "/api/v2/notifications"


class Place:
    """What a test has for itself."""

    def __init__(self, estate: Estate, number: int) -> None:
        self.owner, self.other = f"owner{number}@example.com", f"eve{number}@example.com"
        self.queue = f"arn:aws:sqs:us-east-1:{FIRST}:orders{number}"
        self.name = f"app{number}"
        self.role = estate.create_role(FIRST, self.name, {"owner": self.owner}, Path="/team/")
        estate.begin(f"run{number}")
        estate.sync(FIRST, f"run{number}")


@pytest.fixture
def place(estate: Estate) -> Place:
    return Place(estate, next(_NUMBERS))


def take(estate: Estate, *events: object) -> None:
    for event in events:
        estate.container().inventory.denies.take_deny.take(event)  # type: ignore[arg-type]


def test_a_deny_is_shown_with_its_reason_and_what_would_help(estate: Estate, browser: Browser, place: Place) -> None:
    take(
        estate,
        refused(estate, place.role, place.queue),
        refused(estate, place.role, place.queue, "with an explicit deny in a session policy"),
    )
    answer = browser("GET", DENIES, user=ENGINEER, arn=place.role)
    assert answer.status == 200
    body = answer.json
    assert (body["arn"], body["total"], body["days"]) == (place.role, 2, 7)
    by_layer = {deny["layer"]: deny for deny in body["denies"]}
    missing, session = by_layer["identity_policy"], by_layer["session_policy"]
    assert missing["action"] == "sqs:SendMessage"
    assert missing["suggestion"]["Statement"] == [
        {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [place.queue]}
    ]
    assert (session["suggestion"], session["request_url"], session["explicit"]) == (None, None, True)
    assert "session" in session["advice"]
    assert browser("GET", DENIES, user=ENGINEER, arn=place.queue).json["total"] == 2


def test_the_link_to_a_request_holds_the_role_and_the_policy(estate: Estate, browser: Browser, place: Place) -> None:
    take(estate, refused(estate, place.role, place.queue))
    (deny,) = browser("GET", DENIES, arn=place.role).json["denies"]
    link = urlsplit(deny["request_url"])
    (encoded,) = parse_qs(link.query)["encoded_request"]
    wanted = json.loads(base64.b64decode(encoded))
    assert (link.path, wanted["role"]) == ("/selfservice", place.role)
    assert json.loads(wanted["updated_policy"]) == deny["suggestion"]


def test_what_is_hidden_answers_like_what_does_not_exist(estate: Estate, browser: Browser, place: Place) -> None:
    estate.configure(visibility={"rules": [{"where": {"resources": ["arn:aws:iam::*:role/team/*"]}}]})
    take(estate, refused(estate, place.role, place.queue))
    hidden = browser("GET", DENIES, user=ENGINEER, arn=place.role)
    assert (hidden.status, hidden.json["denies"], hidden.json["total"]) == (200, [], 0)
    assert browser("GET", DENIES, user=ENGINEER, arn=place.queue).json["denies"] == []
    assert browser("GET", DENIES, arn=place.queue).json["total"] == 1


def test_a_deny_about_a_resource_that_is_hidden_is_left_out(estate: Estate, browser: Browser, place: Place) -> None:
    estate.configure(visibility={"rules": [{"where": {"accounts": [SECOND]}}]})
    far = f"arn:aws:sqs:us-east-1:{SECOND}:far"
    take(estate, refused(estate, place.role, place.queue), refused(estate, place.role, far))
    assert [deny["resource"] for deny in browser("GET", DENIES, user=ENGINEER, arn=place.role).json["denies"]] == [
        place.queue
    ]
    assert browser("GET", DENIES, arn=place.role).json["total"] == 2


@pytest.mark.parametrize("query", [{}, {"arn": "nonsense"}, {"arn": ARN, "limit": "0"}, {"arn": ARN, "other": "1"}])
def test_a_query_that_means_nothing_is_refused(browser: Browser, query: dict[str, str]) -> None:
    assert browser("GET", DENIES, **query).status == 400


def test_the_owner_finds_a_note_and_marks_it(estate: Estate, browser: Browser, place: Place) -> None:
    take(estate, refused(estate, place.role, place.queue))
    answer = browser("GET", INBOX, user=place.owner)
    assert answer.status == 200
    assert answer.json["status"] == "success"
    data = answer.json["data"]
    (note,) = data["notifications"]
    assert data["unreadNotificationCount"] == 1
    assert note["users_or_groups"] == [place.owner]
    assert (note["type"], note["version"], note["expired"]) == ("cloudtrail_generated_policy", 1, False)
    assert note["expiration"] - note["event_time"] == 86_400
    assert note["message_actions"][0]["uri"].startswith("/selfservice?encoded_request=")
    assert place.queue in note["message"]
    marked = browser(
        "PUT", INBOX, user=place.owner, body={"action": "toggle_read_for_current_user", "notifications": [note]}
    )
    assert marked.status == 200
    assert marked.json["data"]["unreadNotificationCount"] == 0
    assert marked.json["data"]["notifications"][0]["read_by_users"] == [place.owner]
    hidden = browser(
        "PUT", INBOX, user=place.owner, body={"action": "toggle_hidden_for_current_user", "notifications": [note]}
    )
    assert hidden.json["data"]["notifications"] == []


def test_a_group_that_owns_a_role_hears_of_it(estate: Estate, browser: Browser) -> None:
    arn = estate.create_role(FIRST, "theirs", {"owner": "Payments"})
    estate.begin("theirs")
    estate.sync(FIRST, "theirs")
    take(estate, refused(estate, arn, f"arn:aws:sqs:us-east-1:{FIRST}:theirs"))
    assert len(browser("GET", INBOX, user="cy@example.com", groups=("payments",)).json["data"]["notifications"]) == 1


def test_what_a_session_is_called_tells_nobody(estate: Estate, browser: Browser, place: Place) -> None:
    browser("GET", INBOX, user=place.other)
    named = refused(estate, place.role, place.queue)
    identity = named.identity.model_copy(
        update={"session_name": place.other, "arn": f"{named.identity.arn}-{place.other}"}
    )
    take(estate, named.model_copy(update={"identity": identity}))
    assert browser("GET", INBOX, user=place.other).json["data"]["notifications"] == []


def test_the_person_whose_session_it_was_hears_of_it_when_they_are_known(
    estate: Estate, browser: Browser, place: Place
) -> None:
    estate.container().identity.people.saw(place.other, frozenset(), "test")
    identity = refused(estate, place.role, place.queue).identity.model_copy(update={"source_identity": place.other})
    take(estate, refused(estate, place.role, place.queue, identity=identity))
    assert len(browser("GET", INBOX, user=place.other).json["data"]["notifications"]) == 1


def test_whoever_a_note_is_not_for_can_not_mark_it(estate: Estate, browser: Browser, place: Place) -> None:
    take(estate, refused(estate, place.role, place.queue))
    (note,) = browser("GET", INBOX, user=place.owner).json["data"]["notifications"]
    refusal = browser(
        "PUT", INBOX, user=place.other, body={"action": "toggle_read_for_all_users", "notifications": [note]}
    )
    assert refusal.status == 403
    assert (refusal.json["status"], refusal.json["status_code"], refusal.json["data"]) == ("error", 403, None)
    assert refusal.json["errors"]
    assert browser("GET", INBOX, user=place.owner).json["data"]["unreadNotificationCount"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"action": "delete", "notifications": []},
        {"action": "toggle_read_for_current_user"},
        {"action": "toggle_read_for_current_user", "notifications": [{"id": "x"}]},
        [],
    ],
)
def test_a_body_that_means_nothing_is_refused(browser: Browser, body: object) -> None:
    assert browser("PUT", INBOX, body=body).status == 400


def test_the_table_of_resources_counts_denies_at_once_and_in_the_next_file(estate: Estate, place: Place) -> None:
    def errors() -> int:
        process = estate.container().renewed(estate.container().configuration)
        found = process.inventory.search.page(Search(limit=100), process.identity.permissions.view(caller()))
        return next(row.errors for row in found.rows if row.arn == place.role)

    publish = estate.container().inventory.publish_search
    publish.run()
    take(estate, refused(estate, place.role, place.queue))
    assert errors() == 1
    publish.run()
    assert errors() == 1
    estate.tag_role(FIRST, place.name, changed="yes")
    estate.sync(FIRST, "again")
    assert errors() == 1
    publish.run()
    assert errors() == 1
    estate.clock.advance(2 * 86_400)
    take(estate, refused(estate, place.role, place.queue, "because no identity-based policy allows it"))
    publish.run()
    assert errors() == 2


def test_the_page_of_a_role_shows_the_most_frequent_in_consolemes_words(
    estate: Estate, browser: Browser, place: Place
) -> None:
    estate.configure(denies={"shown": 1})
    stopped = "with an explicit deny in a permissions boundary"
    take(estate, refused(estate, place.role, place.queue), *(refused(estate, place.role, "*", stopped) for _ in "ab"))
    page = browser("GET", "/api/v2/roles/{account_id}/{role+}", values={"account_id": FIRST, "role": place.name}).json
    errors = [{"event_call": "sqs:SendMessage", "resource": "*", "generated_policy": {}, "count": 2}]
    assert page["cloudtrail_details"] == {"error_url": "", "errors": {"cloudtrail_errors": errors}}
