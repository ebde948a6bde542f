"""In a process of its own: the visits of a refresh to many accounts, AWS replaced at the HTTP layer."""

import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Sequence
from typing import Any

from bench.counted import counted
from bench.simulated_aws import SimulatedAws, replaced
from chalicelib import bootstrap
from chalicelib.accounts.models import Account

_CHANGED_EVERY = 100
"""One account in so many has a role that changed."""


def measured(accounts: int, roles: int, sizes: Sequence[int]) -> list[dict[str, Any]]:
    ids = [f"{number:012d}" for number in range(accounts)]
    large = {f"9{size:011d}": size for size in sizes}
    aws = SimulatedAws(lambda account: large.get(account, roles))
    with replaced(aws):
        store = bootstrap.container().inventory.accounts
        for account_id in (*ids, *large):
            store.put(Account(account_id=account_id, name=f"account-{account_id}"), 1)
        rows = [_visits("first refresh", ids), _visits("unchanged", ids)]
        chosen = ids[::_CHANGED_EVERY]
        aws.changed = {f"arn:aws:iam::{account_id}:role/application-0" for account_id in chosen}
        rows.append(_visits(f"one role changed in {len(chosen)} accounts", ids))
        for account_id, size in large.items():
            rows += [_visits(f"one account of {size:,} roles, {what}", [account_id]) for what in ("first", "unchanged")]
    return rows


def _visits(name: str, ids: Sequence[str]) -> dict[str, Any]:
    """Times first; then the peak of a step of the same kind is measured apart, because measuring memory takes time."""
    sync = bootstrap.container().inventory.refresh.sync_account
    peak = before = 0
    with counted() as seen:
        seconds = 0.0
        for number, account_id in enumerate(ids):
            traced = number == len(ids) - 1
            if traced:
                gc.collect()
                tracemalloc.start()
                before = tracemalloc.get_traced_memory()[0]
            began = time.perf_counter()
            sync.run(name, account_id)
            seconds += 0.0 if traced else time.perf_counter() - began
            if traced:
                peak = tracemalloc.get_traced_memory()[1] - before
                tracemalloc.stop()
    return {
        "name": name,
        "accounts": len(ids),
        "seconds": seconds,
        "calls": sum(seen.calls.values()),
        "resources": seen.writes("inventory resources"),
        "peak": peak,
    }


if __name__ == "__main__":
    print(json.dumps(measured(**json.load(sys.stdin))))
