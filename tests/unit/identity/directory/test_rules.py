import pytest

from chalicelib.identity.directory.models import SIGN_IN, DirectoryConfig, PersonRecord
from chalicelib.identity.directory.rules import LASTS, effective, may_sign_in_unknown
from chalicelib.identity.permissions import MAX_GROUP_AGE
from tests.support.clock import START
from tests.support.directory import record

USER = "ada@example.com"
HR, IDP = "hr", "idp"


def config(**section: object) -> DirectoryConfig:
    return DirectoryConfig.model_validate({"sources": (HR, IDP), **section})


def said(*records: PersonRecord) -> dict[str, PersonRecord]:
    return {one.source: one for one in records}


def signed_in(*groups: str, **more: object) -> PersonRecord:
    return record(SIGN_IN, USER, *groups, by="oidc", **more)


FRESH = {HR: START, IDP: START}


def test_nobody_knows_a_person_of_whom_nobody_ever_spoke() -> None:
    assert effective({}, FRESH, config(), START) is None


def test_without_a_source_the_word_of_the_sign_in_counts_with_its_own_age() -> None:
    person = effective(said(signed_in("a")), {}, DirectoryConfig(), START + 50)
    assert person is not None
    assert (person.groups, person.source, person.observed_at) == (frozenset({"a"}), "oidc", START)
    assert (person.known, person.speaks, person.suspended) == (False, False, False)


@pytest.mark.parametrize(
    ("mode", "groups", "source"),
    [
        ("directory", frozenset({"h"}), "hr"),
        ("both", frozenset({"h", "s"}), "hr, oidc"),
        ("sign_in", frozenset({"s"}), "oidc"),
    ],
)
def test_whose_word_about_groups_counts_is_configured(mode: str, groups: frozenset[str], source: str) -> None:
    words = said(record(HR, USER, "h"), signed_in("s"))
    person = effective(words, FRESH, config(groups=mode), START)
    assert person is not None
    assert (person.groups, person.source, person.known) == (groups, source, True)


def test_what_several_sources_say_is_added_up_and_is_as_old_as_the_oldest_of_them() -> None:
    words = said(record(HR, USER, "h"), record(IDP, USER, "i", "h"))
    person = effective(words, {HR: START - 100, IDP: START}, config(), START)
    assert person is not None
    assert (person.groups, person.observed_at, person.source) == (frozenset({"h", "i"}), START - 100, "hr, idp")


class TestASourceThatHasBeenSilent:
    def test_for_a_day_still_speaks_for_groups(self) -> None:
        words = said(record(HR, USER, "h"), signed_in("s"))
        person = effective(words, {HR: START}, config(), START + LASTS)
        assert person is not None
        assert (person.groups, person.observed_at) == (frozenset({"h"}), START)

    def test_for_longer_leaves_the_word_to_the_sign_in(self) -> None:
        words = said(record(HR, USER, "h"), signed_in("s", observed_at=START + LASTS))
        person = effective(words, {HR: START}, config(), START + LASTS + 1)
        assert person is not None
        assert (person.groups, person.speaks) == (frozenset({"s"}), False)

    def test_for_longer_leaves_it_to_another_source(self) -> None:
        words = said(record(HR, USER, "h"), record(IDP, USER, "i"), signed_in("s"))
        person = effective(words, {HR: START - LASTS - 1, IDP: START}, config(), START)
        assert person is not None
        assert (person.groups, person.observed_at) == (frozenset({"i"}), START)

    def test_and_never_answered_whole_does_not_speak_yet(self) -> None:
        person = effective(said(record(HR, USER, "h")), {}, config(), START)
        assert person is not None
        assert (person.groups, person.observed_at, person.known) == (frozenset(), 0, True)

    def test_has_still_suspended_whom_it_suspended(self) -> None:
        words = said(record(HR, USER, suspended=True), signed_in("s"))
        person = effective(words, {HR: START}, config(), START + 30 * LASTS)
        assert person is not None
        assert person.suspended


def test_with_both_words_an_old_sign_in_is_not_heard_beside_a_source() -> None:
    words = said(record(HR, USER, "h"), signed_in("s"))
    person = effective(words, {HR: START + LASTS + 1}, config(groups="both"), START + LASTS + 1)
    assert person is not None
    assert person.groups == {"h"}


class TestWhatIsPushed:
    def test_stands_until_something_else_is_said(self) -> None:
        words = said(record("scim", USER, "p"), signed_in("s", observed_at=START + 9 * LASTS))
        person = effective(words, {"scim": START}, config(sources=("scim",)), START + 9 * LASTS)
        assert person is not None
        assert (person.groups, person.observed_at) == (frozenset({"p"}), START + 9 * LASTS)

    def test_is_as_old_as_the_last_word_from_there_for_somebody_who_stays_away(self) -> None:
        person = effective(said(record("scim", USER, "p")), {"scim": START + 5}, config(sources=("scim",)), START + 9)
        assert person is not None
        assert person.observed_at == START + 5


class TestSuspension:
    def test_by_one_source_is_enough(self) -> None:
        person = effective(said(record(HR, USER), record(IDP, USER, suspended=True)), FRESH, config(), START)
        assert person is not None
        assert (person.suspended, person.removed) == (True, False)

    def test_is_what_becomes_of_a_person_whom_every_source_dropped(self) -> None:
        words = said(record(HR, USER, removed=True), record(IDP, USER, removed=True), signed_in("s"))
        person = effective(words, FRESH, config(), START)
        assert person is not None
        assert (person.suspended, person.removed, person.groups) == (True, True, frozenset())

    def test_is_not_for_a_person_whom_another_source_still_knows(self) -> None:
        person = effective(said(record(HR, USER, removed=True), record(IDP, USER, "i")), FRESH, config(), START)
        assert person is not None
        assert (person.suspended, person.groups) == (False, frozenset({"i"}))

    def test_counts_no_more_when_its_source_is_no_longer_configured(self) -> None:
        words = said(record(HR, USER, suspended=True), signed_in("s"))
        person = effective(words, FRESH, config(sources=(IDP,)), START)
        assert person is not None
        assert (person.suspended, person.known) == (False, False)

    def test_is_no_word_of_a_sign_in(self) -> None:
        person = effective(said(signed_in("s", suspended=True)), FRESH, config(), START)
        assert person is not None
        assert not person.suspended


@pytest.mark.parametrize(
    ("policy", "records", "may"),
    [
        ("allow", (), True),
        ("refuse", (), False),
        ("refuse", (signed_in(),), False),
        ("refuse", (record(HR, USER),), True),
        ("refuse", (record("forgotten", USER),), False),
    ],
)
def test_who_may_come_in_without_being_known(policy: str, records: tuple[PersonRecord, ...], *, may: bool) -> None:
    assert may_sign_in_unknown(said(*records), config(unknown_people=policy)) is may


def test_a_word_lasts_as_long_here_as_it_decides_elsewhere() -> None:
    assert LASTS == MAX_GROUP_AGE


class TestTheSection:
    def test_refuses_a_source_named_twice_and_the_name_of_sign_ins(self) -> None:
        for sources in ((HR, HR), (SIGN_IN,), ("No Name",)):
            with pytest.raises(ValueError, match="sources"):
                DirectoryConfig.model_validate({"sources": sources})

    def test_folds_the_names_of_static_people_and_refuses_one_written_twice(self) -> None:
        static = DirectoryConfig.model_validate({"static": {"people": {"Ada@Example.com": {"groups": ["Admins"]}}}})
        assert static.static.people["ada@example.com"].groups == ("admins",)
        with pytest.raises(ValueError, match="only in case"):
            DirectoryConfig.model_validate({"static": {"people": {"Ada": {}, "ada": {}}}})
