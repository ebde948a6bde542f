"""Where listings go on: kept whole, however many resources they have seen, and each run's by itself."""

import pytest

from chalicelib.inventory.refresh.checkpoint_store import Checkpoint, Checkpoints
from tests.support.clock import FrozenClock

SCOPE = ("s3_bucket", "222222222222")


@pytest.fixture
def checkpoints(own_tables: None) -> Checkpoints:
    return Checkpoints(FrozenClock())


def test_a_checkpoint_comes_back_as_it_was_with_ninety_thousand_resources_seen(checkpoints: Checkpoints) -> None:
    seen = frozenset(number.to_bytes(8, "big") for number in range(90_000))
    kept = Checkpoint(observed_at=7, after="token/with#signs", found=90_000, seen=seen)
    checkpoints.put("run", "222222222222", SCOPE, kept)
    assert checkpoints.of_visit("run", "222222222222") == {SCOPE: kept}


def test_a_later_one_replaces_an_earlier_one(checkpoints: Checkpoints) -> None:
    one, two = bytes(8), b"\x01" * 8
    checkpoints.put("run", "222222222222", SCOPE, Checkpoint(7, "first", 1, frozenset({one})))
    later = Checkpoint(7, "second", 2, frozenset({one, two}))
    checkpoints.put("run", "222222222222", SCOPE, later)
    assert checkpoints.of_visit("run", "222222222222") == {SCOPE: later}


def test_each_scope_account_and_run_has_its_own(checkpoints: Checkpoints) -> None:
    regional = ("sqs_queue", "222222222222/eu-west-1")
    first, second = Checkpoint(1, "a"), Checkpoint(2, "b")
    checkpoints.put("run", "222222222222", SCOPE, first)
    checkpoints.put("run", "222222222222", regional, second)
    assert checkpoints.of_visit("run", "222222222222") == {SCOPE: first, regional: second}
    assert checkpoints.of_visit("run", "333333333333") == {}
    assert checkpoints.of_visit("other", "222222222222") == {}
