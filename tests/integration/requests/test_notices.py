"""What has happened to a request is told to plugins: each step once, and no plugin breaks the flow."""

from types import ModuleType

import pytest

from chalicelib.core.errors import Forbidden
from chalicelib.core.hooks import RequestNotice
from tests.support.aws import refusing
from tests.support.plugins import plugin
from tests.support.request_world import ADA, APP, EVE, World, document


def listening(shop: World) -> list[RequestNotice]:
    heard: list[RequestNotice] = []
    shop.plugins = (chat(heard),)
    shop.crash()
    return heard


def chat(heard: list[RequestNotice]) -> ModuleType:
    def notify(notice: RequestNotice) -> None:
        heard.append(notice)

    return plugin("chat", notify=notify)


def minutes(shop: World) -> None:
    """The task `due` runs, a minute after the step that it tells about."""
    shop.tick(61)
    shop.tick()


def told(heard: list[RequestNotice]) -> list[tuple[str, str]]:
    return [(notice.kind.value, notice.actor) for notice in heard]


def test_the_whole_way_of_a_request_is_told(shop: World) -> None:
    heard = listening(shop)
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request", comment_text="looks good")
    shop.workflows.run()
    assert heard == []
    minutes(shop)
    assert told(heard) == [
        ("created", f"user:{EVE}"),
        ("approved", f"user:{ADA}"),
        ("applied", "system:finish_request"),
    ]
    first = heard[0]
    assert (first.request_id, first.requester, first.principal_arn) == (request_id, EVE, APP)
    assert first.justification == "nightly export"
    assert first.url == f"http://127.0.0.1:8000/policies/request/{request_id}"
    assert len({notice.id for notice in heard}) == 3


def test_refusals_edits_and_failures_are_told_too(shop: World) -> None:
    heard = listening(shop)
    rejected, cancelled, failed = shop.requested(), shop.requested(), shop.requested()
    minutes(shop)
    heard.clear()
    shop.order(ADA, rejected, "reject_request")
    shop.order(EVE, cancelled, "update_change", change_id=f"{cancelled}0", policy_document=document("s3:PutObject"))
    shop.order(EVE, cancelled, "cancel_request")
    shop.order(ADA, failed, "approve_request")
    shop.container().identity.people.saw(ADA, frozenset(), "test")
    shop.configure(deployment={"administrators": ["user:root@example.com"], "hub": {"account_id": "123456789012"}})
    shop.workflows.run()
    minutes(shop)
    assert sorted(kind for kind, _ in told(heard)) == ["approved", "cancelled", "failed", "rejected", "revised"]


def test_what_was_refused_is_told_to_nobody(shop: World) -> None:
    request_id = shop.requested()
    minutes(shop)
    heard = listening(shop)
    with pytest.raises(Forbidden, match="can_admin_policies"):
        shop.order(EVE, request_id, "approve_request")
    heard.clear()
    minutes(shop)
    assert [kind for kind, _ in told(heard)] == []


def test_an_audit_log_that_is_away_delays_the_workflow_and_not_the_notice(shop: World) -> None:
    heard = listening(shop)
    with refusing("dynamodb.PutItem", "InternalServerError"):
        shop.submit(EVE)
    assert shop.workflows.executions == {}
    minutes(shop)
    assert told(heard) == [("created", f"user:{EVE}")]


def test_a_plugin_that_fails_breaks_nothing_and_others_still_hear(shop: World) -> None:
    heard: list[RequestNotice] = []

    def broken(notice: RequestNotice) -> None:
        raise KeyError(notice.id)

    shop.plugins = (chat(heard), plugin("broken", notify=broken))
    shop.crash()
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"
    minutes(shop)
    assert [kind for kind, _ in told(heard)] == ["created", "approved", "applied"]
