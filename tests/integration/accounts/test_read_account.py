"""What an account tells of itself at a visit: whether we get in, its aliases and its regions, and what stands when AWS is silent."""

import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.accounts.facts import AccountFacts, SpokeHealth
from chalicelib.accounts.facts_store import FactsStore
from chalicelib.accounts.read_account import ACTIONS, ReadAccount
from chalicelib.aws.sessions import Sessions
from chalicelib.aws.spoke_read import SpokeReader
from chalicelib.core.deployment import Deployment, Hub
from chalicelib.core.errors import AccessDeniedByAws, Throttled, Upstream
from tests.support.aws import HUB, REGION
from tests.support.calls import Answer, AwsCalls, watched
from tests.support.clock import FrozenClock

HOURS = 3600
DEPLOYMENT = Deployment(administrators=("user:ada@example.com",), hub=Hub(account_id=HUB))
NOT_AUTHORIZED = "User: x is not authorized to perform: sts:AssumeRole on resource: y"
_numbers = count(700_000_000_000)


class Visitor:
    """Visits an account of its own."""

    def __init__(self, clock: FrozenClock, calls: AwsCalls) -> None:
        self.account_id = str(next(_numbers))
        self.clock = clock
        self.calls = calls
        self.store = FactsStore()
        calls.on("ListAccountAliases", lambda _, __: {"AccountAliases": ["payments"], "IsTruncated": False})
        self.regions("eu-west-1", "us-east-1")
        self.crashes()

    def crashes(self) -> None:
        """The next process remembers no role that was taken."""
        self._aws = Sessions(clock=self.clock, region=REGION, endpoint_url=None, states_endpoint_url=None)

    def regions(self, *names: str) -> None:
        self.calls.on("DescribeRegions", lambda _, __: {"Regions": [{"RegionName": name} for name in names]})

    def facts(self, *, later: int = 0, anew: bool = False) -> AccountFacts:
        self.clock.advance(later)
        self.calls.clear()
        readers = SpokeReader(self._aws, DEPLOYMENT)
        reading = ReadAccount(
            readers=readers, store=self.store, regions=("us-east-1", "us-west-2"), home=REGION, clock=self.clock
        )
        return reading.facts(self.account_id, anew=anew)

    def refuse(self, operation: str, code: str = "AccessDenied", message: str = NOT_AUTHORIZED) -> None:
        def rule(_: dict[str, Any], __: Answer) -> dict[str, Any]:
            raise ClientError({"Error": {"Code": code, "Message": message}}, operation)

        self.calls.on(operation, rule)
        self.crashes()

    def let(self, operation: str) -> None:
        del self.calls.rules[operation]


@pytest.fixture
def visitor(tables: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
    with watched(monkeypatch) as calls:
        # Beginning today: the embedded STS ends its credentials by the real time.
        yield Visitor(FrozenClock(int(time.time())), calls)


def test_an_account_tells_its_aliases_and_the_regions_it_has_enabled(visitor: Visitor) -> None:
    facts = visitor.facts()
    assert facts == AccountFacts(
        account_id=visitor.account_id,
        spoke=SpokeHealth.OK,
        entered=True,
        aliases=("payments",),
        regions=("eu-west-1", "us-east-1"),
        regions_known=True,
        checked_at=visitor.clock.now(),
    )
    assert visitor.store.find(visitor.account_id) == visitor.store.all()[visitor.account_id] == facts


def test_only_what_the_spokes_role_is_given_for_it_is_asked(visitor: Visitor) -> None:
    visitor.facts()
    asked = {name for name, _ in visitor.calls.seen} - {"AssumeRole", "GetItem", "UpdateItem", "DescribeTable"}
    assert asked == {action.partition(":")[2] for action in ACTIONS}


def test_a_visit_within_six_hours_only_takes_the_role_and_writes_nothing(visitor: Visitor) -> None:
    before = visitor.facts()
    assert visitor.facts(later=6 * HOURS - 1) == before
    assert visitor.calls.count("AssumeRole") == 1
    assert visitor.calls.count("ListAccountAliases", "DescribeRegions", "UpdateItem") == 0
    assert visitor.facts(later=1).checked_at == visitor.clock.now()
    assert visitor.calls.count("ListAccountAliases", "DescribeRegions", "UpdateItem") == 3


def test_all_of_it_is_asked_again_when_somebody_wants_it_anew(visitor: Visitor) -> None:
    visitor.facts()
    visitor.regions("us-east-1")
    assert visitor.facts(later=1).regions == ("eu-west-1", "us-east-1")
    assert visitor.facts(anew=True).regions == ("us-east-1",)


@pytest.mark.parametrize(
    ("message", "health"),
    [
        pytest.param(NOT_AUTHORIZED, SpokeHealth.MISSING, id="no role, or one that does not trust us"),
        pytest.param(
            f"{NOT_AUTHORIZED} with an explicit deny in a service control policy", SpokeHealth.REFUSED, id="an SCP"
        ),
        pytest.param(
            f"{NOT_AUTHORIZED} because no identity-based policy allows the sts:AssumeRole action",
            SpokeHealth.REFUSED,
            id="our own policy",
        ),
    ],
)
def test_a_role_that_cannot_be_taken_is_an_answer_with_aws_own_reason(
    visitor: Visitor, message: str, health: SpokeHealth
) -> None:
    visitor.refuse("AssumeRole", message=message)
    facts = visitor.facts()
    assert (facts.spoke, facts.entered, facts.regions) == (health, False, ("us-east-1", "us-west-2"))
    with pytest.raises(AccessDeniedByAws, match="not authorized") as refusal:
        facts.require()
    assert refusal.value.reason == f"spoke_{health}"


def test_what_was_known_stands_while_nobody_gets_in_and_the_change_is_noted_once(visitor: Visitor) -> None:
    known = visitor.facts()
    visitor.refuse("AssumeRole")
    lost = visitor.facts(later=HOURS)
    assert (lost.aliases, lost.regions, lost.regions_known) == (known.aliases, known.regions, True)
    assert visitor.store.find(visitor.account_id) == lost
    assert visitor.facts(later=HOURS).checked_at == lost.checked_at
    assert visitor.calls.count("UpdateItem") == 0
    visitor.let("AssumeRole")
    assert visitor.facts(later=HOURS).spoke is SpokeHealth.OK


def test_a_role_that_was_taken_and_may_ask_nothing_is_refused_and_yet_entered(visitor: Visitor) -> None:
    visitor.refuse("DescribeRegions", "UnauthorizedOperation", "You are not authorized to perform this operation.")
    facts = visitor.facts()
    assert (facts.spoke, facts.entered, facts.aliases) == (SpokeHealth.REFUSED, True, ("payments",))
    assert (facts.regions, facts.regions_known) == (("us-east-1", "us-west-2"), False)
    facts.require()
    visitor.regions("eu-west-1")
    assert visitor.facts(later=1).spoke is SpokeHealth.OK


@pytest.mark.parametrize("operation", ["ListAccountAliases", "DescribeRegions"])
@pytest.mark.parametrize("code", ["Throttling", "InternalError"])
def test_what_aws_leaves_open_stays_as_it_was_and_is_asked_again_by_the_next_visit(
    visitor: Visitor, operation: str, code: str
) -> None:
    known = visitor.facts()
    visitor.refuse(operation, code)
    assert visitor.facts(later=7 * HOURS) == known
    visitor.let(operation)
    visitor.regions("us-east-1")
    visitor.calls.on("ListAccountAliases", lambda _, __: {"AccountAliases": [], "IsTruncated": False})
    facts = visitor.facts(later=1)
    assert (facts.aliases, facts.regions, facts.checked_at) == ((), ("us-east-1",), visitor.clock.now())


def test_an_answer_that_names_no_region_is_not_believed(visitor: Visitor) -> None:
    visitor.regions()
    facts = visitor.facts()
    assert (facts.spoke, facts.regions, facts.regions_known) == (SpokeHealth.OK, ("us-east-1", "us-west-2"), False)


@pytest.mark.parametrize(("code", "error"), [("Throttling", Throttled), ("InternalFailure", Upstream)])
def test_aws_that_does_not_say_whether_we_get_in_changes_nothing(
    visitor: Visitor, code: str, error: type[Upstream]
) -> None:
    known = visitor.facts()
    visitor.refuse("AssumeRole", code)
    with pytest.raises(error):
        visitor.facts(later=7 * HOURS)
    assert visitor.store.find(visitor.account_id) == known


def test_an_older_look_never_replaces_a_newer_one(visitor: Visitor) -> None:
    newer = visitor.facts()
    assert not visitor.store.put(newer.model_copy(update={"aliases": (), "checked_at": newer.checked_at - 1}))
    assert visitor.store.find(visitor.account_id) == newer
