"""Whom a resource policy or a trust policy newly lets in: everybody, accounts and organisations that are not ours, services for anybody."""

from collections.abc import Iterator, Mapping

from chalicelib.core.exposure import Kind as Who
from chalicelib.core.exposure import Outsider, exposure_of
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.subjects import Facts, Kind, Said, Subject

_Words = tuple[Verdict, str, str]
_EVERYBODYS_ROLE: _Words = (
    Verdict.REFUSE,
    "Everybody may assume it",
    "A role that everybody may assume is everybody's. Name whom it trusts.",
)
_PLAIN: Mapping[Who, _Words] = {
    Who.EVERYBODY: (
        Verdict.MORE_APPROVAL,
        "Open to everybody",
        "It lets in everybody on the internet, whatever account they have.",
    ),
    Who.ORGANIZATION: (
        Verdict.MORE_APPROVAL,
        "Open to another organisation",
        "{who} is none of the organisations that are known here.",
    ),
    Who.NETWORK: (Verdict.WARN, "Open by network", "Whoever comes from {who} is let in, whatever account they have."),
    Who.SERVICE: (
        Verdict.WARN,
        "A service for anybody",
        "{who} is let in, and no condition says for whom it acts: a stranger could use it. Add aws:SourceAccount or aws:SourceArn.",
    ),
    Who.FEDERATED: (
        Verdict.MORE_APPROVAL,
        "Everybody of an identity provider",
        "Everybody whom {who} knows is let in: no condition says whom it means. Add one on its sub or aud.",
    ),
    Who.CANONICAL_USER: (
        Verdict.MORE_APPROVAL,
        "Lets in somebody unknown",
        "{who} names an account by its canonical id, which tells nobody whose it is.",
    ),
    Who.DELETED: (
        Verdict.WARN,
        "Names somebody who is gone",
        "{who} is the id of a deleted role or user. Leave it out.",
    ),
}


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    if subject.kind not in {Kind.RESOURCE, Kind.TRUST}:
        return
    before, after = exposure_of(subject.before, subject.account_id), exposure_of(subject.after, subject.account_id)
    known = {_let_in(outsider) for outsider in before.outsiders}
    for outsider in after.outsiders:
        if _let_in(outsider) not in known:
            verdict, title, reason = _words(outsider, subject, facts)
            yield Said(verdict, title, reason, outsider.statement)
    for unreadable in after.unreadable:
        if unreadable not in before.unreadable:
            yield Said(
                Verdict.MORE_APPROVAL,
                "Nobody can tell whom it lets in",
                f"{unreadable}: write its principals as AWS documents them.",
            )


def _let_in(outsider: Outsider) -> tuple[str, ...]:
    """Where the statement stands, and what it is called, makes no difference."""
    return (outsider.kind, outsider.who, str(outsider.pinned), *outsider.actions)


def _words(outsider: Outsider, subject: Subject, facts: Facts) -> _Words:
    who = outsider.who[:200]
    match outsider.kind:
        case Who.EVERYBODY if subject.kind is Kind.TRUST:
            return _EVERYBODYS_ROLE
        case Who.ACCOUNT:
            return _account(outsider, facts)
        case Who.ORGANIZATION if who.partition("/")[0] in facts.organizations:
            return Verdict.WARN, "Open to the organisation", f"Every account of {who} is let in, also those to come."
        case Who.SERVICE | Who.FEDERATED if outsider.pinned:
            keys = ", ".join(outsider.conditions)
            return Verdict.NOTE, "Lets in a service or provider", f"{who} is let in under conditions on {keys}."
        case Who.SERVICE if subject.kind is Kind.TRUST:
            return Verdict.NOTE, "Trusts a service", f"{who} may assume it for what runs in its account."
    verdict, title, reason = _PLAIN[outsider.kind]
    return verdict, title, reason.format(who=who)


def _account(outsider: Outsider, facts: Facts) -> _Words:
    who = outsider.who[:200]
    if outsider.account_id in facts.accounts:
        return (
            Verdict.NOTE,
            "Lets in another account",
            f"{who} is let in from another account of ours, {outsider.account_id}.",
        )
    return (
        Verdict.MORE_APPROVAL,
        "Lets in an account that is not ours",
        f"{who} is let in, and account {outsider.account_id} is none of the directory's, nor one that the configuration trusts.",
    )
