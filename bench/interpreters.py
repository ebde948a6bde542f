"""Fresh interpreters: each measurement of a start needs a process that has loaded nothing."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SECONDS_LIMIT = 300


class BenchError(RuntimeError):
    """A measured process failed; the message holds what it said."""


def run(
    module: str, *arguments: str, environment: Mapping[str, str], payload: Any = None, limit: int = SECONDS_LIMIT
) -> Any:
    """What `python -m module` prints as the last line of JSON, given the payload as JSON. Raises BenchError."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        input=json.dumps(payload),
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=dict(environment),
        timeout=limit,
    )
    if done.returncode:
        raise BenchError(f"{module} {' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def percentile(values: Sequence[float], percent: int) -> float:
    """The smallest value that `percent` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
