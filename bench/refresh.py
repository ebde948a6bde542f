"""Refreshing the inventory: one large account on moto, and a large organisation with AWS replaced at the HTTP layer."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.interpreters import run
from bench.tables import Table

HUB = "111111111111"
_ACCOUNT = "222222222222"
_LIMIT = 1800
"""Seconds that a measured process may take."""
_ROLES_ONLY = "inventory: {types: [iam_role]}"


def account_table(roles: int) -> Table:
    """An account with so many roles."""
    document = f"accounts: {{sources: [static], static: {{'{_ACCOUNT}': {{name: bench}}}}}}"
    rows = _run("bench.refreshed", [document, _ROLES_ONLY], {"roles": roles})
    targets = {
        "first refresh": "10 s",
        "unchanged": "0 resource writes, 4 IAM calls",
        "one role changed": "1 resource write",
    }
    found = Table(
        f"Refresh of an account with {roles:,} roles, on moto in the same process",
        (
            "what",
            "target",
            "measured",
            "processor",
            "resource writes",
            "IAM calls",
            "all calls",
            "rows in inventory",
            "messages",
        ),
        note="The system replaced takes 12.4 s and 2,000 unguarded single writes, at every run. Rows are the resources', their details' "
        "and what search is told. Processor time is what this process and the moto in it used of the measured time.",
    )
    for row in rows:
        figures = (row["resources"], row["iam"], row["calls"], row["rows"], row["messages"])
        found.rows.append(
            (
                row["name"],
                targets[row["name"]],
                f"{row['seconds']:.2f} s",
                f"{row['processor']:.2f} s",
                *map(str, figures),
            )
        )
    return found


def organisation_table(accounts: int, roles: int, sizes: Sequence[int]) -> Table:
    """So many accounts with so many roles each; and single accounts of several sizes, for the memory of their steps."""
    document = "accounts: {sources: [static], static: {}}"
    told = _run(
        "bench.organisation", [document, _ROLES_ONLY], {"accounts": accounts, "roles": roles, "sizes": list(sizes)}
    )
    found = Table(
        f"Refresh of {accounts:,} accounts with {roles} roles each, AWS replaced at the HTTP layer",
        ("what", "time", "per account", "calls", "resource writes", "peak memory of a step"),
        note="One step after the other in one process; a deployment runs twenty at once. The replaced AWS answers at once, so this is "
        "the product's own time. Memory is what Python holds at the step's peak, more than before the step; what the replaced "
        "AWS answers and is given to keep is in it.",
    )
    for row in told:
        several = row["accounts"] > 1
        took = f"{row['seconds']:.1f} s" if several else "-"
        each = f"{row['seconds'] / row['accounts'] * 1000:.1f} ms" if several else "-"
        peak = f"{row['peak'] / 1e6:.1f} MB"
        calls, writes = f"{row['calls']:,}", f"{row['resources']:,}"
        found.rows.append((row["name"], took, each, calls, writes, peak))
    return found


def _run(module: str, sections: Sequence[str], payload: Mapping[str, Any]) -> Any:
    deployment = f"deployment: {{administrators: ['user:ada@example.com'], hub: {{account_id: '{HUB}'}}}}"
    with tempfile.TemporaryDirectory(prefix="consoleme-bench-") as folder:
        file = Path(folder) / "configuration.yaml"
        file.write_text("\n".join([deployment, *sections]) + "\n", encoding="utf-8")
        return run(module, environment=_environment(file), payload=payload, limit=_LIMIT)


def _environment(configuration: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "CONSOLEME_STAGE": "bench",
        "CONSOLEME_PUBLIC_URL": "http://127.0.0.1:8000",
        "CONSOLEME_TABLE_PREFIX": "consoleme-",
        "CONSOLEME_BUCKET": "bench",
        "CONSOLEME_AUTHORIZATION_QUEUE_URL": f"https://sqs.us-east-1.amazonaws.com/{HUB}/consoleme-authorizations.fifo",
        "CONSOLEME_CONFIG_FILE": str(configuration),
    }
