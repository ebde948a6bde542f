"""Slack's posts, the link with an account there, and preferences, over HTTP."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.integration.requests.test_api import Door
from tests.support import aws
from tests.support.application import application
from tests.support.http import JSON, Answered, rest_event, send
from tests.support.request_world import ADA, EVE, World, empty, world
from tests.support.slack import APP_ID, SECRET, TEAM, FakeSlack, form, pressed, signed

INTERACTIONS = "/api/v2/slack/interactions"
PREFERENCES = "/api/v2/notifications/preferences"


@pytest.fixture(scope="module")
def _shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patches, world(patches, tmp_path_factory.mktemp("world")) as running:
        queues = boto3.client("sqs", aws.REGION).list_queues(QueueNamePrefix="consoleme-telling.fifo")["QueueUrls"]
        patches.setenv("CONSOLEME_TELLING_QUEUE_URL", queues[0])
        boto3.client("secretsmanager", aws.REGION).create_secret(
            Name="consoleme-slack-signing-secret", SecretString=SECRET
        )
        aws.forget_everything()
        running.configure(
            notifications={
                "slack": {"team_id": TEAM, "app_id": APP_ID},
                "email": {"sender": "consoleme@example.com", "domains": ["example.com"]},
            }
        )
        yield running


@pytest.fixture
def shop(_shop: World) -> World:
    empty("notifications")
    return _shop


def post(body: bytes, headers: dict[str, str]) -> Answered:
    event = rest_event("POST", INTERACTIONS, headers=headers, body=body.decode())
    return send(application(), event)


def test_a_signed_post_is_taken_and_says_nothing(shop: World) -> None:
    body = form(pressed("approve", "value", "U0ADA"))
    answer = post(body, signed(body, shop.clock.now()))
    assert (answer.status, answer.text) == (200, "")


def test_a_post_without_a_good_signature_is_refused_whatever_session_it_brings(shop: World) -> None:
    door = Door(shop)
    body = form(pressed("approve", "value", "U0ADA"))
    headers = {**signed(body, shop.clock.now(), "guessed"), "Cookie": door._cookie(ADA)}
    answer = post(body, headers)
    assert (answer.status, answer.json["reason"]) == (403, "slack_signature")


def test_the_signature_is_looked_at_before_the_body_is(shop: World) -> None:
    answer = post(b"{nonsense", {**signed(b"other", shop.clock.now())})
    assert answer.json["reason"] == "slack_signature"


def link(shop: World, slack_user: str, address: str) -> str:
    linking = shop.container().notifications.linking
    return linking.invite(FakeSlack({slack_user: address}), slack_user).partition("#")[2]


def test_a_person_sees_whose_account_it_is_and_confirms_it(shop: World) -> None:
    door, ticket = Door(shop), link(shop, "U0ADA", ADA)
    shown = door.call(ADA, "POST", "/api/v2/slack/links/look", {"ticket": ticket}, page=True).json
    assert shown == {"slack_name": "name of U0ADA", "slack_address": ADA, "user": ADA, "refusal": None}
    done = door.call(ADA, "POST", "/api/v2/slack/links", {"ticket": ticket}, page=True)
    assert (done.status, done.json) == (200, {"slack_name": "name of U0ADA"})
    assert door.call(ADA, "GET", PREFERENCES).json["channels"]["slack_name"] == "name of U0ADA"
    door.call(ADA, "DELETE", "/api/v2/slack/links", page=True)
    assert door.call(ADA, "GET", PREFERENCES).json["channels"]["slack_name"] is None


def test_a_link_that_somebody_else_has_sent_is_explained_and_refused(shop: World) -> None:
    door, ticket = Door(shop), link(shop, "U0EVE", EVE)
    shown = door.call(ADA, "POST", "/api/v2/slack/links/look", {"ticket": ticket}, page=True).json
    assert "Link only your own account" in shown["refusal"]
    refused = door.call(ADA, "POST", "/api/v2/slack/links", {"ticket": ticket}, page=True)
    assert (refused.status, refused.json["reason"]) == (403, "another_address")


def test_another_site_can_neither_link_nor_unlink(shop: World) -> None:
    headers = {**JSON, "Origin": "https://evil.example", "Cookie": Door(shop)._cookie(ADA)}
    for method in ("POST", "DELETE"):
        content: Any = json.dumps({"ticket": link(shop, f"U0{method}", ADA)})
        answer = send(application(), rest_event(method, "/api/v2/slack/links", headers=headers, body=content))
        assert answer.status == 403


def test_a_ticket_that_nobody_gave_is_not_found(shop: World) -> None:
    answer = Door(shop).call(ADA, "POST", "/api/v2/slack/links/look", {"ticket": "x" * 43}, page=True)
    assert (answer.status, answer.json["reason"]) == (404, "no_ticket")


def test_everybody_says_what_they_want_to_be_told(shop: World) -> None:
    door = Door(shop)
    everything = {"requester": True, "decides": True}
    shown = door.call(ADA, "GET", PREFERENCES).json
    assert shown["preferences"] == {"slack": everything, "email": everything}
    assert shown["channels"] == {"slack": True, "slack_name": None, "email": True}
    wanted = {"slack": everything, "email": {"requester": False, "decides": True}}
    assert door.call(ADA, "PUT", PREFERENCES, wanted, page=True).json["preferences"] == wanted
    assert door.call(ADA, "GET", PREFERENCES).json["preferences"] == wanted
    assert door.call(EVE, "GET", PREFERENCES).json["preferences"]["email"] == everything


def test_a_preference_that_nobody_knows_is_refused(shop: World) -> None:
    answer = Door(shop).call(ADA, "PUT", PREFERENCES, {"pigeon": {}}, page=True)
    assert answer.status == 400
