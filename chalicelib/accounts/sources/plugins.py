"""The accounts that a company's own plugins list: their hook `account_source`."""

import re
from collections.abc import Iterator

from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.core.errors import PluginFailed
from chalicelib.core.hooks import ListedAccount
from chalicelib.plugins.calls import Calls

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


class PluginAccounts:
    name = "plugins"

    def __init__(self, hooks: Calls) -> None:
        self._hooks = hooks

    def accounts(self) -> Iterator[Account]:
        """Raises PluginFailed for a plugin that fails or lists what is no account, and what it raises on purpose."""
        for said in self._hooks.lists("account_source", ListedAccount):
            listed = said.answer
            if not _ACCOUNT.fullmatch(listed.account_id):
                raise PluginFailed(f"The plugin {said.plugin} lists '{listed.account_id[:50]}', which is no account.")
            yield Account(
                account_id=listed.account_id,
                name=listed.name or listed.account_id,
                environment=listed.environment,
                owner=listed.owner,
                ou_path=listed.ou_path,
                status=AccountStatus.ACTIVE if listed.active else AccountStatus.SUSPENDED,
                tags=dict(listed.tags),
            )
