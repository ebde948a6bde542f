"""Changes and their events in any order, some twice, some late: in the end the inventory is what IAM is."""

import json
from random import Random

import pytest

from tests.integration.inventory.events.conftest import Known
from tests.support.estate import FIRST, TAG, TRUST
from tests.support.trail import envelope, record

NAMES = ("one", "two")
GROUPS = ("red", "green", "blue")


class Life:
    """Roles that somebody creates, tags, untags and deletes; each call leaves an event that somebody may deliver when they like."""

    def __init__(self, known: Known, random: Random) -> None:
        self.known = known
        self.random = random
        self.alive: dict[str, str | None] = {}
        self.waiting: list[str] = []
        self.delivered: list[str] = []
        self.names = [f"{known.name}-{name}" for name in NAMES]

    def arn(self, name: str) -> str:
        return f"arn:aws:iam::{FIRST}:role/some/path/{name}"

    def group(self, colour: str) -> str:
        return f"{self.known.name}-{colour}"

    def change(self) -> None:
        name = self.random.choice(self.names)
        iam = self.known.estate.iam(FIRST)
        if name not in self.alive:
            call = "CreateRole"
            iam.create_role(RoleName=name, Path="/some/path/", AssumeRolePolicyDocument=json.dumps(TRUST))
            self.alive[name] = None
        elif (choice := self.random.random()) < 0.25:
            call = "DeleteRole"
            iam.delete_role(RoleName=name)
            del self.alive[name]
        elif choice < 0.4:
            call = "UntagRole"
            iam.untag_role(RoleName=name, TagKeys=[TAG])
            self.alive[name] = None
        else:
            call, colour = "TagRole", self.random.choice(GROUPS)
            iam.tag_role(RoleName=name, Tags=[{"Key": TAG, "Value": self.group(colour)}])
            self.alive[name] = colour
        number = f"{self.known.name}-{len(self.waiting) + len(self.delivered)}-{self.random.random()}"
        self.waiting.append(envelope(record(call, {"roleName": name}, requestID=number)))

    def deliver(self, most: int) -> None:
        """Some of those that wait, and now and then one that came before."""
        self.random.shuffle(self.waiting)
        batch, self.waiting = self.waiting[:most], self.waiting[most:]
        self.delivered += batch
        again = self.random.sample(self.delivered, min(2, len(self.delivered)))
        assert self.known.told(*batch, *again) == ()

    def is_as_iam_is(self) -> None:
        estate = self.known.estate
        rows = {arn for arn in estate.rows(FIRST) if "/some/path/" in arn and self.known.name in arn}
        assert rows == {self.arn(name) for name in self.alive}
        for colour in GROUPS:
            held = {self.arn(name) for name, has in self.alive.items() if has == colour}
            assert estate.rights(f"group:{self.group(colour)}") == held


def live(known: Known, seed: int, steps: int) -> None:
    life = Life(known, Random(seed))  # noqa: S311 no secret hangs on it
    for _ in range(steps):
        life.change()
        if life.random.random() < 0.5:
            life.deliver(life.random.randint(1, 3))
    while life.waiting:
        life.deliver(3)
    life.is_as_iam_is()


@pytest.mark.parametrize("seed", [1, 2])
def test_in_the_end_the_inventory_is_what_iam_is(known: Known, seed: int) -> None:
    live(known, seed, steps=8)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(15))
def test_in_the_end_the_inventory_is_what_iam_is_for_many_lives(known: Known, seed: int) -> None:
    live(known, 1000 + seed, steps=25)
