from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit.chain import BEGINNING, chained, faults
from chalicelib.audit.models import AuditEntry, ChainedEntry, Outcome
from tests.support.builders import audit_entry

WRITER = "01WRITER"


def chain_of(*actions: str) -> list[ChainedEntry]:
    links: list[ChainedEntry] = []
    previous = BEGINNING
    for number, action in enumerate(actions):
        link = chained(audit_entry(action), writer=WRITER, number=number, occurred_at=100 + number, previous=previous)
        previous = link.digest
        links.append(link)
    return links


FOUR = chain_of("a", "b", "c", "d")


def altered(link: ChainedEntry, **change: object) -> ChainedEntry:
    return link.model_copy(update=change)


def test_a_whole_chain_has_no_fault() -> None:
    assert faults(FOUR) == []
    assert faults([]) == []


@given(
    st.builds(
        AuditEntry,
        action=st.text(max_size=5),
        person=st.text(max_size=5),
        target=st.text(max_size=5),
        outcome=st.sampled_from(Outcome),
        reason=st.text(st.characters(codec="utf-8"), max_size=5),
        details=st.dictionaries(
            st.text(max_size=3), st.none() | st.booleans() | st.integers() | st.text(max_size=3), max_size=3
        ),
    )
)
def test_an_entry_that_was_written_down_and_read_again_is_still_the_same(entry: AuditEntry) -> None:
    link = chained(entry, writer=WRITER, number=0, occurred_at=1, previous=BEGINNING)
    assert faults([ChainedEntry.model_validate_json(link.model_dump_json())]) == []


def test_every_part_of_a_link_is_covered_by_its_digest() -> None:
    link = FOUR[2]
    for name, other in {
        "writer": "01OTHER",
        "number": 7,
        "occurred_at": 1,
        "previous": "f" * 64,
        "digest": "f" * 64,
        "entry": audit_entry("other"),
    }.items():
        assert faults([*FOUR[:2], altered(link, **{name: other}), FOUR[3]]) != [], name


def test_an_entry_whose_words_were_altered_is_named() -> None:
    changed = altered(FOUR[1], entry=audit_entry("b", person="user:grace@example.com"))
    assert faults([FOUR[0], changed, *FOUR[2:]]) == [f"{WRITER}: entry 1 was altered"]


def test_an_entry_that_was_altered_and_signed_anew_breaks_the_link_to_the_next() -> None:
    forged = chained(audit_entry("x"), writer=WRITER, number=1, occurred_at=101, previous=FOUR[0].digest)
    assert faults([FOUR[0], forged, *FOUR[2:]]) == [f"{WRITER}: entry 2 does not follow the entry before it"]


def test_an_entry_that_was_dropped_is_missed() -> None:
    found = faults([FOUR[0], *FOUR[2:]])
    assert f"{WRITER}: entry 1 is missing or out of order" in found
    assert f"{WRITER}: entry 2 does not follow the entry before it" in found


def test_a_beginning_that_was_cut_off_is_missed() -> None:
    assert f"{WRITER}: entry 0 is missing or out of order" in faults(FOUR[1:])


def test_entries_that_changed_places_are_found() -> None:
    found = faults([FOUR[0], FOUR[2], FOUR[1], FOUR[3]])
    assert f"{WRITER}: entry 1 is missing or out of order" in found
    assert f"{WRITER}: entry 2 is missing or out of order" in found


def test_several_entries_cut_from_the_middle_are_missed_even_when_the_rest_was_numbered_anew() -> None:
    closed_up = [FOUR[0], altered(FOUR[3], number=1)]
    found = faults(closed_up)
    assert f"{WRITER}: entry 1 does not follow the entry before it" in found
    assert f"{WRITER}: entry 1 was altered" in found


def test_an_entry_that_stands_twice_is_found() -> None:
    assert faults([FOUR[0], FOUR[0], *FOUR[1:]]) != []
