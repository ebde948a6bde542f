"""Who may use what, session check included: people with many groups, and one with many roles in a large map."""

from dataclasses import dataclass

from bench.ground import HUB, Ground
from bench.interpreters import percentile, run
from bench.requests import Amount, Requests, figures_of, waves
from bench.tables import Table
from infra.local.declared import API

_WARM_UP = 10
_PATH = "/api/v2/get_roles"


@dataclass(frozen=True)
class Map:
    """`sizes` is the number of roles of each group; the person is in the first `mine` of them."""

    name: str
    sizes: tuple[int, ...]
    mine: int

    def group(self, number: int) -> str:
        return f"{self.name.split()[0]}-{number:03d}"


FULL = (
    Map("98 groups, 1,960 roles", (20,) * 98, 98),
    Map("200 groups, 2,000 roles", (10,) * 200, 200),
    Map("2,000 roles of a map of 100,000", (2_000,) * 50, 1),
    Map("20,000 roles of one group", (20_000,), 1),
)
QUICK = (Map("98 groups, 98 roles", (1,) * 98, 98), Map("200 groups, 200 roles", (1,) * 200, 200))


def table(ground: Ground, requests: Requests, amount: Amount) -> Table:
    full = amount.large_calls > 0
    found = Table(
        f"Roles of a person, session check included (GET {_PATH}, {amount.calls if full else 1} each)",
        ("person", "p50", "p95", "p50 without AWS", "round trips", "waves"),
        note="Round trips that are under way together are one wave. AWS is embedded here, and answers one call after the other.",
    )
    for made in FULL if full else QUICK:
        groups = [{"name": made.group(number), "roles": size} for number, size in enumerate(made.sizes)]
        person = {"user": made.name.replace(" ", "-"), "groups": [made.group(number) for number in range(made.mine)]}
        payload = {"account": HUB, "groups": groups, "people": [person]}
        cookies = run("bench.granted", environment=ground.environment, payload=payload)
        event = ground.event("GET", _PATH, {"Cookie": cookies[person["user"]]})
        calls = max(3, amount.calls if sum(made.sizes[: made.mine]) <= 2_000 else amount.large_calls)
        seen = requests.called(API, [event] * (_WARM_UP + calls), watched=True)["calls"][_WARM_UP:]
        counted = percentile([len(waves(call["aws"])) for call in seen], 50)
        found.rows.append((made.name, *figures_of(seen), str(int(counted))))
    return found
