"""The notifications' part of the composition root."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.core.clock import Clock

if TYPE_CHECKING:
    from chalicelib.dynamic_config.document import Configuration
    from chalicelib.notifications.inbox import Inbox
    from chalicelib.notifications.models import NotificationsConfig
    from chalicelib.notifications.rules import Known
    from chalicelib.notifications.store import NoteStore


class NotificationServices:
    def __init__(
        self, *, clock: Clock, configuration: "Configuration", knows: "Callable[[Iterable[str]], Mapping[str, Known]]"
    ) -> None:
        """`knows` tells as what folded names are known."""
        self._clock = clock
        self._configuration = configuration
        self.knows = knows

    @cached_property
    def config(self) -> "NotificationsConfig":
        from chalicelib.notifications.models import NotificationsConfig

        return self._configuration.section("notifications", NotificationsConfig)

    @cached_property
    def store(self) -> "NoteStore":
        from chalicelib.notifications.store import NoteStore

        return NoteStore(self._clock)

    @cached_property
    def inbox(self) -> "Inbox":
        from chalicelib.notifications.inbox import Inbox

        return Inbox(self.store, self._clock)
