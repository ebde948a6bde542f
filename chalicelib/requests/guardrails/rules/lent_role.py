"""The use of a role, given to people: how long, and how much it is."""

from collections.abc import Iterator

from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.statements import Statement, statements_of
from chalicelib.requests.guardrails.subjects import Facts, Kind, Said, Subject


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    if subject.kind is not Kind.LENT or subject.after is None:
        return
    who = subject.after.get("identity")
    if subject.after.get("until") is None:
        yield Said(
            Verdict.WARN,
            "Lent for ever",
            f"Nothing ends it: {who} may use the role until somebody takes it away. Ask for an end.",
        )
    standing = facts.standing(subject.target)
    if any(_everything(one) for document in standing.after for one in statements_of(document)):
        yield Said(
            Verdict.MORE_APPROVAL,
            "The role may do everything",
            f"The role's own policies allow every action on every resource: {who} may do all of that in its account.",
        )


def _everything(statement: Statement) -> bool:
    whole = bool({"*", "*:*"} & set(statement.actions))
    return statement.allows and statement.anywhere and whole and not statement.conditional
