"""Random tags, mappings, grants, names, sessions, removals, crashes and moves of the clock against a small model: nobody gets a credential
without a reason that is alive, and the reasons are the model's.

While messages wait, what somebody has is never more than some state since the queue was last empty gives, under the configuration that is
in force now; once they are delivered, it is exactly the model's.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.access.grants import TimedGrant
from chalicelib.access.issue_credentials import CredentialBroker
from chalicelib.access.wishes import Wish
from chalicelib.core.errors import AppError, Forbidden, InvalidInput, NotAuthenticated, NotFound
from chalicelib.core.principals import Caller, PrincipalKind
from chalicelib.core.roles import Use
from chalicelib.identity.directory.models import SIGN_IN
from chalicelib.tasks.runtime import QueueRecord
from tests.support.brokering import FakeSts
from tests.support.builders import ACCOUNT, HUB, allow, role_arn, trust_policy
from tests.support.calls import AwsCalls, watched
from tests.support.rights_model import CLI, TAG, TEAM, Claim, Config, Name, Reasons, Role, Told, reasons
from tests.support.rights_world import RightsWorld, record, rights_world

OTHER = "333333333333"
ACCOUNTS = (ACCOUNT, OTHER)
USERS, GROUPS = ("ada", "ben", "ops"), ("ops", "dev", "team")
IDENTITIES = tuple(f"user:{user}" for user in USERS) + tuple(f"group:{group}" for group in GROUPS)
NAMES: tuple[Name, ...] = (
    *((None, name) for name in ("ada", "ops", "dev")),
    *(("user", name) for name in USERS),
    *(("group", name) for name in GROUPS),
)
ARNS = tuple(role_arn(f"r{number}", account) for account in ACCOUNTS for number in range(3))
SOURCES = ("request 1", "request 2")
MINUTE, HOUR, DAY = 60, 3600, 86_400


class Run:
    """One world, one model, and dice."""

    def __init__(self, world: RightsWorld, calls: AwsCalls, seed: int) -> None:
        self.world = world
        self.calls = calls
        self.dice = random.Random(seed)  # noqa: S311 dice, not secrets
        self.told = Told()
        self.since: list[Told] = [self.told.copy()]
        self.config = Config()
        self.waiting: list[QueueRecord] = []
        self.delivered: list[QueueRecord] = []
        self.sessions: dict[str, tuple[Caller, set[str]]] = {}
        self.issued = 0
        self.slow = world.worker()
        self.log: list[str] = []
        for account in ACCOUNTS:
            world.put_role("filler", account)
            world.worker().inventory.accounts.put(_account(account), world.clock.now())
        self.save(self.config)
        self.drain()

    # What happens.

    def step(self) -> None:
        actions: list[tuple[int, Callable[[], None]]] = [
            (14, self.change_role),
            (13, self.visit),
            (8, self.change_mapping),
            (5, self.change_rules),
            (12, self.put_grant),
            (3, self.drop_grant),
            (8, self.sign_in),
            (2, self.end_session),
            (3, self.narrow),
            (4, self.change_name),
            (12, self.move_clock),
            (12, self.deliver_some),
            (2, self.begin_slowly),
        ]
        (action,) = self.dice.choices([one for _, one in actions], [weight for weight, _ in actions])
        self.log.append(action.__name__)
        action()
        if self.dice.random() < 0.3:
            self.drain()
        self.check()

    def note(self) -> None:
        """Whatever was told may count from now on, and what was told before until it is delivered."""
        self.since.append(self.told.copy())

    def change_role(self) -> None:
        arn = self.dice.choice(ARNS)
        roles = self.world.iam.roles
        if arn in roles and self.dice.random() < 0.3:
            del roles[arn]
            return
        keys = self.dice.sample([TAG, TEAM, CLI], self.dice.randint(0, 2))
        tags = {key: tuple(self.dice.sample(NAMES, self.dice.randint(1, 3))) for key in keys}
        role = Role(arn, arn.split(":")[4], tags, trusting=self.dice.random() < 0.8)
        who = {"AWS": HUB.api_role_arn if role.trusting else "arn:aws:iam::999999999999:root"}
        trust = trust_policy(allow("sts:*", principal=who))
        roles[arn] = record(arn.rpartition("/")[2], role.written(), role.account, trust_policy=trust)
        self.known[arn] = role

    @property
    def known(self) -> dict[str, Role]:
        found: dict[str, Role] = self.__dict__.setdefault("_known", {})
        return found

    def visit(self) -> None:
        account = self.dice.choice(ACCOUNTS)
        self.world.sync(account, by=self.dice.choice([None, self.slow]))
        self.world.freshen(account)
        seen = {
            arn: role for arn, role in self.known.items() if role.account == account and arn in self.world.iam.roles
        }
        self.told.forget_gone(account, seen)
        self.told.roles |= seen
        self.told.synced[account] = self.world.clock.now()
        self.note()

    def begin_slowly(self) -> None:
        """A function begins that will run for a while, by the configuration that it finds."""
        self.slow = self.world.process()()

    def change_mapping(self) -> None:
        mapping = dict(self.config.mapping)
        for _ in range(self.dice.randint(1, 3)):
            key = (self.dice.choice(IDENTITIES), self.dice.choice(ARNS))
            if key in mapping and self.dice.random() < 0.6:
                del mapping[key]
            else:
                mapping[key] = self.dice.choice(list(Use)).value
        self.save(replace(self.config, mapping=mapping))

    def change_rules(self) -> None:
        choices: list[dict[str, Any]] = [
            {"keys": {TAG: "both", CLI: "cli_only"}},
            {"keys": {TAG: "both", TEAM: "console_only"}},
            {"keys": {TEAM: "both", TAG: "cli_only"}},
            {"colon": not self.config.colon},
            {"required": not self.config.required},
            {"max_age": self.dice.choice([HOUR, DAY])},
        ]
        self.save(replace(self.config, **self.dice.choice(choices)))

    def save(self, config: Config) -> None:
        if config == self.config and self.log:
            return
        self.world.save(authorization=config.section(HUB.api_role_arn), credentials={"attempts_per_minute": 1_000_000})
        self.config = self.told.config = config
        self.note()

    def put_grant(self) -> None:
        present = [f"user:{who.user}" for who, _ in self.sessions.values()]
        identity, source = self.dice.choice([*present * 3, *IDENTITIES]), self.dice.choice(SOURCES)
        arn, now = self.dice.choice([*list(self.told.roles) * 3, *ARNS]), self.world.clock.now()
        begins = self.dice.choice([None, None, now + HOUR])
        ends = self.dice.choice([None, now + HOUR, now + 2 * HOUR])
        use = self.dice.choice(list(Use))
        role = self.told.roles.get(arn)
        late = ends is not None and ends <= (begins or now)
        refused = late or role is None or (self.config.required and not role.trusting)
        grant = TimedGrant(identity, arn, source, begins, ends, use)
        try:
            self.world.api().access.grants.put_grant(grant)
        except (InvalidInput, NotFound, Forbidden):
            assert refused, grant
            return
        assert not refused, grant
        self.told.grants[identity, arn, source] = Claim(
            identity, arn, f"grant {source}", use.value, False, begins, ends
        )
        self.note()

    def drop_grant(self) -> None:
        key = self.dice.choice([*self.told.grants, (self.dice.choice(IDENTITIES), self.dice.choice(ARNS), SOURCES[0])])
        self.world.drop_grant(*key)
        self.told.grants.pop(key, None)
        self.note()

    def sign_in(self) -> None:
        if len(self.sessions) > 4:
            self.end_session()
        user, groups = self.dice.choice(USERS), self.dice.sample(GROUPS, self.dice.randint(0, 2))
        try:
            who = self.world.person(user, *groups)
            self.sessions[who.session_id] = (who, set(groups))
        except Forbidden:
            # Its name, or a group's, has only just come to mean two.
            assert self.world.worker().identity.people.knows([user, *groups])
        self.look_at_names()

    def end_session(self) -> None:
        if self.sessions:
            session_id = self.dice.choice(list(self.sessions))
            self.world.api().identity.sessions.end(session_id)

    def narrow(self) -> None:
        user, kept = self.dice.choice(USERS), set(self.dice.sample(GROUPS, 1))
        self.world.api().identity.sessions.narrow(user, frozenset(kept))
        for who, groups in self.sessions.values():
            if who.user == user:
                groups.intersection_update(kept)

    def change_name(self) -> None:
        name, kind = self.dice.choice(["ada", "ops", "dev"]), self.dice.choice(list(PrincipalKind))
        names = self.world.api().identity.people.names
        (names.drop if self.dice.random() < 0.6 else names.add)(name, kind, SIGN_IN)
        self.look_at_names()

    def look_at_names(self) -> None:
        kinds = self.world.api().identity.people.knows({*USERS, *GROUPS})
        self.told.ambiguous = frozenset(name for name, found in kinds.items() if found.ambiguous)
        self.note()

    def move_clock(self) -> None:
        self.world.clock.advance(self.dice.choice([1, MINUTE, HOUR // 2, HOUR // 2, HOUR, 7 * HOUR]))

    # What is delivered.

    def deliver_some(self) -> None:
        """Some groups, each in order; some messages twice, some refused by the database."""
        self.waiting += self.world.waiting()
        groups = list(dict.fromkeys(one.group for one in self.waiting))
        chosen = set(self.dice.sample(groups, self.dice.randint(0, len(groups))))
        batch = [one for one in self.waiting if one.group in chosen]
        if self.dice.random() < 0.25:
            self.calls.refuse("TransactWriteItems", "ThrottlingException", after=self.dice.randint(0, 2))
        failed = set(self.world.worker().access.update_map.take(batch))
        self.calls.rules.clear()
        done = {one.message_id for one in batch} - failed
        self.waiting = [one for one in self.waiting if one.message_id not in done]
        self.delivered += [one for one in batch if one.message_id in done]
        # Old ones come again, as when somebody empties a dead-letter queue.
        again = self.dice.sample(self.delivered, min(self.dice.randint(0, 3), len(self.delivered)))
        assert self.world.worker().access.update_map.take(again) == ()

    def drain(self) -> None:
        while True:
            self.waiting += self.world.waiting()
            if not self.waiting:
                break
            assert self.world.worker().access.update_map.take(self.waiting) == ()
            self.delivered += self.waiting
            self.waiting = []
        self.since = [self.told.copy()]

    # What must hold.

    @property
    def drained(self) -> bool:
        return not self.waiting and len(self.since) == 1

    def check(self, sessions: int = 1) -> None:
        for session_id in self.dice.sample(list(self.sessions), min(sessions, len(self.sessions))):
            self.check_session(session_id)

    def check_session(self, session_id: str) -> None:
        who, groups = self.sessions[session_id]
        try:
            found = self.world.of(who)
        except NotAuthenticated:
            assert self.world.api().identity.session_store.find(session_id) is None
            del self.sessions[session_id]
            return
        mine = [f"user:{who.user}", *(f"group:{group}" for group in groups)]
        now = self.world.clock.now()
        allowed = reasons(self.since, self.config, mine, now)
        actual: Reasons = {
            role.arn: {(one.identity, one.source, one.use.value, one.until) for one in role.reasons}
            for role in found.roles
        }
        if self.drained:
            assert actual == allowed, self.story()
        assert all(those <= allowed.get(arn, set()) for arn, those in actual.items()), self.story()
        if self.dice.random() < 0.3:
            self.check_credential(who, self.dice.choice(ARNS), allowed, actual)

    def check_credential(self, who: Caller, arn: str, allowed: Reasons, actual: Reasons) -> None:
        def usable(found: Reasons) -> bool:
            uses = {use for _, _, use, _ in found.get(arn, ())}
            return bool(uses) and uses != {"console_only"}

        try:
            issued = self.broker().issue(who, Wish(search=arn))
        except AppError:
            assert not usable(actual), self.story()
            return
        self.issued += 1
        assert issued.role_arn == arn
        assert usable(allowed), self.story()
        ends = [end for _, _, _, end in actual[arn]]
        if ends and None not in ends:
            assert issued.expiration <= max(end for end in ends if end is not None)

    def broker(self) -> CredentialBroker:
        found = self.world.api().access.broker
        found._aws = FakeSts(self.world.clock)
        return found

    def story(self) -> str:
        return f"after {len(self.log)} steps: {' '.join(self.log[-40:])}"


def _account(account: str) -> Any:
    from chalicelib.accounts.models import Account

    return Account(account_id=account, name=account)


@pytest.fixture
def begun(tables: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[int], Run]]:
    with rights_world(monkeypatch, tmp_path) as world, watched(monkeypatch) as calls:
        yield lambda seed: Run(world, calls, seed)


def test_nobody_gets_a_credential_without_a_reason_that_is_alive(begun: Callable[[int], Run]) -> None:
    run = begun(1)
    for _ in range(500):
        run.step()
    run.drain()
    run.check(9)
    assert run.issued > 10


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_nobody_gets_one_in_a_long_life_either(begun: Callable[[int], Run], seed: int) -> None:
    run = begun(seed)
    for _ in range(1000):
        run.step()
    run.drain()
    run.check(9)
    assert run.issued > 20
