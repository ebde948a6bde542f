"""Saving a configuration: what replaces what, who is told, and what is refused with which words."""

from typing import Any

import pytest

from chalicelib.core.configuration_hooks import Effect, Guard
from chalicelib.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from chalicelib.dynamic_config.models import SaveWish, hash_of
from chalicelib.identity.models import SiteConfig
from chalicelib.identity.scopes import GroupsConfig
from tests.support.builders import caller
from tests.support.clock import START
from tests.support.configuration_world import (
    ADA,
    DEPLOYMENT,
    EDDI,
    EDITABLE,
    PACKAGED,
    ConfigurationWorld,
    administrator,
    document,
    editor,
)

DEPLOY = "arn:aws:iam::222222222222:role/deploy"
SECOND = EDITABLE.replace("first", "second")


def site(world: ConfigurationWorld) -> str:
    return world.process()().configuration.section("site", SiteConfig).message_title


class TestBeforeTheFirstSave:
    def test_the_packaged_document_is_in_force_and_shown_without_what_no_page_can_edit(
        self, world: ConfigurationWorld
    ) -> None:
        shown = world.container().dynamic_config.editor.shown()
        assert (shown.text, shown.sha256, shown.info) == (EDITABLE, hash_of(EDITABLE), None)
        assert shown.deployment == DEPLOYMENT
        assert site(world) == "first"

    def test_whatever_the_person_had_read_is_replaced_as_in_consoleme(self, world: ConfigurationWorld) -> None:
        assert world.save(SECOND, existing_sha256="whatever").info.number == 1

    def test_the_text_that_is_there_is_nothing_new(self, world: ConfigurationWorld) -> None:
        with pytest.raises(InvalidInput, match="Nothing is changed"):
            world.save(EDITABLE)

    def test_a_newly_deployed_document_is_in_force_at_once(self, world: ConfigurationWorld) -> None:
        world.package(PACKAGED.replace("first", "newer"))
        assert site(world) == "newer"


class TestSaving:
    def test_a_save_is_in_force_with_its_words_and_comments_as_they_were_written(
        self, world: ConfigurationWorld
    ) -> None:
        saved = world.save(SECOND, comment="  a better title ")
        assert (saved.info.number, saved.info.author, saved.info.saved_at) == (1, f"user:{ADA}", START)
        assert (saved.info.comment, saved.info.sections) == ("a better title", ("site",))
        assert (saved.info.previous, saved.info.sha256) == (hash_of(EDITABLE), hash_of(SECOND))
        assert world.text == SECOND
        assert "# nightly" in world.text
        assert site(world) == "second"

    def test_a_section_that_is_left_out_has_its_defaults_and_not_what_the_package_says(
        self, world: ConfigurationWorld
    ) -> None:
        world.save(document(inventory={}))
        configuration = world.process()().configuration
        assert configuration.section("site", SiteConfig) == SiteConfig()
        assert configuration.section("groups", GroupsConfig) == GroupsConfig()

    def test_once_something_is_saved_the_packages_words_count_for_the_deployment_alone(
        self, world: ConfigurationWorld
    ) -> None:
        world.save(SECOND)
        world.package(PACKAGED.replace("first", "newer").replace("group:admins", "group:owners"))
        assert site(world) == "second"
        assert world.container().deployment.administrators == ("group:owners",)

    def test_who_read_an_older_one_is_told_who_was_faster_and_when(self, world: ConfigurationWorld) -> None:
        world.save(SECOND, administrator("bob@example.com"), comment="mine")
        with pytest.raises(Conflict) as refusal:
            world.save(SECOND + "# more\n", existing_sha256=hash_of(EDITABLE))
        assert "user:bob@example.com saved version 1 at 2027-01-15 08:00:00 UTC" in refusal.value.message
        told: Any = refusal.value.extra["current"]
        assert (told["number"], told["comment"], told["sha256"]) == (1, "mine", hash_of(SECOND))
        assert world.text == SECOND

    def test_a_save_that_is_repeated_because_its_answer_was_lost_answers_as_the_first_time(
        self, world: ConfigurationWorld
    ) -> None:
        first = world.save(SECOND, comment="once")
        again = world.save(SECOND, existing_sha256=hash_of(EDITABLE), comment="once")
        assert again == first
        assert world.actions() == [("config.save", "done", 1)]

    @pytest.mark.parametrize("other", [{"who": administrator("bob@example.com")}, {"existing_sha256": "0" * 64}])
    def test_the_same_text_by_somebody_else_or_on_top_of_something_else_is_no_repetition(
        self, world: ConfigurationWorld, other: dict[str, Any]
    ) -> None:
        world.save(SECOND)
        with pytest.raises(Conflict, match="saved version 1"):
            world.save(SECOND, **{"existing_sha256": hash_of(EDITABLE), **other})

    def test_after_a_pointer_was_lost_the_next_save_continues_the_numbers(self, world: ConfigurationWorld) -> None:
        from chalicelib.dynamic_config.store import ConfigRow

        world.save(SECOND)
        ConfigRow("CONFIG", "CURRENT").delete()
        assert site(world) == "first"
        assert world.save(SECOND + "# again\n").info.number == 2


class TestFaults:
    def test_every_fault_is_named_with_section_key_and_line_and_nothing_is_stored(
        self, world: ConfigurationWorld
    ) -> None:
        text = "groups:\n  can_audit: [bob]\nsite:\n  titel: x\nsitte: {}\n"
        with pytest.raises(InvalidInput) as refusal:
            world.save(text)
        assert refusal.value.reason == "bad_configuration"
        found: Any = refusal.value.extra["faults"]
        assert [(fault["section"], fault["key"], fault["line"]) for fault in found] == [("sitte", "", 5)]
        with pytest.raises(InvalidInput) as refusal:
            world.save(text.replace("sitte: {}\n", ""))
        found = refusal.value.extra["faults"]
        assert [(fault["key"], fault["line"]) for fault in found] == [("groups.can_audit.0", 2), ("site.titel", 4)]
        assert "the new configuration, line 4, column 3: site.titel: this key is not known" in refusal.value.message
        assert world.container().dynamic_config.store.newest_number() == 0

    @pytest.mark.parametrize("text", ["", "# nothing but words\n", "- a\n", "a: [\n", "a: 1\na: 2\n"])
    def test_what_is_no_document_is_refused(self, world: ConfigurationWorld, text: str) -> None:
        with pytest.raises(InvalidInput) as refusal:
            world.save(text)
        assert refusal.value.reason == "bad_configuration"

    def test_the_deployment_may_be_repeated_but_not_changed(self, world: ConfigurationWorld) -> None:
        assert world.save(PACKAGED).info.number == 1
        with pytest.raises(InvalidInput, match=r"line 2, column 1: deployment: this section ships with the package"):
            world.save(PACKAGED.replace("group:admins", "group:mine"))

    def test_a_deployment_that_was_repeated_does_not_outlive_the_packages(self, world: ConfigurationWorld) -> None:
        world.save(PACKAGED)
        world.package(PACKAGED.replace("group:admins", "group:owners"))
        assert world.container().deployment.administrators == ("group:owners",)


class TestWhoMaySave:
    def test_an_editor_saves_what_gives_nobody_a_permission(self, world: ConfigurationWorld) -> None:
        assert world.save(SECOND, editor()).info.author == f"user:{EDDI}"

    @pytest.mark.parametrize("permission", ["can_admin", "can_edit_config", "can_admin_policies", "can_audit"])
    def test_an_editor_makes_nobody_anything(self, world: ConfigurationWorld, permission: str) -> None:
        text = document(groups={"can_edit_config": ["group:editors"]} | {permission: ["group:editors", f"user:{EDDI}"]})
        with pytest.raises(Forbidden, match="only administrators change them"):
            world.save(text, editor(), confirmed={"permissions_unchanged"})
        assert world.actions() == [("config.save", "refused", None)]
        assert world.container().dynamic_config.store.newest_number() == 0

    def test_an_editor_takes_nobody_anything(self, world: ConfigurationWorld) -> None:
        with pytest.raises(Forbidden):
            world.save(document(site={"message_title": "x"}), editor())

    def test_an_editor_gives_roles_to_others_but_not_to_themselves(self, world: ConfigurationWorld) -> None:
        def mapping(name: str) -> str:
            return EDITABLE.replace("group:payments:", f"{name}:")

        for own in ("group:editors", f"user:{EDDI}"):
            with pytest.raises(Forbidden, match="which is you"):
                world.save(mapping(own), editor())
        assert world.save(mapping("group:others"), editor()).info.number == 1
        assert world.save(mapping(f"user:{ADA}"), administrator()).info.number == 2

    @pytest.mark.parametrize(
        "section",
        [
            pytest.param({"console": {"federation_url": "https://elsewhere.example"}}, id="where session keys go"),
            pytest.param({"visibility": {"everybody_sees_the_rest": False}}, id="who sees what"),
            pytest.param(
                {"directory": {"sources": ["static"], "static": {"people": {EDDI: {"groups": ["admins"]}}}}},
                id="who is in which group",
            ),
        ],
    )
    def test_an_editor_leaves_alone_what_would_make_them_more(
        self, world: ConfigurationWorld, section: dict[str, Any]
    ) -> None:
        with pytest.raises(Forbidden):
            world.save(EDITABLE + document(**section), editor())
        assert world.save(EDITABLE + document(**section)).info.number == 1

    def test_who_lost_the_permission_is_refused_though_their_process_does_not_know_yet(
        self, world: ConfigurationWorld
    ) -> None:
        world.save(EDITABLE.replace('["group:editors"]', '["group:others"]'))
        with pytest.raises(Forbidden) as refusal:
            world.save(world.text + "# more\n", editor())
        assert refusal.value.reason == "can_edit_config"

    def test_who_would_lock_themselves_out_is_asked_first(self, world: ConfigurationWorld) -> None:
        known = world.container().identity.people
        known.saw("root@example.com", frozenset({"admins"}), "test")
        by_hand = caller("hand@example.com")
        world.save(EDITABLE.replace("groups:\n", "groups:\n  can_admin: ['user:hand@example.com']\n"))
        with pytest.raises(InvalidInput, match="You would lose the right to administer") as refusal:
            world.save(EDITABLE, by_hand)
        assert refusal.value.reason == "needs_confirmation"
        guards: Any = refusal.value.extra["guards"]
        assert [guard["rule"] for guard in guards] == ["own_lockout"]
        assert world.save(EDITABLE, by_hand, confirmed={"own_lockout"}).info.number == 2

    def test_the_last_administrator_stays(self, world: ConfigurationWorld) -> None:
        world.package(PACKAGED.replace("group:admins", "group:never-seen"))
        by_hand = caller("hand@example.com", "never-seen")
        world.save(EDITABLE.replace("groups:\n", "groups:\n  can_admin: ['user:hand@example.com']\n"), by_hand)
        with pytest.raises(Forbidden, match="Nobody who was ever seen here would be an administrator"):
            world.save(EDITABLE, caller("hand@example.com"), confirmed={"own_lockout", "last_administrator"})

    def test_a_companys_plugin_refuses_asks_and_tells(self, world: ConfigurationWorld) -> None:
        world.container()
        ask = Guard(section="site", rule="friday", reason="It is Friday.", confirmable=True)
        world.follower.findings = (Effect(section="site", text="The title is louder."), ask)
        preview = world.container().dynamic_config.editor.preview(editor(), SECOND)
        assert Effect(section="site", text="The title is louder.") in preview.effects
        assert preview.guards == (ask,)
        with pytest.raises(InvalidInput, match="It is Friday"):
            world.save(SECOND)
        assert world.save(SECOND, confirmed={"friday"}).info.number == 1
        world.follower.findings = (Guard(section="site", rule="freeze", reason="Not this week."),)
        with pytest.raises(Forbidden, match="Not this week"):
            world.save(EDITABLE, confirmed={"freeze"})


class TestPreview:
    def test_it_tells_what_a_save_would_do_to_whom_and_stores_nothing(self, world: ConfigurationWorld) -> None:
        people = world.container().identity.people
        for name in ("a", "b", "c"):
            people.saw(f"{name}@example.com", frozenset({"payments"}), "test")
        text = EDITABLE.replace(f'"{DEPLOY}"', f'"{DEPLOY}", "{DEPLOY}2"').replace("first", "second")
        text += "sessions: {cookie_name: other}\ninventory: {}\n"
        preview = world.container().dynamic_config.editor.preview(administrator(), text)
        assert (preview.faults, preview.guards) == ((), ())
        assert preview.sections == ("authorization", "sessions", "site")
        lines = [effect.text for effect in preview.effects]
        assert "1 role more for 3 people known so far." in lines
        assert f"group:payments: 1 more ({DEPLOY}2)." in lines
        assert "Everybody has to sign in again: the cookie gets another name." in lines
        assert "message_title: changed." in lines
        assert preview.sha256 == hash_of(EDITABLE)
        assert world.container().dynamic_config.store.newest_number() == 0
        assert world.actions() == []

    def test_faults_are_an_answer_here(self, world: ConfigurationWorld) -> None:
        preview = world.container().dynamic_config.editor.preview(administrator(), "site: {titel: 1}\n")
        assert [(fault.key, fault.line, fault.column) for fault in preview.faults] == [("site.titel", 1, 8)]
        assert preview.effects == ()

    def test_an_empty_section_is_no_change(self, world: ConfigurationWorld) -> None:
        assert (
            world.container().dynamic_config.editor.preview(administrator(), EDITABLE + "inventory: {}\n").sections
            == ()
        )


class TestHistory:
    def test_a_rollback_is_a_new_version_with_the_old_words(self, world: ConfigurationWorld) -> None:
        world.save(SECOND)
        world.save(EDITABLE)
        saved = world.container().dynamic_config.editor.roll_back(
            administrator("bob@example.com"), 1, SaveWish(text="", existing_sha256=hash_of(EDITABLE), comment="back")
        )
        assert (saved.info.number, saved.info.restored, saved.text) == (3, 1, SECOND)
        assert saved.info.author == "user:bob@example.com"
        assert world.actions()[-1] == ("config.rollback", "done", 3)

    def test_a_rollback_is_checked_like_any_save(self, world: ConfigurationWorld) -> None:
        def back(number: int, **wish: Any) -> None:
            made = {"text": "", "existing_sha256": hash_of(world.text), **wish}
            world.container().dynamic_config.editor.roll_back(editor(), number, SaveWish.model_validate(made))

        world.save(EDITABLE.replace('["group:editors"]', '["group:editors", "group:more"]'))
        world.save(EDITABLE)
        with pytest.raises(Forbidden):
            back(1)
        with pytest.raises(Conflict):
            back(1, existing_sha256="0" * 64)
        with pytest.raises(InvalidInput, match="Nothing is changed"):
            back(2)
        with pytest.raises(NotFound):
            back(3)
        assert world.container().dynamic_config.store.newest_number() == 2

    def test_two_versions_are_compared(self, world: ConfigurationWorld) -> None:
        world.save(SECOND)
        world.save(EDITABLE)
        version, diff = world.container().dynamic_config.editor.compared(2, 1)
        assert version.text == EDITABLE
        assert diff is not None
        assert diff.splitlines()[:2] == ["--- version 1", "+++ version 2"]
        assert "-site: {message_title: second}" in diff
        assert "+site: {message_title: first}" in diff
        assert world.container().dynamic_config.editor.compared(1, None) == (version_of(world, 1), None)


def version_of(world: ConfigurationWorld, number: int) -> Any:
    return world.container().dynamic_config.store.version(number)
