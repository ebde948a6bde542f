"""A visit to an account: its due scopes in several types and regions; each succeeds, fails or goes on later by itself."""

from collections.abc import Sequence

import pytest

from chalicelib.accounts.facts import AccountFacts, SpokeHealth
from chalicelib.accounts.models import Account, AccountStatus
from chalicelib.core.errors import AccessDeniedByAws, Throttled, Upstream
from chalicelib.db.scopes import Scopes, ScopeState
from chalicelib.inventory.refresh.models import AccountOutcome, Wishes
from chalicelib.inventory.store import ResourceStore
from chalicelib.inventory.sync_account import Reach, SyncAccount
from chalicelib.inventory.withdraw_account import WithdrawAccount
from tests.support.estate import FIRST, TAG, Estate
from tests.support.shelves import Shelf

NEAR, FAR, SHUT = "us-east-1", "eu-west-1", "me-south-1"
HERE, THERE = f"{FIRST}/{NEAR}", f"{FIRST}/{FAR}"
FACTS = AccountFacts(
    account_id=FIRST, spoke=SpokeHealth.OK, entered=True, regions=(NEAR, FAR), regions_known=True, checked_at=1
)
SCP = "AccessDenied: not authorized to perform: sqs:ListQueues with an explicit deny in a service control policy"


class Visits:
    """Visits to one account that has two regions open and one shut."""

    def __init__(self, estate: Estate) -> None:
        estate.begin()
        self.estate = estate
        self.queues = Shelf(names={HERE: ["a", "b", "c"], THERE: ["d"], f"{FIRST}/{SHUT}": ["hidden"]})
        self.users = Shelf(name="iam_user", technology="AWS::IAM::User", regional=False, every=3600)
        self.users.names[FIRST] = ["ada"]
        self.facts = FACTS
        self.at_once = 1

    def run(self, run_id: str = "run", *, seconds: Sequence[float] = ()) -> AccountOutcome:
        """`seconds` are what is left each time that the visit asks; afterwards there is time enough."""
        self.estate.clock.advance(1)
        left = iter(seconds)
        return self.account().run(run_id, FIRST, lambda: next(left, 900.0))

    def account(self) -> SyncAccount:
        parts = self.estate.container().inventory
        parts.refresh.visit_scopes._at_once = self.at_once
        return SyncAccount(
            visit_scopes=parts.refresh.visit_scopes,
            withdraw=WithdrawAccount(store=parts.resources, keep=parts.refresh.keep),
            reach=Reach((self.queues, self.users), (NEAR, FAR, SHUT), lambda _: self.facts),
            accounts=parts.accounts,
            runs=parts.refresh.runs,
            scopes=Scopes(),
            clock=self.estate.clock,
        )

    def rows(self, kind: str = "sqs_queue", region: str = "") -> set[str]:
        return {known.name for known in self.store.of_scope(FIRST, kind, region).values()}

    @property
    def store(self) -> ResourceStore:
        return self.estate.container().inventory.resources

    def state(self, kind: str, scope: str) -> ScopeState:
        return Scopes().find(kind, scope) or pytest.fail(f"nothing is known of {kind} {scope}")


@pytest.fixture
def visits(estate: Estate) -> Visits:
    return Visits(estate)


def test_every_type_is_listed_in_each_region_that_is_open_and_each_tells_its_success(visits: Visits) -> None:
    outcome = visits.run()
    assert (outcome.status, outcome.scopes, outcome.resources, outcome.written) == ("succeeded", 3, 5, 5)
    assert (visits.rows(), visits.rows(region=FAR), visits.rows("iam_user")) == ({"a", "b", "c", "d"}, {"d"}, {"ada"})
    state = visits.state("sqs_queue", HERE)
    assert (state.error, state.counts) == (None, {"seen": 3, "written": 3, "removed": 0})


def test_several_threads_find_what_one_finds(visits: Visits) -> None:
    visits.at_once = 4
    outcome = visits.run()
    assert (outcome.scopes, outcome.resources, visits.rows()) == (3, 5, {"a", "b", "c", "d"})
    assert visits.run("again").written == 0


def test_an_opted_out_region_is_not_asked_and_its_rows_stay(visits: Visits) -> None:
    visits.facts = replace_regions(NEAR, FAR, SHUT)
    visits.run()
    visits.facts = FACTS
    visits.queues.asked.clear()
    visits.run("second")
    assert [scope for scope, _ in visits.queues.asked] == [THERE, HERE]
    assert "hidden" in visits.rows()


def replace_regions(*regions: str) -> AccountFacts:
    return FACTS.model_copy(update={"regions": regions})


def test_a_call_that_a_service_control_policy_denies_fails_its_scope_only_and_old_rows_stay(visits: Visits) -> None:
    visits.run()
    visits.queues.failing[THERE] = AccessDeniedByAws(SCP)
    visits.queues.names[HERE].append("new")
    outcome = visits.run("second")
    assert (outcome.status, outcome.scopes, outcome.failures) == ("partial", 2, {f"sqs_queue {FAR}": SCP})
    assert visits.rows() == {"a", "b", "c", "d", "new"}
    state = visits.state("sqs_queue", THERE)
    assert (state.error, state.failed_at, state.failures) == (SCP, visits.estate.clock.now(), 1)
    assert visits.state("sqs_queue", HERE).error is None


def test_a_throttling_storm_is_told_to_the_workflow_and_the_next_try_lists_only_what_failed(visits: Visits) -> None:
    visits.estate.begin("run")
    visits.queues.failing[THERE] = Throttled("Rate exceeded")
    with pytest.raises(Throttled):
        visits.run()
    told = visits.estate.container().inventory.refresh.runs.outcomes("run")[FIRST]
    assert (told.status, told.failures) == ("partial", {f"sqs_queue {FAR}": "Rate exceeded"})
    visits.queues.asked.clear()
    visits.queues.failing.clear()
    outcome = visits.run()
    assert visits.queues.asked == [(THERE, "")]
    assert (outcome.status, outcome.scopes, outcome.resources, outcome.failures) == ("succeeded", 3, 5, {})


def test_half_a_page_and_then_an_error_keeps_what_was_read_and_removes_nothing(visits: Visits) -> None:
    visits.run()
    visits.queues.names[HERE] = ["a", "new"]
    visits.queues.size = 1
    visits.queues.after_pages = 1
    visits.queues.failing[HERE] = Upstream("AWS broke off in the middle of the list")
    with pytest.raises(Upstream, match="broke off"):
        visits.run("second")
    assert visits.rows(region=NEAR) == {"a", "b", "c"}
    visits.queues.failing.clear()
    visits.run("third")
    assert visits.rows(region=NEAR) == {"a", "new"}


@pytest.mark.parametrize("spoke", [SpokeHealth.MISSING, SpokeHealth.REFUSED])
def test_a_missing_or_refused_spoke_role_is_the_state_of_every_scope_and_all_rows_stay(
    visits: Visits, spoke: SpokeHealth
) -> None:
    visits.run()
    visits.facts = FACTS.model_copy(update={"spoke": spoke, "entered": False, "reason": "not authorized to assume"})
    visits.queues.asked.clear()
    with pytest.raises(AccessDeniedByAws):
        visits.run("second")
    states = [visits.state(*scope) for scope in (("sqs_queue", HERE), ("sqs_queue", THERE), ("iam_user", FIRST))]
    assert {state.error for state in states} == {"not authorized to assume"}
    assert (visits.queues.asked, visits.rows()) == ([], {"a", "b", "c", "d"})


def test_a_suspended_account_is_not_asked_and_keeps_its_rows_without_any_right(estate: Estate) -> None:
    app = estate.create_role(FIRST, "app", {TAG: "engineers"})
    estate.begin()
    estate.sync(FIRST)
    suspended = Account(account_id=FIRST, name="payments-prod", status=AccountStatus.SUSPENDED)
    estate.container().inventory.accounts.put(suspended, estate.clock.now())
    estate.calls.clear()
    outcome = estate.sync(FIRST, "second")
    assert (outcome.status, estate.rows(FIRST), estate.rights("group:engineers")) == ("withdrawn", {app}, set())
    assert estate.calls.count("ListRoles", "AssumeRole") == 0


def test_names_with_unicode_and_paths_come_back_as_they_were(visits: Visits) -> None:
    names = ["Zürich/übung", "名前", "a b#c%2F"]
    visits.queues.names[HERE] = names
    visits.run()
    assert visits.rows(region=NEAR) == set(names)
    assert visits.run("second").written == 0


def test_a_visit_whose_time_is_up_goes_on_where_it_was_and_removes_only_at_the_end(visits: Visits) -> None:
    visits.estate.begin("first")
    visits.run("first")
    visits.estate.begin("run")
    visits.queues.names[HERE] = ["b", "c", "x", "y", "z"]
    # Asked at the start, before each scope and after each page: the time is up after the second page of the third scope.
    first = visits.run(seconds=[*[900] * 7, 10])
    assert (first.status, first.scopes, visits.rows(region=NEAR)) == ("running", 2, {"a", "b", "c", "x", "y"})
    told = visits.estate.container().inventory.refresh.runs.outcomes("run")[FIRST]
    assert (told.status, told.scopes) == ("running", 2)
    visits.estate.crash()
    second = visits.run()
    assert visits.queues.asked[-1] == (HERE, "4")
    assert (second.status, second.scopes, second.resources) == ("succeeded", 3, 7)
    assert (second.written, second.removed, visits.rows(region=NEAR)) == (3, 1, {"b", "c", "x", "y", "z"})


def test_scopes_that_there_was_no_time_to_begin_are_left_to_the_next_step(visits: Visits) -> None:
    visits.estate.begin("run")
    first = visits.run(seconds=[900, 900, 900, 10, 10])
    assert (first.status, first.scopes) == ("running", 1)
    second = visits.run()
    assert (second.status, second.scopes, second.resources) == ("succeeded", 3, 5)
    assert [scope for scope, _ in visits.queues.asked] == [THERE, HERE]


def test_a_listing_whose_place_aws_has_forgotten_begins_anew(visits: Visits) -> None:
    visits.estate.begin("run")
    visits.queues.names[HERE] = ["a", "b", "c", "d"]
    assert visits.run(seconds=[900, 900, 900, 900, 900, 900, 10]).status == "running"
    visits.queues.forgets = True
    outcome = visits.run()
    assert visits.queues.asked[-2:] == [(HERE, "2"), (HERE, "")]
    assert (outcome.status, visits.rows(region=NEAR)) == ("succeeded", {"a", "b", "c", "d"})


def test_a_step_always_begins_something_however_little_time_its_function_has(visits: Visits) -> None:
    assert visits.run(seconds=[60.0] * 100).status == "succeeded"


def test_two_runs_do_not_visit_an_account_at_once_and_a_run_lets_itself_in(visits: Visits) -> None:
    leases = visits.estate.container().inventory.refresh.visit_scopes._leases
    leases.take(FIRST, "other")
    with pytest.raises(Throttled, match="Another refresh is visiting"):
        visits.run()
    visits.estate.clock.advance(301)
    assert visits.run().status == "succeeded"
    leases.take(FIRST, "run")
    assert visits.run().status == "succeeded"


def test_a_visitor_whose_account_was_taken_over_stops(visits: Visits) -> None:
    taken: list[str] = []

    def time_left() -> float:
        if visits.queues.asked and not taken:
            # The first listing of queues is under way, the visitor sleeps too long, and another run comes.
            visits.estate.clock.advance(400)
            leases = visits.estate.container().inventory.refresh.visit_scopes._leases
            taken.append(leases.take(FIRST, "other").owner)
        return 900.0

    outcome = visits.account().run("run", FIRST, time_left)
    assert [scope for scope, _ in visits.queues.asked] == [THERE]
    assert (outcome.status, set(outcome.failures)) == ("partial", {f"sqs_queue {NEAR}"})
    assert "has taken over" in outcome.failures[f"sqs_queue {NEAR}"]
    with pytest.raises(Throttled, match="Another refresh is visiting"):
        visits.run("third")


def test_a_scheduled_run_lists_what_is_due_and_one_on_demand_everything_or_what_is_asked_for(visits: Visits) -> None:
    refresh = visits.estate.container().inventory.refresh
    visits.run("first")
    visits.estate.clock.advance(3600)
    refresh.begin.run("hourly", None, Wishes(due_only=True))
    visits.queues.asked.clear()
    assert (visits.run("hourly").scopes, visits.queues.asked) == (1, [])
    Scopes().mark_dirty("sqs_queue", THERE, visits.estate.clock.now())
    refresh.begin.run("next", None, Wishes(due_only=True))
    visits.run("next")
    assert [scope for scope, _ in visits.queues.asked] == [THERE]
    visits.estate.clock.advance(1)
    refresh.begin.run("asked", [FIRST], Wishes(types=("sqs_queue",)))
    assert visits.run("asked").scopes == 2
