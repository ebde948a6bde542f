"""What the configuration protects, and what this product stands on, is changed by no request."""

from collections.abc import Iterator

from chalicelib.core.targets import arn_matches
from chalicelib.requests.guardrails.models import Verdict
from chalicelib.requests.guardrails.subjects import Facts, Said, Subject


def judge(subject: Subject, facts: Facts) -> Iterator[Said]:
    config = facts.config
    if subject.target in facts.own:
        reason = f"{subject.target} belongs to this product itself: no request may change it."
        yield Said(Verdict.REFUSE, "The product's own", reason, fixed=True)
    elif any(arn_matches(pattern, subject.target) for pattern in config.protected):
        yield Said(
            Verdict.REFUSE,
            "Protected",
            f"{subject.target} is protected by the configuration: no request may change it.",
        )
    elif config.protected_accounts and not subject.account_id:
        reason = f"Nobody knows in which account {subject.target} is, and some accounts are protected."
        yield Said(Verdict.REFUSE, "Perhaps in a protected account", f"{reason} Wait until the inventory has seen it.")
    elif subject.account_id in config.protected_accounts:
        reason = f"{subject.target} is in account {subject.account_id}, which is protected: no request may change anything there."
        yield Said(Verdict.REFUSE, "In a protected account", reason)
