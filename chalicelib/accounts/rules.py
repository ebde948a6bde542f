"""Pure decisions about accounts, and about lists that became short."""

from collections.abc import Collection, Iterable, Mapping

from chalicelib.accounts.models import Account, AccountRecord, AccountsConfig, AccountStatus
from chalicelib.core.canonical import content_hash
from chalicelib.core.decisions import Decision

_DAY = 86_400
_FEW = 10
"""So many may vanish at once without a second look."""


def merged(found: Iterable[Account], config: AccountsConfig) -> dict[str, Account]:
    """By id. The first source that names an account speaks for it; the configuration's own words are laid over that, and what neither
    says of environment and owner is taken from its tags.
    """
    accounts: dict[str, Account] = {}
    for account in found:
        accounts.setdefault(account.account_id, account)
    for account_id, words in config.static.items():
        if account_id in accounts:
            said = words.model_dump(exclude_none=True, exclude={"tags"})
            tags = {**accounts[account_id].tags, **(words.tags or {})}
            accounts[account_id] = accounts[account_id].model_copy(update={**said, "tags": tags})
    return {account_id: _named_by_tags(account, config) for account_id, account in accounts.items()}


def _named_by_tags(account: Account, config: AccountsConfig) -> Account:
    environment = account.environment or _first(account.tags, config.environment_tags)
    owner = account.owner or _first(account.tags, config.owner_tags)
    return account.model_copy(update={"environment": environment, "owner": owner})


def _first(tags: Mapping[str, str], keys: Iterable[str]) -> str | None:
    return next((tags[key] for key in keys if tags.get(key)), None)


def gone(known: Mapping[str, AccountRecord], found: Collection[str], silent: Collection[str]) -> set[str]:
    """Accounts that no source names any more, unless the source that spoke for them could not be read (`silent`)."""
    return {
        account_id
        for account_id, record in known.items()
        if account_id not in found
        and not _of_silent(record, silent)
        and record.account.status is not AccountStatus.LEFT
    }


def may_write(record: AccountRecord | None, silent: Collection[str]) -> bool:
    """While a source can't be read, no other one speaks in its place: it may know less, and what it does not know would be unsaid."""
    return record is None or not _of_silent(record, silent)


def _of_silent(record: AccountRecord, silent: Collection[str]) -> bool:
    """Also one that does not remember who speaks for it: it may be a silent one."""
    return bool(silent) and record.account.source in {"", *silent}


def unsettled(before: AccountRecord | None, account: Account) -> bool:
    """Whether something has to be done about the account at once: it may be used from now on, or no longer."""
    active = account.status is AccountStatus.ACTIVE
    return active if before is None else active is not (before.account.status is AccountStatus.ACTIVE)


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


def rows_outlived(record: AccountRecord, keep_days: int, now: int) -> bool:
    """Whether the inventory may forget an account: nobody has a right to it any more, and the time of grace is over."""
    return (
        record.account.status is not AccountStatus.ACTIVE
        and record.rights_withdrawn
        and not record.rows_removed
        and record.inactive_since is not None
        and now - record.inactive_since >= keep_days * _DAY
    )
