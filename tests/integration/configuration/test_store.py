"""The table of versions: what was written is never changed, and of two who save at once one is refused."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from chalicelib.core.errors import Conflict, LimitExceeded, NotFound
from chalicelib.dynamic_config.models import Current, Version, VersionInfo, hash_of
from chalicelib.dynamic_config.reading import TEXT_LIMIT
from chalicelib.dynamic_config.store import ConfigStore
from tests.support.clock import START
from tests.support.request_world import empty


@pytest.fixture
def store(tables: None) -> ConfigStore:
    empty("config")
    return ConfigStore()


def version(number: int, text: str = "", **more: object) -> Version:
    text = text or f"site: {{message_title: '{number}'}}\n"
    base = {
        "number": number,
        "sha256": hash_of(text),
        "previous": hash_of(f"{number - 1}"),
        "author": "user:ada@example.com",
        "saved_at": START + number,
    }
    return Version(info=VersionInfo.model_validate({**base, **more}), text=text)


def filled(store: ConfigStore, count: int) -> Current:
    for number in range(1, count + 1):
        store.add(version(number), store.current())
    return in_force(store)


def in_force(store: ConfigStore) -> Current:
    current = store.current()
    assert current is not None
    return current


def test_before_the_first_save_there_is_nothing(store: ConfigStore) -> None:
    assert store.current() is None
    assert store.newest_number() == 0
    assert store.versions(before=None, limit=5).versions == ()


def test_a_version_is_read_as_it_was_stored_and_is_in_force(store: ConfigStore) -> None:
    made = version(1, "# Grüße\nsite: {}\n", comment="why", sections=("site",), restored=7)
    store.add(made, None)
    assert store.version(1) == made
    assert store.current() == Current(number=1, sha256=made.info.sha256, audited=0, applied=0)


def test_a_version_that_does_not_exist_is_not_found(store: ConfigStore) -> None:
    filled(store, 1)
    with pytest.raises(NotFound, match="no version 2"):
        store.version(2)


def test_a_version_replaces_the_one_that_was_read_and_the_old_one_stays(store: ConfigStore) -> None:
    filled(store, 2)
    assert store.version(1) == version(1)
    assert in_force(store).number == 2


def test_who_read_an_older_one_is_refused_and_nothing_is_written(store: ConfigStore) -> None:
    old = filled(store, 1)
    store.add(version(2), old)
    with pytest.raises(Conflict):
        store.add(version(2, "site: {message_title: mine}\n"), old)
    with pytest.raises(Conflict):
        store.add(version(3, "site: {message_title: mine}\n"), old)
    assert store.version(2) == version(2)
    assert store.newest_number() == 2


def test_who_read_nothing_is_refused_once_there_is_something(store: ConfigStore) -> None:
    filled(store, 1)
    with pytest.raises(Conflict):
        store.add(version(1, "site: {message_title: mine}\n"), None)
    with pytest.raises(Conflict):
        store.add(version(2), None)
    assert store.version(1) == version(1)


def test_a_version_that_is_there_is_never_overwritten_whatever_is_in_force(store: ConfigStore) -> None:
    filled(store, 3)
    stale = Current(number=1, sha256=version(1).info.sha256, audited=0, applied=0)
    with pytest.raises(Conflict):
        store.add(version(2, "site: {message_title: mine}\n"), stale)
    assert store.version(2) == version(2)


def test_of_several_who_save_at_once_one_wins(store: ConfigStore) -> None:
    before = filled(store, 1)

    def save(number: int) -> bool:
        try:
            store.add(version(2, f"site: {{message_title: '{number}'}}\n", author=f"user:{number}"), before)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(save, range(8)))
    assert won.count(True) == 1
    assert store.version(2).info.author == f"user:{won.index(True)}"
    assert in_force(store).sha256 == store.version(2).info.sha256


def test_the_history_is_read_page_by_page_newest_first_and_without_texts(store: ConfigStore) -> None:
    filled(store, 5)
    first = store.versions(before=None, limit=2)
    assert [info.number for info in first.versions] == [5, 4]
    second = store.versions(before=first.next, limit=2)
    assert [info.number for info in second.versions] == [3, 2]
    third = store.versions(before=second.next, limit=2)
    assert ([info.number for info in third.versions], third.next) == ([1], None)
    assert first.versions[0] == version(5).info


def test_a_page_that_ends_with_the_first_version_is_the_last(store: ConfigStore) -> None:
    filled(store, 2)
    assert store.versions(before=None, limit=2).next is None


def test_the_longest_text_that_is_taken_fits_into_a_row(store: ConfigStore) -> None:
    row = "  group:team-{0}: {{roles: ['arn:aws:iam::{1:012d}:role/team-{0}-deployer']}}\n"
    lines = [row.format(number, number * 7919) for number in range(TEXT_LIMIT // len(row) - 200)]
    text = "authorization:\n group_mapping:\n" + "".join(lines)
    made = version(1, text[:TEXT_LIMIT])
    store.add(made, None)
    assert store.version(1) == made


def test_a_text_that_does_not_become_small_enough_is_refused_with_a_way_out(store: ConfigStore) -> None:
    noise = os.urandom(400_000).hex()
    with pytest.raises(LimitExceeded, match="mapping groups instead of people"):
        store.add(version(1, noise[: 2 * 360_000]), None)
    assert store.current() is None


class TestFollowing:
    def test_one_follows_at_a_time_until_its_time_is_over(self, store: ConfigStore) -> None:
        filled(store, 1)
        assert store.begin_following("a", now=START, until=START + 30)
        assert not store.begin_following("b", now=START + 29, until=START + 60)
        assert store.begin_following("b", now=START + 30, until=START + 60)

    def test_whose_time_is_over_notes_nothing_any_more(self, store: ConfigStore) -> None:
        filled(store, 1)
        store.begin_following("a", now=START, until=START + 30)
        store.begin_following("b", now=START + 30, until=START + 60)
        for note in (store.audited, store.applied):
            with pytest.raises(Conflict):
                note("a", 1)
        with pytest.raises(Conflict):
            store.end_following("a")
        assert not in_force(store).settled

    def test_what_was_done_is_noted_beside_what_is_in_force(self, store: ConfigStore) -> None:
        filled(store, 2)
        store.begin_following("a", now=START, until=START + 30)
        store.audited("a", 2)
        assert not in_force(store).settled
        store.applied("a", 2)
        assert in_force(store).settled
        store.end_following("a")
        assert store.begin_following("b", now=START, until=START + 30)

    def test_a_save_forgets_nothing_of_what_was_done(self, store: ConfigStore) -> None:
        filled(store, 1)
        store.begin_following("a", now=START, until=START + 30)
        store.audited("a", 1)
        store.applied("a", 1)
        store.add(version(2), store.current())
        current = in_force(store)
        assert (current.number, current.audited, current.applied) == (2, 1, 1)

    def test_nobody_follows_before_the_first_save(self, store: ConfigStore) -> None:
        assert not store.begin_following("a", now=START, until=START + 30)
