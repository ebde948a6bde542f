"""Searching among many resources: building the file, and what its questions cost."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median

from bench.tables import Table, milliseconds
from chalicelib.inventory.search.build import build
from chalicelib.inventory.search.index import SearchIndex
from chalicelib.inventory.search.models import AccountRow, Column, Condition, Operator, Search, SearchRow
from chalicelib.inventory.search.suggest import suggest

_KINDS = (
    ("iam", "role/", "AWS::IAM::Role"),
    ("s3", "", "AWS::S3::Bucket"),
    ("sqs", "", "AWS::SQS::Queue"),
    ("sns", "", "AWS::SNS::Topic"),
    ("lambda", "function:", "AWS::Lambda::Function"),
    ("ec2", "security-group/", "AWS::EC2::SecurityGroup"),
)
_WORDS = (
    *("ledger", "payments", "export", "import", "nightly", "report", "ingest", "deployer", "reader", "writer", "batch"),
    *("cluster", "analytics", "customer", "order", "invoice", "search", "gateway", "stream", "archive", "backup"),
    *(
        "audit",
        "metrics",
        "alerts",
        "image",
        "video",
        "user",
        "profile",
        "session",
        "token",
        "cache",
        "queue",
        "worker",
    ),
)
_REGIONS = ("us-east-1", "eu-west-1", "ap-southeast-2", "us-west-2")
_GLOBAL = frozenset({"iam", "s3"})
_REPEATS = 9
_SHARP_UP_TO = 100_000
"""Rows up to which the sharper targets are meant."""


def table(size: int) -> Table:
    """`size` resources in a thousandth as many accounts, at least ten."""
    random = Random(size)  # noqa: S311 names to search for
    accounts = [f"{random.randrange(10**12):012d}" for _ in range(max(10, size // 1000))]
    found = Table(f"Searching among {size:,} resources", ("what", "target", "measured"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.sqlite"
        began = time.perf_counter()
        built = build(path, _rows(random, size, accounts), _named(accounts))
        took = time.perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        found.rows.append(("build", "180 s, 1.5 GB at a million", f"{took:.1f} s, {built.size / 1e6:.0f} MB file"))
        index = SearchIndex(path)
        found.rows += [(what, target, milliseconds(_p50(ask))) for what, target, ask in _questions(index, size)]
        index.close()
    found.note = f"Medians of {_REPEATS}; peak memory of the building process {peak:.2f} GB."
    return found


def _p50(ask: Callable[[], object]) -> float:
    taken: list[float] = []
    for _ in range(_REPEATS):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return median(taken)


def _questions(index: SearchIndex, size: int) -> Iterator[tuple[str, str, Callable[[], object]]]:
    many = size > _SHARP_UP_TO
    page, typed, expression = ("50 ms", "20 ms", "500 ms") if many else ("10 ms", "20 ms", "50 ms")

    def asked(search: Search) -> Callable[[], object]:
        return lambda: index.page(search)

    def suggested(text: str) -> Callable[[], object]:
        return lambda: suggest(index, text, limit=20)

    queues = Condition(column=Column.TECHNOLOGY, operator=Operator.EQUALS, value="AWS::SQS::Queue")
    for text in ("ledger-export", "payments", "deployer-reader-writer"):
        yield f"substring {text}, page and both counts", page, asked(Search(text=text))
    yield "queues by name", page, asked(Search(conditions=(queues,), sort=Column.NAME))
    yield (
        "queues with ledger-export by owner",
        page,
        asked(Search(text="ledger-export", conditions=(queues,), sort=Column.OWNER)),
    )
    for text in ("ledger", "pay", "order-inv"):
        yield f"suggestions for {text}", typed, suggested(text)
    for source in ("ledger.*export", "role/(audit|batch)-", "-[0-9a]{3}$"):
        wanted = Condition(column=Column.ARN, operator=Operator.MATCHES, value=source)
        yield f"expression {source}", expression, asked(Search(conditions=(wanted,)))


def _named(accounts: list[str]) -> Iterator[AccountRow]:
    for number, account_id in enumerate(accounts):
        yield AccountRow(account_id, f"account-{number}")


def _rows(random: Random, size: int, accounts: list[str]) -> Iterator[SearchRow]:
    for number in range(size):
        service, kind, technology = _KINDS[number % len(_KINDS)]
        account, region = random.choice(accounts), random.choice(_REGIONS)
        name = "-".join(random.choice(_WORDS) for _ in range(3)) + f"-{number:x}"
        where = "" if service in _GLOBAL else region
        yield SearchRow(
            arn=f"arn:aws:{service}:{where}:{'' if service == 's3' else account}:{kind}{name}",
            name=name,
            account_id=account,
            technology=technology,
            region=where,
            owner=f"{random.choice(_WORDS)}@corp.example",
            tags=f"stage=prod\nteam={random.choice(_WORDS)}",
            errors=random.choice((0, 0, 0, 0, 3)),
        )
