"""Whether the audit log is what was written: `make verify-audit`. Exits 1 with each finding named, 2 when it could not be read.

A deployment is named by the environment, as for its functions (CONSOLEME_TABLE_PREFIX, CONSOLEME_AUDIT_BUCKET, CONSOLEME_AUDIT_KEY,
AWS_REGION, perhaps CONSOLEME_AWS_ENDPOINT_URL), with credentials that may read them; a laptop cloud by its URL.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from pydantic import ValidationError

from chalicelib.audit.findings import Position
from chalicelib.audit.seals import Seal, parsed
from chalicelib.audit.verify import Verification
from chalicelib.bootstrap import Container
from chalicelib.core.errors import AppError, NotFound

LAPTOP_PATH = "/local/verify_audit"
_LONGEST = 900
_PROGRESS = 288
"""Seals of a day."""


class UnreadableError(Exception):
    """The log or its seals could not be read; the message says why."""


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.verify_audit",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--since", default="", metavar="N", help="only what came after seal N, which is then believed")
    parser.add_argument("--laptop", default="", metavar="URL", help="of a laptop cloud that runs (make run)")
    given = parser.parse_args(arguments)
    try:
        found = on_laptop(given.laptop) if given.laptop else of_deployment(Container(), int(given.since or 0))
    except (AppError, UnreadableError) as error:
        print(f"could not be verified: {error}", file=sys.stderr)
        return 2
    tell(found)
    return 1 if found.findings else 0


def of_deployment(container: Container, since: int) -> Verification:
    """Raises NotFound for a seal that is not there, and what the stores raise."""
    return container.auditing.verify.run(_position(container, since), tell=_progress)


def _position(container: Container, number: int) -> Position | None:
    if not number:
        return None
    stored = container.auditing.archive.find(number)
    signed = parsed(stored.body) if stored else None
    if signed is None:
        raise NotFound(f"There is no seal {number} to begin after.")
    return Position(number=number, digest=signed.seal.digest)


def on_laptop(url: str) -> Verification:
    """Raises UnreadableError."""
    target = url.rstrip("/") + LAPTOP_PATH
    if not target.startswith(("http://127.0.0.1:", "http://localhost:", "http://[::1]:")):
        raise UnreadableError(f"{url} is no laptop cloud: it answers on this machine only, like http://127.0.0.1:8000.")
    request = Request(target, b"{}", {"Content-Type": "application/json"}, method="POST")  # noqa: S310 http on loopback
    try:
        with urlopen(request, timeout=_LONGEST) as answer:  # noqa: S310
            return Verification.model_validate_json(answer.read())
    except HTTPError as error:
        with error:
            said = json.loads(error.read() or b"{}")
        raise UnreadableError(f"the laptop cloud answered {error.code}: {said.get('message', '')}") from error
    except (URLError, ValidationError) as error:
        raise UnreadableError(f"the laptop cloud at {url} did not answer: {error}") from error


def _progress(seal: Seal) -> None:
    if seal.number % _PROGRESS == 0:
        print(f"... seal {seal.number}, of {_time(seal.sealed_at)}", flush=True)


def tell(found: Verification) -> None:
    last = f", the last of {_time(found.last_sealed_at)}" if found.last_sealed_at else ""
    counted = (_count(found.seals, "seal"), _count(found.chains, "chain"), _count(found.entries, "entry", "entries"))
    print(f"{counted[0]}{last}; {counted[1]} with {counted[2]}")
    for finding in found.findings:
        print(f"{finding.fault}: {finding.text}")
    if not found.findings:
        print("The audit log is what was written.")
    else:
        print(
            f"{len(found.findings)} finding{'' if len(found.findings) == 1 else 's'}: see docs/how-to/verify-the-audit-log.md"
        )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _time(moment: int | None) -> str:
    return datetime.fromtimestamp(moment or 0, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
