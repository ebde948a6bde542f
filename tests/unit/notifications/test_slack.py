"""Posts of Slack are believed only when they are fresh, signed, and of our workspace; and what we show there deceives nobody."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.core.errors import Forbidden, InvalidInput
from chalicelib.notifications.messages import ShownFinding
from chalicelib.notifications.slack.blocks import (
    MOST_CHANGES,
    MOST_FINDINGS,
    MOST_LINES,
    blocks_of,
    reason_form,
    text_of,
    whole,
)
from chalicelib.notifications.slack.buttons import opened, sealed
from chalicelib.notifications.slack.interactions import Act, read
from chalicelib.notifications.slack.signature import AHEAD, OLDEST, verified
from tests.support.clock import START
from tests.support.messages import URL, card, shown_change
from tests.support.slack import CHANNEL, CONFIG, SECRET, form, pressed, signed, submitted

BODY = form(pressed("approve", "v", "U0ADA"))


def judged(headers: dict[str, str], body: bytes = BODY, now: int = START, **more: Any) -> str | None:
    """None when it is believed, else the rule by which it is not."""
    found = verified(headers, more.get("repeated", frozenset()), body, secret=more.get("secret", SECRET), now=now)
    return None if found.allowed else found.rule


def test_what_slack_has_signed_just_now_is_believed() -> None:
    assert judged(signed(BODY, START)) is None


def test_slacks_own_example_is_believed() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
        b"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
        b"%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
        b"803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "x-slack-request-timestamp": "1531420618",
        "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    assert judged(headers, body, 1531420618, secret="8f742231b10e8888abcd99yyyzzz85a5") is None


@pytest.mark.parametrize(
    "changed",
    [
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": ""},
        {"x-slack-signature": "v0=ä"},
        {"x-slack-request-timestamp": str(START - 1)},
        {"x-slack-request-timestamp": "soon"},
        {"x-slack-request-timestamp": "\u0661\u0662"},
        {"x-slack-request-timestamp": ""},
    ],
)
def test_what_is_forged_is_not_believed(changed: dict[str, str]) -> None:
    assert judged({**signed(BODY, START), **changed}) == "slack_signature"


def test_another_body_another_secret_a_missing_secret_and_two_signatures_are_not_believed() -> None:
    headers = signed(BODY, START)
    assert judged(headers, BODY + b" ") == "slack_signature"
    assert judged(signed(BODY, START, "another secret")) == "slack_signature"
    assert judged(signed(BODY, START, ""), secret="") == "slack_signature"
    assert judged(headers, repeated=frozenset({"x-slack-signature"})) == "slack_signature"


def test_what_is_too_old_or_from_the_future_is_not_believed() -> None:
    assert judged(signed(BODY, START - OLDEST)) is None
    assert judged(signed(BODY, START - OLDEST - 1)) == "slack_stale"
    assert judged(signed(BODY, START + AHEAD)) is None
    assert judged(signed(BODY, START + AHEAD + 1)) == "slack_stale"


def test_a_post_that_comes_again_while_it_is_believed_comes_within_the_time_in_which_the_queue_knows_it() -> None:
    assert OLDEST + AHEAD <= 300


def test_a_button_that_is_pressed_is_read() -> None:
    click = read(json.dumps(pressed("approve", "value", "U0ADA")), CONFIG)
    assert click is not None
    assert (click.act, click.user, click.value, click.channel) == (Act.APPROVE, "U0ADA", "value", CHANNEL)


@pytest.mark.parametrize(("act", "sent"), [(Act.REJECT, Act.REJECT_WITH), (Act.APPROVE, Act.APPROVE_WITH)])
def test_a_dialog_that_is_sent_is_read(act: Act, sent: Act) -> None:
    dialog = reason_form(act, "value with blanks", CHANNEL)
    click = read(json.dumps(submitted(dialog["private_metadata"], "too wide", "U0ADA", dialog["callback_id"])), CONFIG)
    assert click is not None
    assert (click.act, click.value, click.channel, click.reason) == (
        sent,
        "value with blanks",
        CHANNEL,
        "too wide",
    )


@pytest.mark.parametrize(
    "payload",
    [
        pressed("open", "", "U0ADA"),
        pressed("somebody_elses", "", "U0ADA"),
        pressed("approve", "", "U0ADA", actions=[]),
        pressed("approve", "", "U0ADA", type="message_action"),
        submitted("x", "y", "U0ADA", view={"callback_id": "somebody_elses"}),
    ],
)
def test_what_asks_nothing_of_us_is_left_alone(payload: dict[str, Any]) -> None:
    assert read(json.dumps(payload), CONFIG) is None


@pytest.mark.parametrize(
    "more",
    [
        {"team": {"id": "T0OTHER"}},
        {"team": None},
        {"user": {"id": "U0ADA", "team_id": "T0OTHER"}},
        {"api_app_id": "A0OTHER"},
    ],
)
def test_another_workspace_a_guest_from_one_and_another_app_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(Forbidden, match="another Slack workspace"):
        read(json.dumps(pressed("approve", "v", "U0ADA", **more)), CONFIG)


@pytest.mark.parametrize("payload", ["", "[]", "{}", "no json", '{"type": 5}'])
def test_what_is_no_interaction_is_refused(payload: str) -> None:
    with pytest.raises(InvalidInput):
        read(payload, CONFIG)


@pytest.mark.parametrize("state", [{}, {"values": []}, {"values": {"b": []}}, {"values": {"b": {"reason": "x"}}}])
def test_a_dialog_that_is_built_otherwise_has_no_reason(state: dict[str, Any]) -> None:
    view = {"callback_id": "reject_reason", "private_metadata": "C0 v", "state": state}
    click = read(json.dumps(submitted("x", "y", "U0ADA", view=view)), CONFIG)
    assert click is not None
    assert click.reason == ""


def test_a_button_says_what_was_shown_and_nobody_else_can_write_one() -> None:
    value = sealed(card(revision=3), SECRET)
    shown = opened(value, SECRET)
    assert (shown.revision, shown.revision_hash, shown.digest) == (3, "a" * 64, card(revision=3).shown)
    for forged in (
        value.replace('"revision":3', '"revision":4'),
        value.replace('"seal":"', '"seal":"0'),
        sealed(card(revision=3), "another secret"),
        "",
        "{}",
        "null",
    ):
        with pytest.raises(InvalidInput, match="not ours"):
            opened(forged, SECRET)


def shown(*elements: Any) -> dict[str, str]:
    (actions,) = (block for block in elements if block["type"] == "actions")
    return {one["action_id"]: one["text"]["text"] for one in actions["elements"]}


def test_who_decides_sees_buttons_while_there_is_something_to_decide() -> None:
    assert set(shown(*blocks_of(card(), SECRET, deciding=True))) == {"approve", "reject", "open"}
    assert set(shown(*blocks_of(card(), SECRET, deciding=False))) == {"open"}
    assert set(shown(*blocks_of(card(open=False, state="Applied"), SECRET, deciding=True))) == {"open"}


@pytest.mark.parametrize(
    "long",
    [
        {"changes": tuple(shown_change(number) for number in range(MOST_CHANGES + 1))},
        {"changes": (shown_change(diff=tuple(f"+{number}" for number in range(MOST_LINES + 1))),)},
        {"changes": (shown_change(diff=("+" + "x" * 3000,)),)},
        {"justification": "x" * 1000},
        {"findings": (ShownFinding(verdict="warn", title="t", reason="x" * 2600),)},
        {"findings": (ShownFinding(verdict="warn", title="t", reason="r"),) * (MOST_FINDINGS + 1)},
    ],
)
def test_what_was_not_shown_whole_is_not_approved_from_here(long: dict[str, Any]) -> None:
    assert whole(card())
    cut = card(**long)
    assert not whole(cut)
    buttons = shown(*blocks_of(cut, SECRET, deciding=True))
    assert set(buttons) == {"open", "reject"}
    assert buttons["open"] == "Open to see it all and approve"


def test_what_is_cut_says_by_how_much_and_where_the_rest_is() -> None:
    many = card(changes=tuple(shown_change(number, ("+x",) * 50) for number in range(MOST_CHANGES + 4)))
    text = json.dumps(blocks_of(many, SECRET, deciding=True))
    assert f"and 4 more changes: <{URL}|open the request>" in text
    assert "10 more lines" in text
    found = (ShownFinding(verdict="more_approval", title="t", reason="r"),) * (MOST_FINDINGS + 2)
    text = json.dumps(blocks_of(card(findings=found), SECRET, deciding=True))
    assert "and 2 more findings" in text
    assert "MORE APPROVAL" in text


TEXTS = st.text(max_size=400)
CHANGES = st.lists(
    st.builds(lambda title, diff: {"title": title, "target": "arn", "diff": tuple(diff)}, TEXTS, st.lists(TEXTS)),
    max_size=12,
)


def letters_of(block: Any) -> int:
    if isinstance(block, dict):
        return max([len(block["text"]) if isinstance(block.get("text"), str) else 0, *map(letters_of, block.values())])
    return max([0, *map(letters_of, block)]) if isinstance(block, list) else 0


def marked_of(block: Any) -> list[str]:
    if isinstance(block, dict):
        own = [block["text"]] if block.get("type") == "mrkdwn" else []
        return own + [text for inner in block.values() for text in marked_of(inner)]
    return [text for inner in block for text in marked_of(inner)] if isinstance(block, list) else []


@settings(max_examples=60)
@given(TEXTS, TEXTS, CHANGES)
def test_whatever_people_write_stays_within_slacks_limits_and_is_never_markup(
    said: str, name: str, changes: list[dict[str, Any]]
) -> None:
    shown = card(justification=said, requester=name, changes=tuple(changes))
    blocks = blocks_of(shown, SECRET, deciding=True)
    assert len(blocks) <= 50
    assert letters_of(blocks) <= 3000
    for text in marked_of(blocks):
        if text.startswith("```"):
            inner = text.removeprefix("```").removesuffix("```")
            assert "`" not in inner
            assert "<" not in inner
        else:
            assert text.startswith(("and ", "<!date^"))
    assert "<" not in text_of(shown)
    assert len(sealed(shown, SECRET)) <= 2000


def test_an_end_is_shown_in_the_readers_own_time() -> None:
    until = shown_change().model_copy(update={"until": START})
    assert f"<!date^{START}^Until" in json.dumps(blocks_of(card(changes=(until,)), SECRET, deciding=True))


def test_letters_that_hide_others_are_left_out() -> None:
    blocks = blocks_of(card(justification="a\u202eb\u200bc\nd"), SECRET, deciding=False)
    assert blocks[2]["text"]["text"] == "“abc\nd”"
