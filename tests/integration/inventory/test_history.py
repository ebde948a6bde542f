"""The last contents of resources, kept in the bucket before the table forgets them."""

import random
import threading
from itertools import count, pairwise
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.inventory.history.archive import Archive
from chalicelib.inventory.history.keep import History
from chalicelib.inventory.history.models import Changed, ResourceHistory, Seen, Version
from chalicelib.inventory.history.rules import KEPT
from chalicelib.inventory.models import ResourceWrite, RoleRecord
from tests.support.aws import refusing

ACCOUNT, KIND = "222222222222", "iam_role"
NUMBERS = count(1)

pytestmark = pytest.mark.usefixtures("tables")


def history() -> History:
    return bootstrap.container().inventory.pages.history


def archive() -> Archive:
    return bootstrap.container().inventory.pages.archive


def role(name: str, **more: Any) -> RoleRecord:
    values: dict[str, Any] = {
        "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "name": name,
        "account_id": ACCOUNT,
        "path": "/",
        "role_id": "AROA",
        "create_date": "2026-01-01T00:00:00Z",
        "description": None,
        "max_session_duration": 3600,
        "trust_policy": {},
        "inline_policies": (),
        "attached_policies": (),
        "permissions_boundary": None,
        "instance_profiles": (),
        "last_used": None,
        **more,
    }
    return RoleRecord(**values)


def fresh() -> str:
    return f"app-{next(NUMBERS)}"


def write(record: RoleRecord, at: int) -> None:
    row = ResourceWrite(
        arn=record.arn,
        name=record.name,
        content_hash=record.content_hash(),
        tags=dict(record.tags),
        owner=None,
        granted={},
        detail=record.packed(),
    )
    bootstrap.container().inventory.resources.write(ACCOUNT, KIND, [row], at)


def tell(before: RoleRecord, after: RoleRecord | None, at: int, who: str = "") -> dict[str, str]:
    change = Changed(before.arn, before.content_hash(), after.packed() if after else None)
    return history().changed([change], Seen(KIND, ACCOUNT, at, who))


def kept(arn: str) -> list[tuple[int, str, str]]:
    found = archive().find(arn)
    versions = found.history.versions if found else ()
    return [(one.at, one.who, "gone" if one.gone else one.content["tags"].get("v", "")) for one in versions]


def test_a_first_change_keeps_both_contents_and_who_changed_it() -> None:
    name = fresh()
    first, second = role(name, tags={"v": "1"}), role(name, tags={"v": "2"})
    write(first, 100)
    assert tell(first, second, 200, "ada@corp.example") == {}
    assert kept(first.arn) == [(100, "", "1"), (200, "ada@corp.example", "2")]


def test_what_the_table_did_not_know_has_no_history_yet() -> None:
    new = role(fresh())
    assert history().changed([Changed(new.arn, "", new.packed())], Seen(KIND, ACCOUNT, 100)) == {}
    assert kept(new.arn) == []


def test_a_role_that_was_only_used_has_not_changed() -> None:
    name = fresh()
    idle = role(name)
    busy = role(name, last_used={"at": "2026-11-01T00:00:00Z", "region": "eu-west-1"})
    write(idle, 100)
    tell(idle, busy, 200)
    assert kept(idle.arn) == []


def test_a_resource_that_is_gone_keeps_what_it_was() -> None:
    last = role(fresh(), tags={"v": "1"})
    write(last, 100)
    tell(last, None, 200, "mallory@corp.example")
    assert kept(last.arn) == [(100, "", "1"), (200, "mallory@corp.example", "gone")]


def test_the_last_versions_are_kept_and_older_ones_go() -> None:
    name = fresh()
    contents = [role(name, tags={"v": str(number)}) for number in range(KEPT + 4)]
    for number, (before, after) in enumerate(pairwise(contents)):
        write(before, 100 + number)
        tell(before, after, 101 + number)
    assert [version for *_, version in kept(contents[0].arn)] == [str(number) for number in range(4, KEPT + 4)]


def test_two_who_see_changes_at_once_both_keep_theirs() -> None:
    name = fresh()
    contents = [role(name, tags={"v": str(number)}) for number in range(3)]
    for number, content in enumerate(contents):
        write(content, 100 + number)
    start = threading.Barrier(2)

    def see(number: int) -> None:
        start.wait(10)
        tell(contents[number], contents[number + 1], 101 + number)

    watchers = [threading.Thread(target=see, args=(number,)) for number in (0, 1)]
    for one in watchers:
        one.start()
    for one in watchers:
        one.join(30)
    assert [version for *_, version in kept(contents[0].arn)][-1] == "2"


def test_a_bucket_that_fails_is_told_and_stops_nobody() -> None:
    name = fresh()
    first, second, third = (role(name, tags={"v": str(number)}) for number in range(3))
    write(first, 100)
    with refusing("s3.GetObject", "InternalError", 500):
        failures = tell(first, second, 200)
    assert list(failures) == [first.arn]
    write(second, 200)
    assert tell(second, third, 300) == {}
    assert kept(first.arn) == [(200, "", "1"), (300, "", "2")]


def test_a_table_that_fails_is_told_and_stops_nobody() -> None:
    first = role(fresh())
    write(first, 100)
    with refusing("dynamodb.BatchGetItem", "InternalServerError", 500):
        assert list(tell(first, role(first.name, tags={"v": "2"}), 200)) == [first.arn]
    assert kept(first.arn) == []


def test_of_a_huge_resource_fewer_versions_are_kept() -> None:
    arn, noise = role(fresh()).arn, random.Random(1)  # noqa: S311 what can't be compressed, the same each time
    versions = tuple(
        Version(at=at, content={"tags": {"v": str(at)}, "policy": noise.randbytes(900_000).hex()}) for at in range(6)
    )
    archive().put(ResourceHistory(arn=arn, kind=KIND, account_id=ACCOUNT, versions=versions), replaces="")
    assert [at for at, *_ in kept(arn)] == [3, 4, 5]
