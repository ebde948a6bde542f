"""`make run`: the whole product on this machine, until Ctrl-C."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from typing import cast

from infra.local.cloud import LaptopCloud
from infra.local.declared import NotDeliverableError
from infra.local.first_run import refresh, sign_in_lines
from infra.local.gateway import PortTakenError
from infra.local.options import ROOT, BadOptionsError, Demo, Options
from infra.local.routes import RouteShapeError
from infra.local.states import StateMachineError

LOGS = ROOT / ".cache"
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)


def options(arguments: Sequence[str]) -> Options:
    """From the command line; an empty value is the same as none, so that `make` can hand on unset variables."""
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--port", default="", help="port of the page and the API (8000)")
    parser.add_argument("--config", default="", help="configuration file (YAML)")
    parser.add_argument("--people", default="", help='who can sign in: a JSON file, [{"email": ..., "groups": [...]}]')
    parser.add_argument("--plugins", default="", help="module paths of plugins in vendor/, with commas between")
    parser.add_argument("--aws-endpoint", default="", help="an embedded AWS that runs already, on this machine")
    parser.add_argument(
        "--step-functions", default="", choices=["", "embedded", "endpoint"], help="who runs the workflows (embedded)"
    )
    parser.add_argument(
        "--demo",
        default="",
        choices=["", "none", "small", "full"],
        help="the demo organisation (full, none with --config)",
    )
    given = parser.parse_args(arguments)
    if not (given.port or "8000").isdigit():
        raise BadOptionsError(f"PORT must be a number, not {given.port}.")
    standard_demo: Demo = "none" if given.config or given.aws_endpoint else "full"
    return Options(
        port=int(given.port or 8000),
        config=Path(given.config) if given.config else None,
        people=Path(given.people) if given.people else None,
        plugins=tuple(name.strip() for name in given.plugins.split(",") if name.strip()),
        aws_endpoint=given.aws_endpoint or None,
        step_functions=given.step_functions or "embedded",
        demo=cast("Demo", given.demo) or standard_demo,
    )


def main(arguments: Sequence[str]) -> int:
    for number in _INTERRUPTS:
        signal.signal(number, _interrupt)
    try:
        chosen = options(arguments)
        _say("Starting the laptop cloud ...")
        with LaptopCloud(chosen, log=LOGS / f"laptop-{chosen.port}.log") as cloud:
            _tell(cloud)
            Event().wait()
    except KeyboardInterrupt:
        _say("Stopped.")
    except (BadOptionsError, NotDeliverableError, PortTakenError, RouteShapeError, StateMachineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _interrupt(*_: object) -> None:
    """Wherever the program is, it ends by the way of an exception, which stops all that was started; only once."""
    for number in _INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _tell(cloud: LaptopCloud) -> None:
    _say("Refreshing the inventory for the first time ...")
    outcome = refresh(cloud)
    if outcome.status != "SUCCEEDED":
        _say(f"warning: the first refresh ended as {outcome.status}: {outcome.cause}")
    for line in sign_in_lines(cloud):
        _say(line)
    _say(f"AWS endpoint: {cloud.aws_endpoint}   log of the functions: {cloud.log}")
    _say(f"ConsoleMe is at {cloud.url}   (Ctrl-C stops it; all state is in memory and gone then)")


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
