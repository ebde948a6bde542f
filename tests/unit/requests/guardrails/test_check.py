"""What all guardrails say together: its order, its consequences, and what is asked again when a request's workflow begins."""

from typing import Any

import pytest

from chalicelib.requests.guardrails.check import MOST, MOST_IN_ALL, REFUSING, Guardrails, check_changes, refusal_of
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.registry import guardrails
from chalicelib.requests.guardrails.subjects import Facts, Kind, Lint, Standing, Subject
from tests.support.guardrails import BUCKET, ROLE, document, facts, statement, subject

WIDE = document(statement("*", resource="*"))
EVERYBODY = document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"})
DANGERS = [
    subject(None, WIDE),
    subject(None, document(statement("*", Principal="*")), Kind.RESOURCE),
    subject(None, EVERYBODY, Kind.TRUST),
    subject(None, {"consoleme-authorized": "group:everybody"}, Kind.TAGS),
    subject({"arn": "arn:aws:iam::1:policy/edge"}, None, Kind.BOUNDARY),
    subject(None, {"arn": "arn:aws:iam::1:policy/x"}, Kind.UNREAD),
    subject(None, {"identity": "group:everybody", "until": None}, Kind.LENT),
]


def dangerous(**settings: Any) -> Facts:
    """Everything that may speak does."""
    return facts(
        denied_actions=["iam:*"],
        protected=["arn:aws:iam::*:role/team/*"],
        required_boundaries=[{"principals": ["arn:aws:iam::*:role/*"], "boundaries": ["arn:aws:iam::*:policy/edge"]}],
        standing=lambda _: Standing(after=[WIDE]),
        lint=lambda _: [Lint("A", "CRITICAL", "a", "a")],
        analyze=lambda _document, _kind: [Lint("B", "ERROR", "b", "b")],
        **settings,
    )


def test_every_guardrail_speaks_of_some_danger() -> None:
    assert {found.rule for found in check_changes(DANGERS, dangerous())} == set(guardrails())


def test_only_those_that_are_asked_again_refuse_by_themselves() -> None:
    refusing = {found.rule for found in check_changes(DANGERS, dangerous()) if found.verdict is Verdict.REFUSE}
    assert refusing == REFUSING


def test_of_each_change_the_gravest_comes_first_and_changes_keep_their_order() -> None:
    other = subject(None, WIDE, change_id="change1")
    found = check_changes([other, DANGERS[0]], dangerous())
    assert list(dict.fromkeys(one.change_id for one in found)) == ["change1", "change0"]
    order = [Verdict.REFUSE, Verdict.MORE_APPROVAL, Verdict.WARN, Verdict.NOTE]
    ranks = [order.index(one.verdict) for one in found if one.change_id == "change1"]
    assert ranks == sorted(ranks)


def test_very_many_are_cut_with_a_count() -> None:
    many = facts(lint=lambda _: [Lint(str(number), "HIGH", "a", str(number)) for number in range(MOST + 10)])
    found = check_changes([subject(None, document())], many)
    assert len(found) == MOST + 1
    assert found[-1].reason.startswith("10 more")


def test_a_request_of_many_changes_keeps_fewer_of_each() -> None:
    many = facts(lint=lambda _: [Lint(str(number), "HIGH", "a", str(number)) for number in range(MOST)])
    found = check_changes([subject(None, document(), change_id=str(number)) for number in range(20)], many)
    assert len(found) == 20 * (MOST_IN_ALL // 20 + 1)


def test_the_same_words_are_said_once() -> None:
    twice = [Lint("A", "HIGH", "a", "a")] * 2
    assert len(check_changes([subject(None, document())], facts(lint=lambda _: twice))) == 1


def test_a_long_text_is_cut() -> None:
    long = facts(lint=lambda _: [Lint("A", "HIGH", "a" * 5000, "b" * 5000)])
    (found,) = check_changes([subject(None, document())], long)
    assert (len(found.title), len(found.reason)) == (600, 600)


def test_the_configuration_weakens_a_refusal_but_not_of_what_is_the_products_own() -> None:
    known = facts(protected=[ROLE], own=frozenset({BUCKET}), verdicts={"protected": "warn"})
    own = subject(None, document(), Kind.RESOURCE)
    assert [found.verdict for found in check_changes([subject(None, document()), own], known)] == [
        Verdict.REFUSE,
        Verdict.WARN,
    ]


@pytest.mark.parametrize(
    ("settings", "rule"),
    [({}, False), ({"verdicts": {"lint": "refuse"}}, True), ({"verdicts": {"access_analyzer": "refuse"}}, False)],
)
def test_at_the_workflows_begin_only_what_may_refuse_is_asked_and_never_aws(settings: Any, rule: bool) -> None:
    asked: list[str] = []

    def lint(_: Any) -> list[Lint]:
        asked.append("lint")
        return [Lint("A", "HIGH", "a", "a")]

    def analyze(_document: Any, _kind: Kind) -> list[Lint]:
        raise AssertionError

    known = facts(lint=lint, analyze=analyze, **settings)
    looked_at: tuple[Subject, ...] = (subject(None, document()),)
    decision = Guardrails(lambda _: (looked_at, known)).today(())
    assert (bool(asked), decision.allowed) == (rule, not rule)


def test_every_reason_of_a_refusal_is_told_once() -> None:
    found = check_changes(DANGERS[:1] * 2, dangerous())
    decision = refusal_of(found)
    assert not decision.allowed
    assert decision.reason.count("is protected by the configuration") == 1
