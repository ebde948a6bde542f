"""Approval rules of the configuration at work: several people, their order, owners, and what has gone before the change is written."""

from functools import partial
from typing import Any

import pytest

from chalicelib.accounts.models import Account
from chalicelib.accounts.store import AccountStore
from chalicelib.core.errors import Conflict, Forbidden, InvalidInput
from chalicelib.inventory.models import ResourceWrite
from chalicelib.requests.states import ChangeStatus, DueKind
from tests.support.parallel import at_once
from tests.support.request_world import ADA, APP, BO, EVE, SPOKE, ZOE, World, body, document, empty, wish

TWO = {"name": "two", "stages": [{"count": 2}]}


def configured(shop: World, *rules: dict[str, Any], **more: Any) -> None:
    shop.configure(requests={"approval_rules": list(rules), **more})


def told(shop: World, request_id: str, user: str) -> Any:
    return shop.container().requests.read.read(request_id, shop.person(user)).review


def owned_by(shop: World, owner: str | None) -> None:
    """As a visit writes it."""
    write = ResourceWrite(
        arn=APP, name="app", content_hash=f"hash of {owner}", tags={}, owner=owner, granted={}, detail=b"{}"
    )
    with shop.boundary.unguarded():
        empty("inventory")
        shop.container().inventory.resources.write(SPOKE, "iam_role", [write], shop.clock.now())


def test_one_approval_of_two_is_stored_and_changes_nothing(shop: World) -> None:
    configured(shop, TWO)
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request", comment_text="fine")
    shop.workflows.run()
    request = shop.find(request_id)
    assert (request.head.state, request.head.reviewer) == ("pending", None)
    assert [ruling.actor for ruling in request.rulings] == [ADA]
    assert request.head.due_kind is DueKind.EXPIRE
    assert request.head.outbox == ()
    assert shop.policies() == {}
    shown = told(shop, request_id, EVE).approval
    assert not shown.approved
    (stage,) = shown.stages
    assert (stage.rule, stage.count, stage.approved_by, stage.open) == ("two", 2, [ADA], True)
    shop.order(BO, request_id, "approve_request")
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})
    assert told(shop, request_id, EVE).approval.approved
    actions = [(link.entry.action, link.entry.person) for link in shop.container().audit.of_target(APP)]
    assert ("request.approve_part", f"user:{ADA}") in actions
    assert ("request.approve", f"user:{BO}") in actions


def test_one_person_is_not_two(shop: World) -> None:
    configured(shop, TWO)
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request")
    with pytest.raises(Conflict, match="You have approved this revision already"):
        shop.order(ADA, request_id, "approve_request")
    assert len(shop.find(request_id).rulings) == 1


def test_an_edit_takes_all_approvals_with_it(shop: World) -> None:
    configured(shop, TWO)
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request")
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=document("s3:PutObject"))
    shop.order(BO, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("pending", {})


@pytest.mark.parametrize("who", ["first", "second"])
def test_nothing_is_written_when_one_of_two_has_lost_the_right_meanwhile(shop: World, who: str) -> None:
    configured(shop, TWO)
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request")
    shop.order(BO, request_id, "approve_request")
    left = BO if who == "first" else ADA
    shop.configure(
        deployment={"administrators": [f"user:{left}"], "hub": {"account_id": "123456789012"}},
        groups={},
        requests={"approval_rules": [TWO]},
    )
    shop.workflows.run()
    (record,) = shop.find(request_id).records
    assert record.status is ChangeStatus.FAILED
    assert "The approval does not count any more" in str(record.error)
    assert shop.policies() == {}


def test_nothing_is_written_when_the_rules_want_more_meanwhile(shop: World) -> None:
    request_id = shop.requested()
    shop.order(ADA, request_id, "approve_request")
    configured(shop, TWO)
    shop.workflows.run()
    (record,) = shop.find(request_id).records
    assert record.status is ChangeStatus.FAILED
    assert "It waits for one approval by an administrator" in str(record.error)
    assert shop.policies() == {}


def test_people_who_are_no_administrators_approve_in_their_order(shop: World) -> None:
    ordered = {"name": "ordered", "stages": [{"approvers": [f"user:{ZOE}"]}, {"approvers": ["administrators"]}]}
    configured(shop, ordered)
    request_id = shop.requested()
    with pytest.raises(Conflict, match=f"Others must approve it first. It waits for one approval by user:{ZOE}"):
        shop.order(ADA, request_id, "approve_request")
    assert "approve_request" in told(shop, request_id, ZOE).allowed_actions
    assert "approve_request" not in told(shop, request_id, ADA).allowed_actions
    shop.order(ZOE, request_id, "approve_request")
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"


def test_an_approver_whose_groups_nobody_has_seen_for_a_day_counts_no_more(shop: World) -> None:
    configured(shop, {"name": "group", "stages": [{"approvers": ["group:approvers"]}]})
    request_id = shop.requested()
    shop.order(BO, request_id, "approve_request")
    with shop.boundary.unguarded():
        empty("directory")
    shop.workflows.run()
    assert "were not seen for a day" in str(shop.find(request_id).records[0].error)
    assert shop.policies() == {}


@pytest.mark.parametrize(
    ("owner", "approver"),
    [(f"user:{ZOE}", ZOE), ("group:approvers", BO), (ZOE, ZOE), ("approvers", BO), (None, ADA), ("nobody-knows", ADA)],
)
def test_whom_the_owner_tag_names_approves_and_administrators_stand_in_for_nobody(
    shop: World, owner: str | None, approver: str
) -> None:
    configured(shop, {"name": "owned", "stages": [{"approvers": ["owner"]}]})
    owned_by(shop, owner)
    request_id = shop.requested()
    for other in {ZOE, ADA} - {approver}:
        with pytest.raises(Forbidden):
            shop.order(other, request_id, "approve_request")
    shop.order(approver, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"


def test_an_owner_of_yesterday_counts_no_more_when_it_is_written(shop: World) -> None:
    configured(shop, {"name": "owned", "stages": [{"approvers": ["owner"]}]})
    owned_by(shop, f"user:{ZOE}")
    request_id = shop.requested()
    shop.order(ZOE, request_id, "approve_request")
    owned_by(shop, f"user:{BO}")
    shop.workflows.run()
    assert shop.policies() == {}


def test_the_owner_of_the_account_approves(shop: World) -> None:
    configured(shop, {"name": "owned", "stages": [{"approvers": ["account_owner"]}]})
    with shop.boundary.unguarded():
        AccountStore().put(Account(account_id=SPOKE, name="payments", owner=f"user:{ZOE}"), shop.clock.now())
    request_id = shop.requested()
    shop.order(ZOE, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"


def test_asking_for_changes_stops_every_approval_until_there_is_another_revision(shop: World) -> None:
    configured(shop, TWO)
    request_id = shop.requested()
    with pytest.raises(InvalidInput, match="say why"):
        shop.order(ADA, request_id, "ask_for_changes")
    with pytest.raises(Forbidden):
        shop.order(ZOE, request_id, "ask_for_changes", comment_text="no")
    shop.order(ADA, request_id, "ask_for_changes", comment_text="only one bucket, please")
    configured(shop)
    shop.order(BO, request_id, "approve_request")
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("pending", {})
    assert f"{ADA} asked for changes" in told(shop, request_id, EVE).approval.reason
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=document("s3:PutObject"))
    shop.order(BO, request_id, "approve_request", **shop.shown(request_id))
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document("s3:PutObject")})


def test_a_reason_is_given_where_one_is_required(shop: World) -> None:
    configured(shop, {"name": "why", "reason_required": True}, reason_required=["submit", "reject"])
    with pytest.raises(InvalidInput, match="say why you need it"):
        shop.submit(EVE, body(justification=" "))
    request_id = shop.requested()
    for command in ("approve_request", "reject_request"):
        with pytest.raises(InvalidInput, match="say why"):
            shop.order(ADA, request_id, command, comment_text=" ")
    shop.order(ADA, request_id, "approve_request", comment_text="needed for the audit")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"


def test_somebody_else_may_approve_after_the_hours_have_passed(shop: World) -> None:
    waits = {
        "name": "waits",
        "stages": [{"approvers": [f"user:{BO}"]}],
        "escalate": {"after_hours": 2, "to": [f"user:{ZOE}"]},
    }
    configured(shop, waits)
    request_id = shop.requested()
    with pytest.raises(Forbidden):
        shop.order(ZOE, request_id, "approve_request")
    shop.clock.advance(2 * 3600)
    shop.order(ZOE, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"


def test_a_request_waits_for_a_decision_as_long_as_the_tightest_rule_lets_it(shop: World) -> None:
    configured(shop, {"name": "soon", "decide_within_hours": 3}, decide_within_days=2)
    assert shop.find(shop.requested()).head.decide_by == shop.clock.now() + 3 * 3600
    configured(shop, decide_within_days=2)
    assert shop.find(shop.requested(asked=body(wish(name="b")))).head.decide_by == shop.clock.now() + 2 * 86_400


def test_nobody_approves_their_own_at_once_what_takes_two(shop: World) -> None:
    configured(shop, TWO, allow_self_approval=True)
    with pytest.raises(Forbidden, match="It waits for one approval"):
        shop.submit(ADA, body(admin_auto_approve=True))
    request_id = shop.requested(ADA)
    shop.order(ADA, request_id, "approve_request")
    assert shop.state(request_id) == "pending"
    shop.order(BO, request_id, "approve_request")
    shop.workflows.run()
    assert shop.state(request_id) == "applied"


def test_what_a_rule_proves_harmless_is_applied_without_a_person(shop: World) -> None:
    harmless = {
        "name": "reading",
        "when": {"change_types": ["inline_policy"]},
        "auto": {"within": [{"actions": ["s3:Get*"], "resources": ["arn:aws:s3:::exports/*"]}]},
    }
    configured(shop, harmless, auto_approval=True)
    with shop.boundary.unguarded():
        AccountStore().put(Account(account_id=SPOKE, name="payments"), shop.clock.now())
    request_id = shop.requested()
    assert (shop.state(request_id), shop.policies()) == ("applied", {"export": document()})
    assert shop.find(request_id).rulings[0].rule == "reading"
    other = shop.requested(asked=body(wish(document("s3:PutObject"), name="writing")))
    assert shop.state(other) == "pending"
    again = str(shop.submit(EVE, body(wish(name="again"))).request_id)
    assert shop.invoke("prepare_request", {"request_id": again})["step"] == "apply"
    configured(shop, harmless)
    outcome = shop.invoke("apply_change", {"request_id": again, "change_id": f"{again}0"})
    assert "The approval does not count any more" in outcome["reason"]
    assert "again" not in shop.policies()


def test_whoever_may_approve_is_reminded_while_nobody_decides(shop: World) -> None:
    waits = {"name": "waits", "escalate": {"after_hours": 3, "to": [f"user:{ZOE}"]}}
    configured(shop, waits, remind_after_hours=2, decide_within_days=1)
    request_id = shop.requested()
    (due,) = [due for due in shop.find(request_id).dues if due.kind is DueKind.REMIND]
    now = shop.clock.now()
    assert due.payload["times"] == [now + hours * 3600 for hours in (2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20)]
    shop.tick(2 * 3600)
    request = shop.find(request_id)
    assert [line.text for line in request.events if line.kind == "reminded"] == ["Whoever may approve it was reminded"]
    assert [due.at for due in request.dues if due.kind is DueKind.REMIND] == [now + 3 * 3600]
    assert request.head.state == "pending"
    assert "request.wait" in [link.entry.action for link in shop.container().audit.of_target(APP)]
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    shop.tick(3600)
    request = shop.find(request_id)
    assert [due for due in request.dues if due.kind is DueKind.REMIND] == []
    assert len([line for line in request.events if line.kind == "reminded"]) == 1
    assert shop.state(request_id) == "applied"


def test_another_revision_is_reminded_of_from_its_own_beginning(shop: World) -> None:
    configured(shop, remind_after_hours=2)
    request_id = shop.requested()
    shop.clock.advance(3600)
    shop.order(EVE, request_id, "update_change", change_id=f"{request_id}0", policy_document=document("s3:PutObject"))
    (due,) = [due for due in shop.find(request_id).dues if due.kind is DueKind.REMIND]
    assert due.at == shop.clock.now() + 2 * 3600
    assert due.payload["revision"] == 2


def test_nobody_is_reminded_where_nobody_wants_it(shop: World) -> None:
    assert [due for due in shop.find(shop.requested()).dues if due.kind is DueKind.REMIND] == []


def test_fifty_approvals_by_ten_people_at_once_are_two_that_count_one_application_and_forty_eight_who_are_told(
    shop: World,
) -> None:
    people = [f"approver{number}@example.com" for number in range(10)]
    shop.configure(
        groups={"can_admin_policies": [f"user:{name}" for name in people]}, requests={"approval_rules": [TWO]}
    )
    for name in people:
        shop.sign_in(name)
    request_id = shop.requested()
    shop.container().requests.modify  # noqa: B018 made once, not by fifty at a time
    deeds = [partial(shop.order, people[number % 10], request_id, "approve_request") for number in range(50)]
    answers = at_once(shop, deeds)
    shop.workflows.run()
    told = [answer for answer in answers if answer != "done"]
    assert len(told) == 48, told
    request = shop.find(request_id)
    first, second = (ruling.actor for ruling in request.rulings)
    assert first != second
    assert all(answer.startswith("Conflict: ") for answer in told)
    faster = ("You have approved this revision already", f"already approved by {second}", f"meanwhile by {first}")
    assert all(any(words in one for words in faster) for one in told), told
    assert shop.policies() == {"export": document()}
    assert shop.boundary.effects.count("PutRolePolicy") == 1


def test_an_approval_and_a_wish_for_changes_at_once_are_never_an_approved_request(shop: World) -> None:
    configured(shop, TWO)
    request_id = shop.requested()
    shop.container().requests.modify  # noqa: B018 made once, not by two at a time
    shop.order(ADA, request_id, "approve_request")
    answers = at_once(
        shop,
        [
            lambda: shop.order(BO, request_id, "approve_request"),
            lambda: shop.order(ADA, request_id, "ask_for_changes", comment_text="wait"),
        ],
    )
    shop.workflows.run()
    applied = shop.policies() == {"export": document()}
    assert applied == (answers[0] == "done" and answers[1] != "done"), answers


HOURS = {"name": "hours", "ends_within_hours": 2, "stages": [{"approvers": [f"user:{ZOE}"]}]}


def test_what_must_end_is_approved_with_an_end_and_whoever_approves_may_end_it(shop: World) -> None:
    configured(shop, HOURS, longest_days=1)
    now = shop.clock.now()
    for until, reason in ((now + 3 * 3600, "let it live for 2 hours"), (now + 86_401, "more than 1 days away")):
        with pytest.raises(InvalidInput, match=reason):
            shop.submit(EVE, body(wish(until=until)))
    request_id = shop.requested()
    ends: list[dict[str, Any]] = [{}, {"until": now + 3 * 3600}]
    for more in ends:
        with pytest.raises(InvalidInput, match="want it to end 2 hours after it was asked for"):
            shop.order(ZOE, request_id, "approve_request", **more)
    assert shop.find(request_id).rulings == ()
    shop.order(ZOE, request_id, "approve_request", until=now + 3600)
    shop.workflows.run()
    assert shop.find(request_id).records[0].until == now + 3600
    assert shop.policies() == {"export": document()}
    with pytest.raises(Forbidden):
        shop.order("stranger@example.com", request_id, "end_request")
    shop.order(ZOE, request_id, "end_request")
    shop.workflows.run()
    assert (shop.state(request_id), shop.policies()) == ("ended", {})


def test_an_end_that_has_passed_or_of_a_rejection_is_none(shop: World) -> None:
    request_id = shop.requested()
    with pytest.raises(InvalidInput, match="this moment has passed"):
        shop.order(ADA, request_id, "approve_request", until=shop.clock.now())
    with pytest.raises(InvalidInput, match="only an approval has an end"):
        shop.order(ADA, request_id, "reject_request", until=shop.clock.now() + 60)
    with pytest.raises(InvalidInput, match="longer than 10000"):
        shop.order(ADA, request_id, "approve_request", comment_text="x" * 10_001)
    assert shop.find(request_id).rulings == ()


def test_what_is_taken_away_has_no_end_whatever_the_rules_want(shop: World) -> None:
    configured(shop, {"name": "hours", "ends_within_hours": 2})
    shop.put_policy("export", document())
    shop.put_policy("other", document())
    gone = [wish(name=name, action="detach", new=False, policy=None) for name in ("export", "other")]
    request_id = shop.requested(asked=body(gone[0]))
    with pytest.raises(InvalidInput, match="can't come back by itself"):
        shop.order(ADA, request_id, "approve_request", until=shop.clock.now() + 60)
    shop.order(ADA, request_id, "approve_request")
    shop.workflows.run()
    assert set(shop.policies()) == {"other"}
    mixed = shop.requested(asked=body(gone[1], wish(name="new")))
    shop.order(ADA, mixed, "approve_request", until=shop.clock.now() + 60)
    shop.workflows.run()
    assert set(shop.policies()) == {"new"}
    shop.tick(61)
    assert shop.policies() == {}
