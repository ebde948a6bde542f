"""What a new configuration does to rights to roles."""

from typing import Any

import pytest

from chalicelib.access.authorization import AuthorizationConfig, RoleTags
from chalicelib.access.configuration_effect import (
    credential_effects,
    given_anew,
    identities_changed,
    mapped_more,
    mapping_effects,
    rule_effects,
    save_refusals,
    tag_effects,
)
from chalicelib.access.models import ConsoleConfig, CredentialsConfig
from chalicelib.core.decisions import Decision
from chalicelib.core.principals import Principal
from tests.support.builders import role_arn

A, B, C = (role_arn(name) for name in "abc")
MEMBERS = {"team": frozenset({"one@example.com", "two@example.com"}), "empty": frozenset[str]()}
NO, YES = Decision.no("not an administrator", "can_admin"), Decision.yes("an administrator", "administrator")
CONSOLE = ConsoleConfig()


def mapping(**identities: Any) -> AuthorizationConfig:
    """`group_team=[...]` maps roles; a tuple maps roles and those for the command line."""
    found = {}
    for name, roles in identities.items():
        both = roles if isinstance(roles, tuple) else (roles, [])
        found[name.replace("_", ":", 1)] = {"roles": both[0], "cli_only_roles": both[1]}
    return AuthorizationConfig.model_validate({"group_mapping": found})


def texts(before: AuthorizationConfig, after: AuthorizationConfig) -> list[str]:
    return [effect.text for effect in mapping_effects(before, after, MEMBERS)]


class TestMapping:
    def test_what_is_mapped_more_and_fewer_is_summed_up_and_then_told_by_identity(self) -> None:
        before, after = mapping(group_team=[A], user_x=[B]), mapping(group_team=[A, B, C])
        assert texts(before, after) == [
            "2 roles more for 2 people known so far.",
            "1 role fewer for 1 person known so far.",
            f"group:team: 2 more ({B}, {C}).",
            f"user:x: 1 fewer ({B}).",
        ]

    def test_a_role_for_several_is_counted_once_and_so_is_a_person_of_several_groups(self) -> None:
        after = mapping(group_team=[A], **{"user_one@example.com": [A, B]})
        assert texts(mapping(), after)[0] == "2 roles more for 2 people known so far."

    def test_a_group_that_nobody_was_seen_in_is_said_to_be_so(self) -> None:
        lines = texts(mapping(), mapping(group_empty=[A]))
        assert lines == [
            "1 role more for 0 people known so far.",
            f"group:empty, nobody of which was ever seen here: 1 more ({A}).",
        ]

    def test_both_ways_stand_in_one_line(self) -> None:
        assert f"group:team: 1 more ({B}) and 1 fewer ({A})." in texts(mapping(group_team=[A]), mapping(group_team=[B]))

    def test_a_long_list_is_cut_and_says_so(self) -> None:
        after = mapping(group_team=[role_arn(f"r{number}") for number in range(7)])
        assert texts(mapping(), after)[1].endswith("and 2 others).")

    def test_many_identities_are_cut_and_say_so(self) -> None:
        lines = texts(mapping(), mapping(**{f"user_u{number:02d}": [A] for number in range(23)}))
        assert len(lines) == 22
        assert lines[-1] == "And 3 identities more."

    def test_a_role_that_changes_its_way_of_use_is_neither_more_nor_fewer(self) -> None:
        both, cli = mapping(group_team=([A], [])), mapping(group_team=([], [A]))
        assert texts(both, cli) == [f"group:team: {A} only for the command line."]
        assert texts(cli, both) == [f"group:team: {A} no longer only for the command line."]
        assert mapped_more(both, cli) == {}

    def test_what_stays_is_not_told(self) -> None:
        same = mapping(group_team=[A])
        assert texts(same, mapping(group_team=[A])) == []
        assert identities_changed(same, same) == frozenset()

    def test_who_is_changed_in_any_way_is_asked_about(self) -> None:
        before, after = mapping(group_team=[A], user_x=[A]), mapping(group_team=([], [A]), user_y=[A])
        assert identities_changed(before, after) == {"group:team", "user:x", "user:y"}


class TestTags:
    @pytest.mark.parametrize(
        ("after", "told"),
        [
            pytest.param({"authorized": ["t", "new"]}, ["The tag new gives rights"], id="a new key"),
            pytest.param({"authorized": ["t"], "cli_only": []}, ["The tag c gives no rights"], id="one key less"),
            pytest.param({"authorized": [], "cli_only": ["c", "t"]}, ["t opens are for the command line"], id="to CLI"),
            pytest.param({"authorized": ["c", "t"], "cli_only": []}, ["c opens are no longer for"], id="from CLI"),
            pytest.param({"delimiters": [","]}, ["divided by ',' instead of ':'"], id="another delimiter"),
            pytest.param({}, [], id="nothing"),
        ],
    )
    def test_a_changed_key_is_told(self, after: dict[str, Any], told: list[str]) -> None:
        base: dict[str, Any] = {"authorized": ["t"], "cli_only": ["c"]}
        found = tag_effects(RoleTags.model_validate(base), RoleTags.model_validate(base | after))
        assert len(found) == len(told)
        assert all(words in effect.text for effect, words in zip(found, told, strict=True))


class TestRules:
    def test_what_every_role_must_trust_is_told(self) -> None:
        none, first, second = (AuthorizationConfig(required_trust_entity=arn) for arn in (None, A, B))
        assert [effect.text for effect in rule_effects(none, first)] == [
            (
                f"Only roles that trust {A} are handed out: all others are taken from everybody, and each role "
                "until it was judged anew, which begins at once."
            )
        ]
        assert f"trust {B}" in rule_effects(first, second)[0].text
        assert f"need not trust {B}" in rule_effects(second, none)[0].text
        assert all(effect.warning for effect in (*rule_effects(none, first), *rule_effects(first, none)))
        assert rule_effects(none, none) == rule_effects(first, first) == []

    def test_how_long_rights_decide_is_told(self) -> None:
        (effect,) = rule_effects(AuthorizationConfig(), AuthorizationConfig(max_authorization_age=60))
        assert effect.text == "Rights of an account decide for 60 s after its last sync, not for 86400."


class TestCredentials:
    def test_what_is_refused_or_let_through_from_now_on_is_a_warning(self) -> None:
        loose, strict = CredentialsConfig(), CredentialsConfig(require_source_identity=True)
        (stricter,), (looser,) = credential_effects(loose, strict), credential_effects(strict, loose)
        assert (stricter.warning, looser.warning) == (True, True)
        assert "no longer handed out" in stricter.text
        assert "CloudTrail will not show" in looser.text
        assert credential_effects(strict, strict) == credential_effects(loose, loose) == []


class TestWhoMaySave:
    me = (Principal.user("me@example.com"), Principal.group("team"))

    @pytest.mark.parametrize("own", ["user_me@example.com", "group_team"])
    def test_an_editor_gives_no_role_to_themselves(self, own: str) -> None:
        more = given_anew(mapping(**{own: [A]}), mapping(**{own: ([A], [B])}))
        (guard,) = save_refusals(self.me, more, (CONSOLE, CONSOLE), NO)
        assert (guard.rule, guard.confirmable) == ("own_rights", False)
        assert own.replace("_", ":", 1) in guard.reason
        assert save_refusals(self.me, more, (CONSOLE, CONSOLE), YES) == []

    def test_an_editor_gives_roles_to_others_and_takes_them_from_themselves(self) -> None:
        more = given_anew(mapping(group_team=[A, B]), mapping(group_team=([], [A]), group_empty=[C]))
        assert save_refusals(self.me, more, (CONSOLE, CONSOLE), NO) == []

    def test_an_editor_does_not_widen_a_use_of_their_own(self) -> None:
        assert given_anew(mapping(group_team=([], [A])), mapping(group_team=([A], []))) == {"group:team": {A}}
        assert given_anew(mapping(group_team=([A], [])), mapping(group_team=([], [A]))) == {}

    def test_an_editor_does_not_choose_where_session_keys_are_sent(self) -> None:
        elsewhere = ConsoleConfig(federation_url="https://elsewhere.example/federation")
        (guard,) = save_refusals(self.me, {}, (CONSOLE, elsewhere), NO)
        assert (guard.rule, guard.confirmable) == ("federation_url", False)
        assert save_refusals(self.me, {}, (CONSOLE, elsewhere), YES) == []
        assert save_refusals(self.me, {}, (CONSOLE, ConsoleConfig(issuer="x")), NO) == []
