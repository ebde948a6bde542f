"""What lists of requests need, made when it is first used."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.aws.sessions import Sessions
    from chalicelib.requests.catalog.catalog import Catalog
    from chalicelib.requests.catalog.digests import Digests
    from chalicelib.requests.catalog.publish import DigestPublisher
    from chalicelib.requests.catalog.store import CatalogStore


class CatalogServices:
    def __init__(self, *, settings: Settings, aws: "Sessions", clock: Clock) -> None:
        self._settings = settings
        self._aws = aws
        self._clock = clock

    @cached_property
    def store(self) -> "CatalogStore":
        from chalicelib.requests.catalog.store import CatalogStore

        return CatalogStore()

    @cached_property
    def _digests(self) -> "Digests":
        from chalicelib.aws.objects import Objects
        from chalicelib.requests.catalog.digests import Digests

        return Digests(Objects(self._aws, self._settings.bucket))

    @cached_property
    def all(self) -> "Catalog":
        from chalicelib.requests.catalog.catalog import Catalog

        return Catalog(store=self.store, digests=self._digests, clock=self._clock)

    @cached_property
    def publish(self) -> "DigestPublisher":
        from chalicelib.requests.catalog.publish import DigestPublisher

        return DigestPublisher(store=self.store, digests=self._digests, clock=self._clock)
