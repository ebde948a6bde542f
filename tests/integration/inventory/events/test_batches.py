"""What becomes of events of the organisation and of refused calls: they are handed on, and come again when that failed."""

from chalicelib.core.deployment import Deployment
from chalicelib.core.errors import Throttled
from chalicelib.inventory.events.models import TrailEvent
from chalicelib.inventory.events.services import EventServices
from tests.support.estate import CONFIGURATION, Estate
from tests.support.trail import ACCOUNT_CREATED, DENIED, envelope, queued, record


class Told:
    """Whoever is told; raises for the first times."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.denies: list[str] = []
        self.accounts = 0

    def accounts_changed(self) -> None:
        self._fail()
        self.accounts += 1

    def take_deny(self, event: TrailEvent) -> None:
        self._fail()
        self.denies.append(event.error_code)

    def _fail(self) -> None:
        if self.failures:
            self.failures -= 1
            raise Throttled("Not now.")

    def services(self, estate: Estate) -> EventServices:
        inventory = estate.container().inventory
        return EventServices(
            clock=estate.clock,
            deployment=Deployment.model_validate(CONFIGURATION["deployment"]),
            accounts=inventory.accounts,
            resources=inventory.resources,
            refresh=lambda: inventory.refresh,
            accounts_changed=self.accounts_changed,
            take_deny=self.take_deny,
        )


def test_any_number_of_changes_of_the_organisation_are_one_word_to_whoever_looks_after_accounts(estate: Estate) -> None:
    told = Told()
    moved = record("MoveAccount", {"accountId": "1"}, source="organizations.amazonaws.com")
    bodies = (envelope(ACCOUNT_CREATED), envelope(moved), envelope(ACCOUNT_CREATED))
    follow = told.services(estate).follow_changes
    assert follow.take(queued(*bodies)) == ()
    assert follow.take(queued(*bodies)) == ()
    assert told.accounts == 1


def test_an_organisation_that_could_not_be_told_of_comes_again_alone(estate: Estate) -> None:
    told = Told(failures=1)
    created = envelope({**ACCOUNT_CREATED, "eventID": "another"})
    follow = told.services(estate).follow_changes
    assert follow.take(queued(created, envelope(record("CreateLoginProfile")))) == ("m0",)
    assert follow.take(queued(created)) == ()
    assert told.accounts == 1


def test_refused_calls_are_handed_on_and_those_that_failed_come_again(estate: Estate) -> None:
    told = Told(failures=1)
    follow = told.services(estate).follow_denies
    assert follow.take(queued(envelope(DENIED), "garbage", envelope(DENIED))) == ("m0", "m1")
    assert told.denies == ["Client.UnauthorizedOperation"]


def test_no_event_is_no_work(estate: Estate) -> None:
    told = Told()
    assert told.services(estate).follow_changes.take(()) == ()
    assert told.services(estate).follow_denies.take(()) == ()
    assert (told.accounts, told.denies) == (0, [])
