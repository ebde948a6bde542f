"""The words of requests on the wire: every state, status and type of change there is has one that clients know."""

from chalicelib.changes.registry import change_types
from chalicelib.requests.present import CHANGE_STATUS, WIRE_STATUS
from chalicelib.requests.states import ChangeStatus, State
from chalicelib.requests.wire_review import ChangeName


def test_every_state_of_a_request_is_one_of_consolemes_four() -> None:
    assert set(WIRE_STATUS) == set(State) - {State.STUCK}
    assert set(WIRE_STATUS.values()) == {"pending", "approved", "rejected", "cancelled"}


def test_every_status_of_a_change_is_one_of_consolemes_three() -> None:
    assert set(CHANGE_STATUS) == set(ChangeStatus)
    assert set(CHANGE_STATUS.values()) == {"not_applied", "applied", "cancelled"}


def test_every_type_of_change_has_its_name_on_the_page() -> None:
    assert set(change_types()) <= {name.value for name in ChangeName}
