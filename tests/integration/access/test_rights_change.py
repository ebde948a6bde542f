"""Changes of tags, mappings, names and grants: each reaches the people that it is about, and nobody else, without a sync of everything."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.access.grants import TimedGrant
from chalicelib.accounts.models import Account
from chalicelib.core.errors import Forbidden, InvalidInput, NotFound, Throttled
from chalicelib.core.principals import PrincipalKind
from chalicelib.dynamic_config.in_force import CHECK_EVERY
from chalicelib.identity.directory.models import SIGN_IN
from chalicelib.inventory import recompute_rights
from chalicelib.inventory.store import ResourceStore
from tests.support.builders import ACCOUNT, allow, role_arn, trust_policy
from tests.support.calls import AwsCalls, watched
from tests.support.rights_world import RightsWorld, body_of, rights_world

OTHER = "333333333333"
HOUR, DAY = 3600, 86_400


@pytest.fixture
def world(tables: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RightsWorld]:
    with rights_world(monkeypatch, tmp_path) as running:
        yield running


@pytest.fixture
def calls(world: RightsWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsCalls]:
    with watched(monkeypatch) as seen:
        yield seen


def touched(calls: AwsCalls) -> set[str]:
    """Identities whose rows were written."""
    written: list[Any] = [body.get("Item") or body["Key"] for body in calls.writes_to("access")]
    return {item["pk"]["S"].removeprefix("ID#") for item in written if item["pk"]["S"].startswith("ID#")}


class TestTags:
    def test_a_changed_tag_reaches_those_whom_it_names_and_nobody_else(
        self, world: RightsWorld, calls: AwsCalls
    ) -> None:
        for number in range(5):
            world.put_role(f"r{number}", consoleme_authorized="user:ada:group:ops:group:dev")
        world.settle()
        ada, ops = world.person("ada"), world.person("ben", "ops")
        assert (len(world.roles(ada)), len(world.roles(ops))) == (5, 5)
        world.put_role("r0", consoleme_authorized="user:ada:group:new")
        world.sync()
        calls.clear()
        assert world.deliver() == 3
        assert touched(calls) == {"group:ops", "group:dev", "group:new"}
        assert world.roles(ops) == {role_arn(f"r{n}") for n in range(1, 5)}
        assert world.roles(world.person("cho", "new")) == {role_arn("r0")}

    def test_tags_give_the_use_of_their_class(self, world: RightsWorld) -> None:
        world.put_role("both", consoleme_authorized="user:ada")
        world.put_role("cli", consoleme_authorized_cli_only="user:ada")
        world.put_role("web", consoleme_authorized_console_only="user:ada")
        world.settle()
        found = world.of(world.person("ada"))

        def names(*, cli: bool, console: bool) -> set[str]:
            return {role.arn.rpartition("/")[2] for role in found.visible(cli=cli, console=console)}

        assert names(cli=True, console=True) == {"both", "cli", "web"}
        assert names(cli=True, console=False) == {"both", "cli"}
        assert names(cli=False, console=True) == {"both", "web"}
        assert names(cli=False, console=False) == {"both"}


class TestMapping:
    def test_a_role_that_was_mapped_is_usable_without_a_sync(self, world: RightsWorld, calls: AwsCalls) -> None:
        app, rest = world.put_role("app"), world.put_role("rest", consoleme_authorized="group:others")
        world.settle()
        calls.clear()
        world.map_to(group_ops=[app])
        world.deliver()
        assert touched(calls) == {"group:ops"}
        assert world.sources(world.person("ben", "ops")) == {"app": ["configuration group_mapping"]}
        assert world.roles(world.person("cho", "others")) == {rest}

    def test_a_mapping_that_was_taken_away_is_over_at_once_whatever_still_waits(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.map_to(group_ops=[app])
        world.deliver()
        ben = world.person("ben", "ops")
        assert world.roles(ben) == {app}
        world.save()
        assert world.roles(ben) == set()

    def test_another_process_sees_it_within_a_minute_whatever_still_waits(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.map_to(group_ops=[app])
        world.deliver()
        ben, other = world.person("ben", "ops"), world.process()
        assert {role.arn for role in other().access.eligible_roles.of(ben).roles} == {app}
        world.save()
        world.clock.advance(CHECK_EVERY)
        assert other().access.eligible_roles.of(ben).roles == ()

    def test_the_map_follows_for_those_whom_it_is_about_and_nobody_else(
        self, world: RightsWorld, calls: AwsCalls
    ) -> None:
        app, other = world.put_role("app"), world.put_role("other", consoleme_authorized="group:ops")
        world.settle()
        world.map_to(group_ops=[app, other], group_dev=[app])
        world.deliver()
        calls.clear()
        world.map_to(group_dev=[app])
        world.deliver()
        assert touched(calls) == {"group:ops"}
        held = world.worker().access.store.holdings(["group:ops", "group:dev"])
        assert {arn for arn, one in held["group:ops"].roles.items() if one.stands} == {other}
        assert {arn for arn, one in held["group:dev"].roles.items() if one.stands} == {app}

    def test_it_is_over_although_the_map_cannot_follow(self, world: RightsWorld, calls: AwsCalls) -> None:
        app = world.put_role("app")
        world.settle()
        world.map_to(group_ops=[app])
        world.deliver()
        ben = world.person("ben", "ops")
        world.save()
        calls.refuse("BatchGetItem", "InternalServerError")
        records = world.waiting()
        assert len(world.worker().access.update_map.take(records)) == len(records)
        assert world.roles(ben) == set()

    def test_what_was_taken_away_and_given_again_is_given(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.map_to(group_ops=[app])
        world.deliver()
        world.save()
        world.map_to(group_ops=[app])
        world.deliver()
        assert world.roles(world.person("ben", "ops")) == {app}

    def test_what_a_tag_gives_too_stays(self, world: RightsWorld) -> None:
        app = world.put_role("app", consoleme_authorized="group:ops")
        world.settle()
        world.map_to(group_ops=[app])
        world.deliver()
        ben = world.person("ben", "ops")
        assert world.sources(ben) == {"app": ["configuration group_mapping", "tag consoleme-authorized"]}
        world.save()
        assert world.sources(ben) == {"app": ["tag consoleme-authorized"]}
        world.deliver()
        assert world.sources(ben) == {"app": ["tag consoleme-authorized"]}

    def test_the_way_of_use_changes_at_once(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.map_to(group_ops=[app])
        world.deliver()
        ben = world.person("ben", "ops")
        world.save(authorization={"group_mapping": {"group:ops": {"console_only_roles": [app]}}})
        (role,) = world.of(ben).roles
        assert role.grant.console_only
        world.deliver()
        assert world.api().access.store.of_role(app)["group:ops"].claims[0].use == "console_only"

    def test_a_sync_by_a_process_that_does_not_know_of_the_change_brings_nothing_back(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.map_to(group_ops=[app])
        world.deliver()
        slow = world.process()()
        world.save()
        world.deliver()
        world.iam.roles.clear()
        world.put_role("app", consoleme_authorized="user:ada")
        world.sync(by=slow)
        world.deliver()
        assert world.roles(world.person("ben", "ops")) == set()
        world.clock.advance(CHECK_EVERY)
        world.settle()
        assert "group:ops" not in world.worker().access.store.of_role(app)

    def test_a_step_by_a_process_that_does_not_know_of_the_change_looks_first(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.worker()
        world.map_to(group_ops=[app])
        assert world.worker().configuration.version == 0
        world.deliver()
        assert world.roles(world.person("ben", "ops")) == {app}

    def test_a_role_that_nobody_has_seen_gives_nothing_until_it_is_seen(self, world: RightsWorld) -> None:
        world.map_to(group_ops=[role_arn("later")])
        world.deliver()
        ben = world.person("ben", "ops")
        assert world.roles(ben) == set()
        later = world.put_role("later")
        world.settle()
        assert world.roles(ben) == {later}

    def test_it_is_repeatable(self, world: RightsWorld, calls: AwsCalls) -> None:
        app = world.put_role("app")
        world.settle()
        before = world.api().configuration
        world.map_to(group_ops=[app])
        world.deliver()
        calls.clear()
        world.clock.advance(HOUR)
        world.api().plugins.hook.configuration_saved(before=before, after=world.api().configuration)
        world.deliver()
        assert touched(calls) == set()


class TestTagKeys:
    @pytest.fixture(autouse=True)
    def _directory(self, world: RightsWorld) -> None:
        for account in (ACCOUNT, OTHER):
            world.worker().inventory.accounts.put(Account(account_id=account, name=account), world.clock.now())

    def test_other_keys_give_other_rights_without_asking_aws(self, world: RightsWorld) -> None:
        old = world.put_role("old", consoleme_authorized="user:ada")
        new = world.put_role("new", account=OTHER, team="user:ada")
        world.settle(ACCOUNT, OTHER)
        world.iam.roles.clear()
        ada = world.person("ada")
        assert world.roles(ada) == {old}
        world.save(authorization={"role_tags": {"authorized": ["team"]}})
        assert world.roles(ada) == set()
        world.deliver()
        assert world.roles(ada) == {new}

    def test_another_delimiter_names_other_people(self, world: RightsWorld) -> None:
        app = world.put_role("app", consoleme_authorized="group:ops/group:dev")
        world.settle()
        world.save(authorization={"role_tags": {"delimiters": ["/"]}})
        world.deliver()
        assert world.roles(world.person("ben", "dev")) == {app}
        world.save(authorization={"role_tags": {"delimiters": ["@"]}})
        world.deliver()
        assert world.roles(world.person("ben", "dev")) == set()

    def test_a_step_does_a_bounded_number_of_roles_and_says_where_the_next_begins(
        self, world: RightsWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recompute_rights, "STEP", 3)
        for number in range(7):
            world.put_role(f"r{number}", team="user:ada")
        world.settle()
        world.save(authorization={"role_tags": {"authorized": ["team"]}})
        steps = []
        while records := world.waiting():
            steps += [body["after"] for body in map(body_of, records) if body.get("account_id") == ACCOUNT]
            assert world.worker().access.update_map.take(records) == ()
        assert steps == ["", role_arn("r2"), role_arn("r5")]
        assert len(world.roles(world.person("ada"))) == 7

    def test_a_step_that_failed_comes_again_and_carries_on(
        self, world: RightsWorld, calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recompute_rights, "STEP", 2)
        for number in range(5):
            world.put_role(f"r{number}", team="user:ada")
        world.settle()
        world.save(authorization={"role_tags": {"authorized": ["team"]}})
        records = world.waiting()
        calls.refuse("SendMessageBatch", "InternalError", after=1)
        failed = world.worker().access.update_map.take(records)
        assert failed
        calls.rules.clear()
        assert world.worker().access.update_map.take([one for one in records if one.message_id in failed]) == ()
        world.deliver()
        assert len(world.roles(world.person("ada"))) == 5

    def test_a_role_that_must_be_trusted_withholds_the_others_from_everybody(self, world: RightsWorld) -> None:
        trusting = world.put_role("trusting", consoleme_authorized="user:ada")
        elsewhere = trust_policy(allow(principal={"AWS": "999999999999"}))
        other = world.put_role("other", consoleme_authorized="user:ada", trust=elsewhere)
        world.settle()
        world.put_grant("user:cho", other)
        world.deliver()
        ada, cho = world.person("ada"), world.person("cho")
        assert (world.roles(ada), world.roles(cho)) == ({trusting, other}, {other})
        hub = world.api().deployment.hub.api_role_arn
        world.save(authorization={"required_trust_entity": hub})
        world.deliver()
        assert (world.roles(ada), world.roles(cho)) == ({trusting}, set())
        world.save()
        world.deliver()
        assert (world.roles(ada), world.roles(cho)) == ({trusting, other}, {other})

    def test_an_account_that_is_not_active_gets_nothing_back(self, world: RightsWorld) -> None:
        world.put_role("app", team="user:ada")
        world.settle()
        world.withdraw()
        world.save(authorization={"role_tags": {"authorized": ["team"]}})
        world.deliver()
        assert world.roles(world.person("ada")) == set()


class TestNames:
    """A bare name that the directory knows as a user's and as a group's means nobody."""

    def test_a_name_that_becomes_two_loses_what_bare_names_give_and_gets_it_back(
        self, world: RightsWorld, calls: AwsCalls
    ) -> None:
        bare = world.put_role("bare", consoleme_authorized="ops")
        said = world.put_role("said", consoleme_authorized="group:ops")
        world.settle()
        ben = world.person("ben", "ops")
        assert world.roles(ben) == {bare, said}
        names = world.worker().identity.people.names
        names.add("ops", PrincipalKind.USER, SIGN_IN)
        calls.clear()
        world.deliver()
        assert touched(calls) == {"group:ops", "user:ops"}
        assert world.roles(ben) == {said}
        names.drop("ops", PrincipalKind.USER, SIGN_IN)
        world.deliver()
        assert world.roles(ben) == {bare, said}

    def test_somebody_who_signs_in_by_a_groups_name_never_gets_the_groups_roles(self, world: RightsWorld) -> None:
        world.put_role("app", consoleme_authorized="admins")
        world.settle()
        world.person("ben", "admins")
        with pytest.raises(Forbidden, match="Sign in again in a minute"):
            world.person("admins")
        world.deliver()
        world.clock.advance(60)
        assert world.roles(world.person("admins")) == set()

    def test_a_role_that_is_tagged_later_asks_whether_the_name_is_two(self, world: RightsWorld) -> None:
        names = world.worker().identity.people.names
        for kind in PrincipalKind:
            names.add("ops", kind, SIGN_IN)
        world.deliver()
        world.put_role("app", consoleme_authorized="ops")
        world.settle()
        world.clock.advance(60)
        assert world.roles(world.person("ben", "ops")) == set()


class TestGrants:
    def test_a_grant_counts_from_its_beginning_to_its_end(self, world: RightsWorld) -> None:
        app, now = world.put_role("app"), world.clock.now()
        world.settle()
        ada = world.person("ada")
        world.put_grant("user:Ada", app, not_before=now + HOUR, not_after=now + 2 * HOUR)
        world.deliver()
        assert world.roles(ada) == set()
        world.clock.advance(now + HOUR - world.clock.now())
        (role,) = world.of(ada).roles
        assert (role.arn, role.ends_at, role.reasons[0].source) == (app, now + 2 * HOUR, "grant request 1")
        world.clock.advance(HOUR)
        assert world.roles(ada) == set()

    def test_a_grant_and_a_tag_add_up_and_the_tag_stays(self, world: RightsWorld) -> None:
        app = world.put_role("app", consoleme_authorized="group:ops")
        world.settle()
        ben = world.person("ben", "ops")
        world.put_grant("group:ops", app, not_after=world.clock.now() + HOUR)
        world.deliver()
        (role,) = world.of(ben).roles
        assert (role.ends_at, len(role.reasons)) == (None, 2)
        world.drop_grant("group:ops", app)
        world.deliver()
        assert world.sources(ben) == {"app": ["tag consoleme-authorized"]}

    def test_a_sync_does_not_take_a_grant_away(self, world: RightsWorld) -> None:
        app = world.put_role("app", consoleme_authorized="user:ada")
        world.settle()
        world.put_grant("user:ada", app)
        world.deliver()
        world.put_role("app")
        world.settle()
        assert world.sources(world.person("ada")) == {"app": ["grant request 1"]}

    def test_dropping_one_leaves_the_other(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.put_grant("user:ada", app, "request 1")
        world.put_grant("user:ada", app, "request 2")
        world.drop_grant("user:ada", app, "request 1")
        world.deliver()
        assert world.sources(world.person("ada")) == {"app": ["grant request 2"]}

    def test_putting_dropping_and_putting_again_within_a_second_counts_in_that_order(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.put_grant("user:ada", app)
        world.drop_grant("user:ada", app)
        world.put_grant("user:ada", app)
        world.deliver()
        assert world.roles(world.person("ada")) == {app}
        world.drop_grant("user:ada", app)
        world.deliver()
        assert world.roles(world.person("ada")) == set()

    def test_whoever_has_a_role_by_a_grant_hears_of_its_trust_policy(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.put_grant("user:ada", app)
        world.deliver()
        assert world.of(world.person("ada")).roles[0].grant.source_identity
        world.put_role("app", trust=trust_policy(allow()))
        world.settle()
        assert not world.of(world.person("ada")).roles[0].grant.source_identity

    def test_a_role_that_is_removed_ends_its_grants_also_when_it_comes_back(self, world: RightsWorld) -> None:
        app = world.put_role("app", consoleme_authorized="user:ada")
        for number in range(20):
            world.put_role(f"r{number}")
        world.settle()
        world.put_grant("user:ben", app)
        world.deliver()
        kept = world.iam.roles.pop(app)
        world.settle()
        assert (world.roles(world.person("ada")), world.roles(world.person("ben"))) == (set(), set())
        world.iam.roles[app] = kept
        world.settle()
        assert (world.roles(world.person("ada")), world.roles(world.person("ben"))) == ({app}, set())

    def test_an_account_that_is_not_active_ends_its_grants(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.put_grant("user:ben", app)
        world.deliver()
        world.withdraw()
        world.deliver()
        assert world.roles(world.person("ben")) == set()

    def test_an_account_that_is_not_active_gets_none(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        world.withdraw()
        with pytest.raises(NotFound, match="does not know"):
            world.put_grant("user:ben", app)

    def test_a_process_that_has_not_seen_the_newest_configuration_grants_nothing(self, world: RightsWorld) -> None:
        app = world.put_role("app")
        world.settle()
        slow = world.process()()
        world.save(authorization={"required_trust_entity": role_arn("Elsewhere")})
        with pytest.raises(Throttled, match="Try again in a minute"):
            slow.access.grants.put_grant(TimedGrant("user:ben", app, "request 1"))
        with pytest.raises(Forbidden, match="Only roles that trust"):
            world.put_grant("user:ben", app)

    @pytest.mark.parametrize(
        ("arn", "more", "error", "words"),
        [
            pytest.param(role_arn("nobodys"), {}, NotFound, "does not know", id="a role that nobody has seen"),
            pytest.param("arn:aws:s3:::bucket", {}, InvalidInput, "not the ARN of an IAM role", id="no role"),
            pytest.param(role_arn("ConsoleMeSpokeRead"), {}, Forbidden, "never handed out", id="a role of our own"),
            pytest.param(role_arn("app"), {"not_after": 1}, InvalidInput, "ended already", id="in the past"),
            pytest.param(
                role_arn("app"),
                {"not_before": 3_000_000_001, "not_after": 3_000_000_000},
                InvalidInput,
                "would end before",
                id="the wrong way round",
            ),
            pytest.param(role_arn("app"), {"source": " "}, InvalidInput, "must name its source", id="from nowhere"),
            pytest.param(role_arn("app"), {"source": "x" * 201}, InvalidInput, "200 letters", id="from a long tale"),
            pytest.param(
                role_arn("app"), {"identity": "ops"}, InvalidInput, "must say what it is", id="to a bare name"
            ),
        ],
    )
    def test_what_cannot_be_granted_is_refused(
        self, world: RightsWorld, arn: str, more: dict[str, Any], error: type[Exception], words: str
    ) -> None:
        world.put_role("app")
        world.put_role("ConsoleMeSpokeRead")
        world.settle()
        wish: dict[str, Any] = {"identity": "user:ada", **more}
        with pytest.raises(error, match=words):
            world.put_grant(wish.pop("identity"), arn, **wish)
        assert world.deliver() == 0


class TestStaleAccounts:
    """Rows decide for `max_authorization_age` after their account was last synced."""

    def test_a_role_of_an_account_that_was_not_synced_in_time_is_not_usable_by_the_map(
        self, world: RightsWorld
    ) -> None:
        app = world.put_role("app", consoleme_authorized="user:ada")
        world.settle()
        ada = world.person("ada")
        world.clock.advance(DAY - HOUR)
        ada = world.person("ada")
        assert world.roles(ada) == {app}
        world.freshen(ACCOUNT, seconds_ago=DAY)
        world.deliver()
        assert world.roles(ada) == {app}
        world.clock.advance(HOUR + 1)
        found = world.of(world.person("ada"))
        assert ([role.arn for role in found.roles], [role.arn for role in found.stale]) == ([], [app])
        world.settle()
        assert world.roles(world.person("ada")) == {app}

    def test_the_age_is_as_configured_to_the_second(self, world: RightsWorld) -> None:
        world.put_role("app", consoleme_authorized="user:ada")
        world.settle()
        world.save(authorization={"max_authorization_age": 600})
        synced = world.api().access.store.accounts()[ACCOUNT].synced_at
        ada = world.person("ada")
        world.clock.advance(synced + 600 - world.clock.now())
        assert len(world.roles(ada)) == 1
        world.clock.advance(1)
        assert world.roles(ada) == set()

    def test_an_account_that_was_never_synced_decides_nothing(self, world: RightsWorld) -> None:
        world.put_role("app", account=OTHER, consoleme_authorized="user:ada")
        world.sync(OTHER)
        world.deliver()
        found = world.of(world.person("ada"))
        assert (found.roles, [role.arn for role in found.stale]) == ((), [role_arn("app", OTHER)])


def test_a_grant_that_arrives_while_its_role_is_removed_ends_with_it(
    world: RightsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("app", "b", "c"):
        world.put_role(name)
    world.settle()
    arn = role_arn("app")
    world.api().access.grants.put_grant(TimedGrant("user:ada", arn, "request 1"))
    del world.iam.roles[arn]
    removed = ResourceStore.remove

    def meanwhile(store: ResourceStore, arns: Any, at: int) -> Any:
        # Everybody who had the role has been told by now; the row is still there, so the grant is taken.
        world.deliver()
        assert world.worker().access.store.of_role(arn)
        return removed(store, arns, at)

    monkeypatch.setattr(ResourceStore, "remove", meanwhile)
    world.sync()
    world.deliver()
    assert world.worker().access.store.of_role(arn) == {}
