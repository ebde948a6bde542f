"""`make bench` works; how long anything takes is asserted nowhere."""

import subprocess
import sys
from pathlib import Path

import pytest

from bench.interpreters import BenchError, percentile, run
from bench.requests import waves
from bench.tables import Table

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def printed() -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--quick"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "title",
    [
        "Import of each entry point in a fresh interpreter",
        "First authenticated request of a fresh process",
        "Warm requests of a person with 300 roles",
        "One changed role of a group",
        "Roles of a person, session check included",
        "The table of 20 requests",
        "A request (POST /api/v2/request",
        "Refresh of an account with 20 roles",
        "Refresh of 3 accounts with 5 roles each",
    ],
)
def test_every_table_is_printed(printed: str, title: str) -> None:
    assert title in printed


def test_round_trips_are_counted_and_are_those_that_were_promised(printed: str) -> None:
    _, warm = printed.split("Warm requests")
    assert "1: TransactGetItems" in warm
    assert "4: TransactGetItems, UpdateItem, AssumeRole, PutItem" in warm


def test_the_roles_of_somebody_with_many_groups_take_one_wave_of_round_trips(printed: str) -> None:
    rows = printed.partition("Roles of a person")[2].splitlines()
    many = {row.partition(" groups")[0]: row.split() for row in rows if " groups, " in row}
    assert {groups.strip(): row[-1] for groups, row in many.items()} == {"98": "1", "200": "1"}


def test_a_first_page_of_requests_is_one_round_trip_and_any_other_two_at_most(printed: str) -> None:
    """Beside the session's, and in a new process beside those of the configuration and of the session's key."""
    rows = printed.partition("The table of 20 requests")[2].partition("One round trip")[0]
    assert "4: GetItem, GetSecretValue, GetItem, Query " in rows
    assert rows.count("5: GetItem, GetSecretValue, GetItem, GET digest-1.json.gz, Query ") == 1
    assert rows.count("2: GetItem, Query") == 2


def test_submitting_takes_six_round_trips_beside_those_of_the_validations(printed: str) -> None:
    rows = printed.partition("A request (POST /api/v2/request")[2].splitlines()
    (warm,) = (row.rpartition("  ")[2] for row in rows if row.startswith("one inline policy"))
    validations = {"GetRole", "ListRolePolicies"}
    own = [call for call in warm.partition(": ")[2].split(", ") if call not in validations]
    assert len(own) <= 6, own


def test_a_refresh_of_what_did_not_change_writes_no_resource_and_asks_iam_four_times_at_most(printed: str) -> None:
    rows = printed.partition("Refresh of an account")[2].partition("Refresh of 3 accounts")[0].splitlines()
    found = {row.partition("  ")[0]: row.split()[-5:] for row in rows}
    assert [found[name][0] for name in ("first refresh", "unchanged", "one role changed")] == ["20", "0", "1"]
    assert all(int(found[name][1]) <= 4 for name in ("first refresh", "unchanged", "one role changed"))


def test_calls_that_are_under_way_together_are_one_wave() -> None:
    calls = [{"began": began, "ended": ended} for began, ended in ((0, 2), (1, 4), (4, 5), (3, 4), (6, 7))]
    assert waves(calls) == [(0, 4), (4, 5), (6, 7)]


def test_every_function_is_in_the_table_of_imports_and_loads_nothing_heavy(printed: str) -> None:
    imports = printed.split("The bare packages are", maxsplit=1)[0].splitlines()
    rows = [line for line in imports if " app " in line or "chalicelib.tasks." in line]
    tasks = {path.stem for path in (ROOT / "chalicelib" / "tasks").glob("[!_]*.py")} - {"runtime"}
    assert {row.split()[0] for row in rows} == tasks | {"api_handler"}
    assert all(row.endswith("none") for row in rows), imports


def test_a_measured_process_that_fails_stops_the_bench() -> None:
    with pytest.raises(BenchError, match="No module named 'absent'"):
        run("bench.loaded", "absent", environment={"PATH": ""})


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (95, 10), (1, 1), (100, 10)])
def test_a_percentile_is_a_measured_value(percent: int, value: int) -> None:
    assert percentile(range(10, 0, -1), percent) == value


def test_figures_stand_at_the_right_and_words_at_the_left() -> None:
    table = Table("Title", ("name", "figure"), [("a", "1"), ("bc", "22.0 ms")], note="Note.")
    assert table.text().splitlines() == [
        "Title",
        "",
        "name  figure",
        "----  -------",
        "a           1",
        "bc    22.0 ms",
        "",
        "Note.",
    ]
