"""Pure decisions about accounts, and about lists that became short."""

from collections.abc import Collection, Iterable, Mapping

from chalicelib.accounts.models import Account, AccountRecord, AccountStatus, StaticAccount
from chalicelib.core.canonical import content_hash
from chalicelib.core.decisions import Decision

_FEW = 10
"""So many may vanish at once without a second look."""


def merged(found: Iterable[Account], static: Mapping[str, StaticAccount]) -> dict[str, Account]:
    """By id. The first source that names an account speaks for it; the configuration's own words are laid over that."""
    accounts: dict[str, Account] = {}
    for account in found:
        accounts.setdefault(account.account_id, account)
    for account_id, words in static.items():
        if account_id in accounts:
            said = words.model_dump(exclude_none=True, exclude={"tags"})
            tags = {**accounts[account_id].tags, **(words.tags or {})}
            accounts[account_id] = accounts[account_id].model_copy(update={**said, "tags": tags})
    return accounts


def digest_of(missing: Collection[str]) -> str:
    return content_hash(sorted(missing)) if missing else ""


def may_drop(known: int, missing: Collection[str], held: str) -> Decision:
    """Whether what a list no longer names may be believed gone.

    More than half and more than ten at once is suspicious, and so is everything: it needs a second look that misses the same.
    `held` is the digest of what the look before missed.
    """
    suspicious = missing and (len(missing) == known or (len(missing) > _FEW and 2 * len(missing) > known))
    if not suspicious:
        return Decision.yes("the list is plausible", "plausible")
    if held == digest_of(missing):
        return Decision.yes("a second look misses the same", "second_look")
    return Decision.no(
        f"{len(missing)} of {known} were missing from the list: nothing is removed until the next run misses the same.",
        "suspicious_shrink",
    )


def left(record: AccountRecord) -> Account:
    return record.account.model_copy(update={"status": AccountStatus.LEFT})


def needs_run(record: AccountRecord) -> bool:
    """Active accounts are synced; the others are visited once more, to take their rights away."""
    return record.account.status is AccountStatus.ACTIVE or not record.rights_withdrawn
