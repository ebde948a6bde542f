"""The index that a process searches in: the newest file, with every change laid over it that was told since."""

import shutil
import tempfile
import time
import weakref
from pathlib import Path
from threading import RLock

from chalicelib.accounts.store import AccountStore
from chalicelib.aws.objects import Objects
from chalicelib.core.clock import Clock
from chalicelib.inventory.search.build import build
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.models import AccountRow
from chalicelib.inventory.search.news_store import NewsStore, Pointer
from chalicelib.inventory.search.publish import LATE

_LOOK_EVERY = 3.0
"""Seconds after which a process asks for news."""
_NAMES_EVERY = 60.0
"""Seconds after which it asks how accounts are called."""


class CurrentIndex:
    def __init__(self, *, news: NewsStore, objects: Objects, accounts: AccountStore, clock: Clock) -> None:
        self._news = news
        self._accounts = accounts
        self._objects = objects
        self._clock = clock
        self._folder = Path(tempfile.mkdtemp(prefix="search-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self._lock = RLock()
        self._index: SearchIndex | None = None
        self._pointer: Pointer | None = None
        self._taken: dict[str, int] = {}
        self._looked_at = 0.0
        self._named_at = 0.0

    def get(self) -> SearchIndex:
        """At most one query every three seconds; a file is fetched when there is a newer one. Raises Throttled or Upstream."""
        with self._lock:
            if self._index is None or time.monotonic() - self._looked_at >= _LOOK_EVERY:
                self._look()
                self._looked_at = time.monotonic()
            assert self._index is not None  # noqa: S101 just made
            return self._index

    @property
    def built_at(self) -> int | None:
        """Epoch second of the file; None before the first one."""
        return self._pointer.built_at if self._pointer else None

    def _look(self) -> None:
        now = self._clock.now()
        since = max(self._taken.values(), default=0) - LATE if self._index is not None else self._covered
        pointer, changes = self._news.read(since)
        if self._index is None or pointer != self._pointer:
            self._open(pointer)
            if pointer is not None and pointer.covers < since:
                pointer, changes = self._news.read(pointer.covers)
        assert self._index is not None  # noqa: S101 just opened
        self._index.take(change for key, change in changes.items() if key not in self._taken)
        if time.monotonic() - self._named_at >= _NAMES_EVERY:
            known = self._accounts.all().values()
            self._index.name_accounts(AccountRow(one.account.account_id, one.account.name) for one in known)
            self._named_at = time.monotonic()
        recent = now - 2 * LATE
        self._taken = {key: at for key, at in self._taken.items() if at > recent} | dict.fromkeys(changes, now)

    @property
    def _covered(self) -> int:
        known = self._news.pointer()
        return known.covers if known else 0

    def _open(self, pointer: Pointer | None) -> None:
        """Before the first file all there is are the changes."""
        path = self._folder / (f"{pointer.generation}.sqlite" if pointer else "none.sqlite")
        if pointer is None:
            build(path, (), ())
        else:
            self._objects.download(pointer.key, path)
        opened = SearchIndex(path)
        if self._index is not None:
            self._index.close()
        for file in self._folder.glob("*.sqlite"):
            if file != path:
                file.unlink()
        self._index, self._pointer, self._taken, self._named_at = opened, pointer, {}, 0.0
