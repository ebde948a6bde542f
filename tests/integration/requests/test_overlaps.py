"""Several requests keep the same policy in place, each until its own end: it is there exactly while one of them lives."""

import random
from dataclasses import dataclass, field

import pytest

from tests.support.request_world import ADA, BO, EVE, ZOE, World, body, document, wish

MINUTE = 60
MOVES = 9


@dataclass
class Grants:
    """What should be, kept beside what is."""

    shop: World
    random: random.Random
    asked: dict[str, int] = field(default_factory=dict)
    """Requests that wait for a decision, and until when each would be."""
    living: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def ask(self) -> None:
        until = self.shop.clock.now() + self.random.randint(1, 6) * MINUTE
        request_id = self.shop.requested(self.random.choice([EVE, ZOE]), body(wish(document(), until=until)))
        self.asked[request_id] = until
        self.log.append(f"ask {request_id[:4]} until {until}")

    def approve(self) -> None:
        if not self.asked:
            return
        request_id = self.random.choice(sorted(self.asked))
        until, now = self.asked.pop(request_id), self.shop.clock.now()
        approver = self.random.choice([ADA, BO])
        self.shop.sign_in(approver)
        self.shop.order(approver, request_id, "approve_request", **self.shop.shown(request_id))
        self.shop.workflows.run()
        self.log.append(f"approve {request_id[:4]} at {now}: {self.shop.state(request_id)}")
        if until > now:
            assert self.shop.state(request_id) == "applied", self.log
            self.living[request_id] = until
        else:
            assert self.shop.state(request_id) == "failed", self.log

    def wait(self) -> None:
        """A minute at most, as the task `due` runs."""
        self.shop.tick(self.random.randint(1, MINUTE))
        now = self.shop.clock.now()
        ended = [request_id for request_id, until in self.living.items() if until <= now]
        for request_id in ended:
            del self.living[request_id]
            assert self.shop.state(request_id) == "ended", (request_id, self.log)
        self.log.append(f"wait until {now}")

    def end(self) -> None:
        if not self.living:
            return
        request_id = self.random.choice(sorted(self.living))
        self.shop.order(EVE if self.shop.find(request_id).head.requester == EVE else ZOE, request_id, "end_request")
        self.shop.workflows.run()
        del self.living[request_id]
        self.log.append(f"end {request_id[:4]}: {self.shop.state(request_id)}")

    def check(self) -> None:
        there = self.shop.policies() == {"export": document()}
        assert there == bool(self.living), (self.living, self.log)


def walk(shop: World, seed: int) -> None:
    shop.begin_anew()
    grants = Grants(shop, random.Random(seed))  # noqa: S311 repeatable, nothing is secret
    for _ in range(MOVES):
        grants.random.choice([grants.ask, grants.approve, grants.approve, grants.wait, grants.wait, grants.end])()
        if any(until <= shop.clock.now() for until in grants.living.values()):
            grants.wait()
        grants.check()
    while grants.living:
        grants.wait()
        grants.check()
    assert shop.policies() == {}


@pytest.mark.parametrize("seed", range(6))
def test_a_policy_is_there_exactly_while_somebody_keeps_it(shop: World, seed: int) -> None:
    walk(shop, seed)


@pytest.mark.long
def test_a_policy_is_there_exactly_while_somebody_keeps_it_in_a_thousand_interleavings(shop: World) -> None:
    for seed in range(1_000, 2_000):
        walk(shop, seed)
