"""How a process learns of a saved configuration, and what it does when it can't."""

from collections.abc import Iterator

import pytest

from chalicelib.bootstrap import Process
from chalicelib.core.errors import Misconfigured, Upstream
from chalicelib.dynamic_config.in_force import CHECK_EVERY, KEEP, TRY_AGAIN
from chalicelib.dynamic_config.models import Version, VersionInfo, hash_of
from chalicelib.dynamic_config.store import ConfigRow
from chalicelib.identity.models import SiteConfig
from chalicelib.settings import load
from tests.support.calls import AwsCalls, watched
from tests.support.configuration_world import EDITABLE, PACKAGED, ConfigurationWorld

SECOND = EDITABLE.replace("first", "second")


@pytest.fixture
def calls(world: ConfigurationWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsCalls]:
    with watched(monkeypatch) as found:
        yield found


def title(process: Process) -> str:
    return process().configuration.section("site", SiteConfig).message_title


def force(world: ConfigurationWorld, text: str) -> None:
    """Stores what no save would let through, as an older release may have done."""
    store = world.container().dynamic_config.store
    number = store.newest_number() + 1
    info = VersionInfo(number=number, sha256=hash_of(text), previous="", author="user:x", saved_at=world.clock.now())
    store.add(Version(info=info, text=text), store.current())


def test_another_process_sees_a_save_within_a_minute(world: ConfigurationWorld) -> None:
    other = world.process()
    assert title(other) == "first"
    world.save(SECOND)
    world.clock.advance(CHECK_EVERY - 1)
    assert title(other) == "first"
    world.clock.advance(1)
    assert title(other) == "second"
    assert CHECK_EVERY <= 60


def test_a_process_that_begins_sees_it_at_once(world: ConfigurationWorld) -> None:
    world.save(SECOND)
    assert title(world.process()) == "second"


def test_one_small_read_a_minute_is_all_that_it_costs(world: ConfigurationWorld, calls: AwsCalls) -> None:
    world.save(SECOND)
    process = world.process()
    calls.clear()
    for _ in range(CHECK_EVERY):
        process()
        world.clock.advance(1)
    assert calls.counted() == {}
    process()
    assert calls.counted() == {"GetItem": 1}
    ((_, read),) = calls.seen
    assert read["ConsistentRead"] is True
    assert read["Key"] == {"pk": {"S": "CONFIG"}, "sk": {"S": "CURRENT"}}


def test_while_nothing_changes_the_services_stay_as_they_are(world: ConfigurationWorld) -> None:
    process = world.process()
    before = process()
    world.clock.advance(CHECK_EVERY)
    assert process() is before


def test_with_another_configuration_come_other_services_and_what_lives_with_the_process_stays(
    world: ConfigurationWorld,
) -> None:
    process = world.process()
    before = process()
    kept = {name: getattr(before, name) for name in ("audit", "aws", "jobs", "plugins", "signing_keys", "in_force")}
    dropped = before.identity
    world.save(SECOND)
    world.clock.advance(CHECK_EVERY)
    after = process()
    assert after is not before
    assert {name: getattr(after, name) for name in kept} == kept
    assert after.identity is not dropped
    assert after.identity.site.message_title == "second"


def test_a_process_that_saved_looks_again_when_it_is_told_to(world: ConfigurationWorld) -> None:
    world.save(SECOND)
    assert world.container().identity.site.message_title == "first"
    world.container().in_force.look_again()
    assert world.container().identity.site.message_title == "second"


class TestWhileTheTableCantBeRead:
    def test_what_is_known_stays_in_force_for_ten_minutes_and_then_nothing_is(
        self, world: ConfigurationWorld, calls: AwsCalls
    ) -> None:
        process = world.process()
        calls.refuse("GetItem", "InternalServerError")
        world.clock.advance(KEEP)
        assert title(process) == "first"
        world.clock.advance(1)
        with pytest.raises(Upstream, match="could not be looked up for 601 seconds") as refusal:
            process()
        assert refusal.value.reason == "configuration_unknown"
        assert "InternalServerError" in refusal.value.message
        assert KEEP == 600

    def test_it_is_tried_every_few_seconds_and_a_success_ends_it(
        self, world: ConfigurationWorld, calls: AwsCalls
    ) -> None:
        process = world.process()
        calls.refuse("GetItem", "InternalServerError")
        world.clock.advance(KEEP + 1)
        calls.clear()
        for _ in range(3):
            with pytest.raises(Upstream):
                process()
        assert calls.count("GetItem") == 1
        calls.rules.clear()
        with pytest.raises(Upstream):
            process()
        world.clock.advance(TRY_AGAIN)
        assert title(process) == "first"

    def test_a_process_that_begins_does_not_fall_back_to_the_package(
        self, world: ConfigurationWorld, calls: AwsCalls
    ) -> None:
        calls.refuse("GetItem", "InternalServerError")
        process = Process(load(), world.clock)
        for _ in range(2):
            with pytest.raises(Upstream):
                process()
        calls.rules.clear()
        assert title(process) == "first"


class TestADocumentThatIsOfNoUse:
    def test_who_knows_an_older_one_keeps_it_and_says_so_every_minute(
        self, world: ConfigurationWorld, caplog: pytest.LogCaptureFixture
    ) -> None:
        world.save(SECOND)
        process = world.process()
        force(world, "site: {titel: x}\n")
        for _ in range(20):
            world.clock.advance(CHECK_EVERY)
            assert title(process) == "second"
        said = [vars(record)["cause"] for record in caplog.records if record.levelname == "ERROR"]
        assert len(said) == 20
        assert "line 1, column 8: site.titel" in said[0]

    def test_who_knows_none_refuses_with_the_place_of_the_fault(self, world: ConfigurationWorld) -> None:
        force(world, "site: {titel: x}\n")
        with pytest.raises(Misconfigured, match=r"configuration version 1, line 1, column 8: site\.titel"):
            title(world.process())
        force(world, "sitte: {}\n")
        with pytest.raises(Misconfigured, match="the section sitte is not known"):
            world.process()

    def test_a_version_that_is_missing_is_no_reason_to_take_another(self, world: ConfigurationWorld) -> None:
        world.save(SECOND)
        known = world.process()
        ConfigRow("CONFIG", "000000000001").delete()
        with pytest.raises(Misconfigured, match="the table does not have it"):
            world.process()
        world.clock.advance(CHECK_EVERY)
        assert title(known) == "second"

    def test_the_next_good_one_is_taken(self, world: ConfigurationWorld) -> None:
        process = world.process()
        force(world, "site: {titel: x}\n")
        world.clock.advance(CHECK_EVERY)
        assert title(process) == "first"
        force(world, SECOND)
        world.clock.advance(CHECK_EVERY)
        assert title(process) == "second"


def test_a_package_without_a_readable_document_is_of_no_use_at_all(world: ConfigurationWorld) -> None:
    world.config_file.write_text(PACKAGED + "site: {}\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match="the key 'site' stands twice"):
        world.process()
