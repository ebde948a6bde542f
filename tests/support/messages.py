"""Messages about requests, right in every part that the test does not name."""

from typing import Any

from chalicelib.core.hooks import NoticeKind, RequestNotice
from chalicelib.notifications.messages import Card, Message, Recipient, ShownChange, Why
from tests.support.clock import START
from tests.support.request_world import ADA, APP, EVE

REQUEST_ID = "6f0e2f5c-0000-4000-8000-000000000001"
URL = f"http://127.0.0.1:8000/policies/request/{REQUEST_ID}"
DIFF = ("@@ -0,0 +1,3 @@", "+{", '+  "Version": "2012-10-17"', "+}")


def notice(kind: NoticeKind = NoticeKind.CREATED, actor: str = f"user:{EVE}", **more: Any) -> RequestNotice:
    base: dict[str, Any] = {
        "id": "event1",
        "kind": kind,
        "request_id": REQUEST_ID,
        "requester": EVE,
        "actor": actor,
        "principal_arn": APP,
        "justification": "nightly export",
        "reason": "",
        "url": URL,
    }
    return RequestNotice(**(base | more))


def shown_change(number: int = 0, diff: tuple[str, ...] = DIFF) -> ShownChange:
    return ShownChange(title=f"Add inline policy export{number}", target=APP, diff=diff)


def card(**more: Any) -> Card:
    base: dict[str, Any] = {
        "request_id": REQUEST_ID,
        "revision": 1,
        "revision_hash": "a" * 64,
        "requester": EVE,
        "principal_arn": APP,
        "justification": "nightly export",
        "changes": (shown_change(),),
        "state": "Waiting for a decision",
        "open": True,
        "url": URL,
    }
    return Card.model_validate(base | more)


def message(told: RequestNotice | None = None, shown: Card | None = None, **more: Any) -> Message:
    base: dict[str, Any] = {
        "notice": told or notice(),
        "at": START,
        "headline": f"{EVE} asks for a change to app in 222222222222",
        "card": shown or card(),
        "recipients": (Recipient(principal=f"user:{ADA}", why=Why.DECIDES),),
    }
    return Message.model_validate(base | more)
