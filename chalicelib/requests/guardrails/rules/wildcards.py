"""New statements that allow more than they name: every action, a whole service, or writing to whatever there is."""

from collections.abc import Iterator

from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.statements import Statement, added, some
from chalicelib.requests.guardrails.subjects import Facts, Kind, Said, Subject

_CHANGING = {"Write", "Permissions management", "Tagging"}


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    if subject.kind not in {Kind.IDENTITY, Kind.RESOURCE}:
        return
    for statement in added(subject.before, subject.after):
        if statement.allows:
            yield from _of(statement, subject.kind, facts)


def _of(statement: Statement, kind: Kind, facts: Facts) -> Iterator[Said]:
    """A resource policy is about its one resource, whatever it names."""
    everywhere = kind is Kind.IDENTITY and statement.anywhere
    if statement.not_actions or "*" in statement.actions or "*:*" in statement.actions:
        what = f"everything but {some(statement.not_actions)}" if statement.not_actions else "every action"
        yield Said(
            Verdict.MORE_APPROVAL if kind is Kind.IDENTITY else Verdict.WARN,
            "Allows every action" if not statement.not_actions else "Allows whatever it does not name",
            f"The statement allows {what}{' on every resource' if everywhere else ''}, also what AWS will add later. Name the actions.",
            statement.place,
        )
        return
    if whole := [action for action in statement.actions if action.endswith(":*")]:
        yield Said(
            Verdict.WARN,
            "Allows a whole service",
            f"{some(whole)} allows everything that the service can do, also what AWS will add later. Name the actions.",
            statement.place,
        )
    if everywhere and not statement.conditional and (changing := _changing(statement, facts)):
        yield Said(
            Verdict.WARN,
            "Changes whatever there is",
            f"On resources that it does not name, the statement allows {some(changing)}. Name the resources, or add a condition.",
            statement.place,
        )


def _changing(statement: Statement, facts: Facts) -> list[str]:
    actions = facts.actions()
    return sorted(actions.name(one) for one in statement.known(actions) if actions.level(one) in _CHANGING)
