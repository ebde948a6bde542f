"""Table `config`: `CONFIG` / number (zero padded) is a version and never changed; `CONFIG` / `CURRENT` says which is in force."""

import gzip

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from chalicelib.core.errors import Conflict, LimitExceeded, NotFound
from chalicelib.db.base import Table, connection
from chalicelib.db.errors import translated
from chalicelib.dynamic_config.models import Current, Page, Version, VersionInfo

_CONFIG = "CONFIG"
_CURRENT = "CURRENT"
_WHAT = "the configuration"
ITEM_LIMIT = 350_000
"""Bytes of a compressed text in one item; DynamoDB ends at 400 KB."""


class ConfigRow(Table):
    suffix = "config"

    text = BinaryAttribute(legacy_encoding=False, null=True)
    info = UnicodeAttribute(null=True)
    number = NumberAttribute(null=True)
    sha256 = UnicodeAttribute(null=True)
    audited = NumberAttribute(null=True)
    applied = NumberAttribute(null=True)
    follower = UnicodeAttribute(null=True)
    until = NumberAttribute(null=True)


class ConfigStore:
    def current(self) -> Current | None:
        """Strongly consistent, one small item. None before the first save."""
        with translated(_WHAT):
            try:
                row = ConfigRow.get(_CONFIG, _CURRENT, consistent_read=True)
            except DoesNotExist:
                return None
        return Current(
            number=int(row.number), sha256=row.sha256, audited=int(row.audited or 0), applied=int(row.applied or 0)
        )

    def version(self, number: int) -> Version:
        """Raises NotFound."""
        with translated(_WHAT):
            try:
                row = ConfigRow.get(_CONFIG, _sk(number), consistent_read=True)
            except DoesNotExist as error:
                raise NotFound(f"The configuration has no version {number}.") from error
        return Version(info=VersionInfo.model_validate_json(row.info), text=gzip.decompress(row.text).decode())

    def versions(self, *, before: int | None, limit: int) -> Page:
        """Newest first, those older than `before`."""
        last = 10**12 - 1 if before is None else before - 1
        with translated(_WHAT):
            rows = list(
                ConfigRow.query(
                    _CONFIG,
                    ConfigRow.sk.between(_sk(0), _sk(last)),
                    scan_index_forward=False,
                    limit=limit + 1,
                    attributes_to_get=["pk", "sk", "info"],
                    consistent_read=True,
                )
            )
        found = tuple(VersionInfo.model_validate_json(row.info) for row in rows)
        return Page(versions=found[:limit], next=found[limit - 1].number if len(found) > limit else None)

    def newest_number(self) -> int:
        """0 when nothing was ever saved. Counts what is there, whatever `CURRENT` says."""
        page = self.versions(before=None, limit=1)
        return page.versions[0].number if page.versions else 0

    def add(self, version: Version, before: Current | None) -> None:
        """Stores a version and puts it in force, both or neither.

        Raises Conflict when another version is in force than `before`, LimitExceeded when the text is too large.
        """
        info, pack = version.info, gzip.compress(version.text.encode(), mtime=0)
        if len(pack) > ITEM_LIMIT:
            raise LimitExceeded(
                f"The document is larger than {ITEM_LIMIT} bytes when it is compressed. Shorten it, for example by mapping "
                "groups instead of people."
            )
        row = ConfigRow(_CONFIG, _sk(info.number), text=pack, info=info.model_dump_json())
        with translated(_WHAT), TransactWrite(connection=connection()) as transaction:
            transaction.save(row, condition=ConfigRow.pk.does_not_exist())
            if before is None:
                first = ConfigRow(_CONFIG, _CURRENT, number=info.number, sha256=info.sha256)
                first.audited = first.applied = info.number - 1
                transaction.save(first, condition=ConfigRow.pk.does_not_exist())
            else:
                transaction.update(
                    ConfigRow(_CONFIG, _CURRENT),
                    actions=[ConfigRow.number.set(info.number), ConfigRow.sha256.set(info.sha256)],
                    condition=(ConfigRow.number == before.number) & (ConfigRow.sha256 == before.sha256),
                )

    def begin_following(self, owner: str, *, now: int, until: int) -> bool:
        """Whether `owner` may follow up now: nobody else does, or its time is over."""
        free = ConfigRow.until.does_not_exist() | (ConfigRow.until <= now) | (ConfigRow.follower == owner)
        try:
            self._update([ConfigRow.follower.set(owner), ConfigRow.until.set(until)], ConfigRow.pk.exists() & free)
        except Conflict:
            return False
        return True

    def audited(self, owner: str, number: int) -> None:
        """Raises Conflict when somebody else follows up by now."""
        self._update([ConfigRow.audited.set(number)], ConfigRow.follower == owner)

    def applied(self, owner: str, number: int) -> None:
        """Raises Conflict when somebody else follows up by now."""
        self._update([ConfigRow.applied.set(number)], ConfigRow.follower == owner)

    def end_following(self, owner: str) -> None:
        self._update([ConfigRow.follower.remove(), ConfigRow.until.remove()], ConfigRow.follower == owner)

    def _update(self, actions: list[Action], condition: Condition) -> None:
        with translated(_WHAT):
            ConfigRow(_CONFIG, _CURRENT).update(actions=actions, condition=condition)


def _sk(number: int) -> str:
    return f"{number:012d}"
