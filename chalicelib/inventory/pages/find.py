"""One resource for somebody who looks: as the inventory has it, or as AWS has it now when the inventory does not know it, or when that
is asked for. What is hidden from them is answered in the words for what does not exist, and AWS is not asked about it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.accounts.store import AccountStore
from chalicelib.core.arn import Arn
from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, InvalidInput, NotFound
from chalicelib.identity.permissions import View
from chalicelib.inventory.resource_type import Resource, ResourceType
from chalicelib.inventory.store import ResourceStore

if TYPE_CHECKING:
    from chalicelib.inventory.refresh_one import RefreshOne

Listed = Callable[[ResourceType[Any], str], bool]
"""Whether resources of a type in a region are listed here: what no listing finds again would be kept for ever."""
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_LONGEST = 1000
"""Characters of an ARN: IAM allows 512 of path and 128 of name. More would not fit into a key."""
_AGAIN = 5
"""Seconds in which AWS is not asked a second time about the same resource by the same process."""
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """A resource of an account by its ARN. `name` also finds it when its path is not known: IAM's names are unique without it."""

    kind: ResourceType[Any]
    account_id: str
    arn: str
    name: str = ""
    word: str = "resource"

    @property
    def simple(self) -> bool:
        return bool(self.name) and "/" not in self.name


@dataclass(frozen=True, slots=True)
class Found:
    """`changed_at` is since when the inventory has had this content; None before it has any. `read_at` is when AWS was asked for this very
    answer; None when it was not. `warning` says why what is shown may be old.
    """

    record: Resource
    account: Account
    changed_at: int | None
    read_at: int | None = None
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """What came of asking AWS at a time: the record, or why there is none. `at` is None when it was not asked."""

    record: Resource | None = None
    at: int | None = None
    failure: str = ""
    again: bool = False
    """Told a second time, without asking."""

    @property
    def gone(self) -> bool:
        """AWS answered, and knows none."""
        return self.at is not None and self.record is None and not self.failure and not self.again


class FindResource:
    def __init__(
        self,
        *,
        store: ResourceStore,
        accounts: AccountStore,
        refresh: "RefreshOne",
        listed: Listed,
        clock: Clock,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._refresh = refresh
        self._listed = listed
        self._clock = clock
        self._lock = Lock()
        self._looks: dict[tuple[str, str], _Look] = {}

    def of(self, wanted: Wanted, view: View, *, fresh: bool = False) -> Found:
        """`fresh` asks AWS whatever the inventory knows. Raises NotFound, saying what to do."""
        known = self._accounts.find(wanted.account_id) if _ACCOUNT.fullmatch(wanted.account_id) else None
        if known is None:
            raise _unknown_account(wanted.account_id)
        account = known.account
        stored = self._stored(wanted, view)
        look = self._look(wanted, account, stored[0] if stored else None, view) if stored is None or fresh else _Look()
        if look.record is not None and (stored is None or not look.again):
            kept = self._store.find(look.record.arn)
            return Found(look.record, account, kept[0].observed_at if kept else None, read_at=look.at)
        if stored is None or look.gone:
            raise _missing(wanted, account, view)
        # What is known may be newer than what a look of some seconds ago found: an event has come since.
        return Found(
            stored[0], account, stored[1], read_at=look.at if look.record else None, warning=look.failure or None
        )

    def _stored(self, wanted: Wanted, view: View) -> tuple[Resource, int] | None:
        """What the inventory has of it, and since when."""
        arn = wanted.arn if _well_formed(wanted) else ""
        found = self._store.find(arn) if arn and view.shows(wanted.account_id, arn) else None
        if found is None and wanted.simple:
            pathed = self._store.arn_by_name(wanted.account_id, wanted.kind.name, wanted.name)
            found = self._store.find(pathed) if pathed and view.shows(wanted.account_id, pathed) else None
        if found is None:
            return None
        record: Resource = wanted.kind.record.unpacked(found[1])
        return (record, found[0].observed_at) if record.account_id == wanted.account_id else None

    def _look(self, wanted: Wanted, account: Account, stored: Resource | None, view: View) -> _Look:
        arn = stored.arn if stored is not None else wanted.arn
        if (stored is None and not _well_formed(wanted)) or not view.shows(account.account_id, arn):
            return _Look()
        if stored is None and self._store.find(arn) is not None:
            # The ARN of a bucket does not say whose it is: this one is another account's, which must not be told that it is gone.
            return _Look()
        if account.status is not AccountStatus.ACTIVE:
            return _Look(failure=f"AWS is not asked: the account is {account.status}.")
        if not self._listed(wanted.kind, Arn.parse(arn).region):
            return _Look(failure="AWS is not asked: the configuration lists no such resources there.")
        look = self._asked(wanted, arn)
        if look.record is None:
            return look
        # IAM knows names without their paths: whoever asks by the name alone means whatever has it.
        meant = look.record.arn == arn or (stored is None and wanted.simple)
        return look if meant and view.shows(account.account_id, look.record.arn) else _Look(at=look.at)

    def _asked(self, wanted: Wanted, arn: str) -> _Look:
        """The same for everybody: what somebody may not see is kept from them afterwards."""
        key, now = (wanted.account_id, arn), self._clock.now()
        with self._lock:
            last = self._looks.get(key)
        if last is not None and last.at is not None and now - last.at < _AGAIN:
            return replace(last, again=True)
        try:
            refreshed = self._refresh.run(arn, account_id=wanted.account_id, observed_at=now, told=False)
            look = _Look(refreshed.record, now)
        except AppError as error:
            look = _Look(at=now, failure=error.message)
        with self._lock:
            if len(self._looks) >= _REMEMBERED:
                self._looks.clear()
            self._looks[key] = look
        return look


def _missing(wanted: Wanted, account: Account, view: View) -> NotFound:
    """The same words whether it is hidden, absent, or AWS does not answer: who asks must not be able to tell these apart."""
    if not view.account(account).allowed:
        return _unknown_account(wanted.account_id)
    return NotFound(
        f"No {wanted.word} '{(wanted.name or wanted.arn)[:200]}' was found in account {account.account_id} ({account.name}), neither in "
        "the inventory nor in AWS. Check its name and path. If it exists, GET /api/v2/accounts says whether the last refresh of the "
        "account failed; ask an administrator to mend that and to refresh this account.",
        reason=f"unknown_{wanted.word.replace(' ', '_')}",
    )


def _well_formed(wanted: Wanted) -> bool:
    if len(wanted.arn) > _LONGEST:
        return False
    try:
        return wanted.kind.owns(Arn.parse(wanted.arn))
    except InvalidInput:
        return False


def _unknown_account(account_id: str) -> NotFound:
    return NotFound(
        f"No account {account_id[:50]} is known. Known ones are listed by GET /api/v2/accounts; a new one is found by the next refresh.",
        reason="unknown_account",
    )
