"""Plugins that implement the hook `notify`: a company's own ways."""

from collections.abc import Callable

from chalicelib.core.hooks import RequestNotice
from chalicelib.notifications.messages import Message


class PluginsChannel:
    name = "plugins"

    def __init__(self, tell: Callable[[RequestNotice], None]) -> None:
        """`tell` raises nothing: a plugin that fails is logged and left out."""
        self._tell = tell

    def tell(self, message: Message) -> None:
        self._tell(message.notice)
