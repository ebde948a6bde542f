"""What was read of resources becomes what the table, the map of rights, the search and the history say of them.

Whoever looks, at a whole scope or at one resource, ends here. The order loses nothing: the authorisation queue and the search are told
before the rows are written, so a crash in between leaves rows that still differ, and the next look tells it again. A row that somebody
saw later is left alone.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.access.messages import RecomputeMessage
from chalicelib.access.rights import GrantChange
from chalicelib.access.tell_rights import TellRights
from chalicelib.inventory.history.keep import History
from chalicelib.inventory.history.models import Changed, Seen
from chalicelib.inventory.judge import Judge
from chalicelib.inventory.models import InventoryConfig, Known, ResourceWrite, RoleRecord
from chalicelib.inventory.resource_type import Resource, ResourceType
from chalicelib.inventory.rules import Changes
from chalicelib.inventory.search.models import Change
from chalicelib.inventory.search.news_store import NewsStore
from chalicelib.inventory.search.source import written
from chalicelib.inventory.store import LIMIT, ResourceStore

_WITH_HISTORY = frozenset({"AWS::IAM::Role", "AWS::IAM::User"})
"""Types whose rows in tables link to AWS Config, as ConsoleMe's do."""


@dataclass(frozen=True, slots=True)
class Look:
    """A look at resources of one type in one account. `at` is when it began, `who` the changer when an event told."""

    kind: ResourceType[Any]
    account_id: str
    at: int
    who: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that changed, messages about rights, and what was left as it was, by ARN with the reason."""

    changed: int = 0
    messages: int = 0
    left_alone: Mapping[str, str] = field(default_factory=dict)


class KeepResources:
    def __init__(
        self,
        *,
        store: ResourceStore,
        rights: TellRights,
        judge: Judge,
        news: NewsStore,
        history: History,
        config: InventoryConfig,
    ) -> None:
        self._store = store
        self._rights = rights
        self._judge = judge
        self._news = news
        self._history = history
        self._config = config

    def keep(self, look: Look, records: Iterable[Resource], known: Mapping[str, Known]) -> Kept:
        """Writes those that are not as the table knows them. Raises Throttled or Upstream."""
        rights: list[Changes] = []
        writes: list[ResourceWrite] = []
        left: dict[str, str] = {}
        for record in records:
            before = known.get(record.arn)
            planned = self._planned(look, record, before)
            if planned is None:
                continue
            write, changes = planned
            rights.append(changes)
            if len(write.detail) <= LIMIT:
                writes.append(write)
            else:
                # Its rights are told at each look, since no row remembers that they were.
                left[record.arn] = f"its record has {len(write.detail)} bytes, and {LIMIT} fit"
        messages = self._tell(rights)
        left |= self._remember(look, [Changed(one.arn, _other(one), one.detail) for one in writes])
        # What has no word of AWS Config's is kept for itself and not searched.
        self._news.tell(written(write, look.account_id, look.at) for write in writes if write.technology)
        lost = self._store.write(look.account_id, look.kind.name, writes, look.at) if writes else set()
        return Kept(len(writes) - len(lost), messages, left)

    def remove(self, look: Look, gone: Sequence[Known]) -> Kept:
        """Resources that do not exist any more; nobody has a right to them. Raises Throttled or Upstream."""
        if not gone:
            return Kept()
        told = self._withdrawn(gone, look.at)
        messages = self._rights.tell(told.values())
        left = self._remember(look, [Changed(known.arn, known.content_hash, None) for known in gone])
        arns = [known.arn for known in gone]
        self._news.tell(Change(arn, look.at, None) for arn in arns)
        lost = self._store.remove(arns, look.at)
        messages += self._tell_the_late(gone, look.at, told)
        return Kept(len(arns) - len(lost), messages, left)

    def bury(self, look: Look, arn: str, known: Known | None) -> Kept:
        """One that AWS does not know. Of one that the table does not know either only a tombstone is written: a slow look that
        began before may still bring it.
        """
        if known is not None:
            return self.remove(look, [known])
        self._store.remove([arn], look.at)
        return Kept()

    def withdraw(self, known: Collection[Known], at: int) -> int:
        """The rows stay; whatever right there is to them ends now. The number of messages."""
        granted = [one for one in sorted(known, key=lambda one: one.arn) if one.granted]
        told = self._withdrawn(granted, at)
        messages = self._rights.tell(told.values())
        self._store.withdraw([one.arn for one in granted], at)
        return messages + self._tell_the_late(granted, at, told)

    def judged_by_an_old_configuration(self, look: Look) -> None:
        """Asks for another look at the rows written by this one when the configuration has changed meanwhile.

        Called at the end: whoever saves after this finds the rows.
        """
        if (version := self._judge.overtaken_by()) is not None:
            self._rights.send([RecomputeMessage(account_id=look.account_id, version=version, written_at=look.at)])

    def _planned(self, look: Look, record: Resource, known: Known | None) -> tuple[ResourceWrite, Changes] | None:
        """None when the table already says all of this."""
        hashed = record.content_hash()
        if isinstance(record, RoleRecord):
            judged = self._judge.plan(record, hashed, known, look.at)
            return None if judged is None else (self._row(look, record, hashed, judged[0].granted, known), judged[1])
        if known is not None and known.content_hash == hashed:
            return None
        return self._row(look, record, hashed, {}, known), ()

    def _row(
        self, look: Look, record: Resource, hashed: str, granted: Mapping[str, str], known: Known | None
    ) -> ResourceWrite:
        technology = record.technology or look.kind.technology
        return ResourceWrite(
            arn=record.arn,
            name=record.name,
            content_hash=hashed,
            tags=record.tags,
            owner=self._config.owner_of(record.tags),
            granted=dict(granted),
            detail=record.packed(),
            technology=technology,
            region=record.region,
            config_id=record.config_id if technology in _WITH_HISTORY else "",
            replaces=known.content_hash if known else "",
        )

    def _withdrawn(self, known: Iterable[Known], at: int) -> dict[tuple[str, str], tuple[str, GrantChange]]:
        """Who loses which role, and what to tell them."""
        pairs = [pair for one in known if one.granted for pair in self._judge.withdrawn(one, at)]
        return {(identity, change.role_arn): (identity, change) for identity, change in pairs}

    def _tell_the_late(self, known: Iterable[Known], at: int, told: Collection[tuple[str, str]]) -> int:
        """Those whom a grant reached between the first question and the writing of the rows; later ones find no role."""
        now = self._withdrawn(known, at)
        return self._rights.tell(now[key] for key in sorted(now.keys() - set(told)))

    def _tell(self, changes: Iterable[Changes]) -> int:
        return self._rights.tell(change for those in changes for change in those)

    def _remember(self, look: Look, changes: Sequence[Changed]) -> dict[str, str]:
        """What the history could not keep is told and stops nothing: rights hang on the rows."""
        seen = Seen(kind=look.kind.name, account_id=look.account_id, at=look.at, who=look.who)
        failures = self._history.changed(changes, seen)
        return {arn: f"its former content could not be kept: {why}" for arn, why in failures.items()}


def _other(write: ResourceWrite) -> str:
    """The hash of the content before, if that was another one."""
    return write.replaces if write.replaces != write.content_hash else ""
