"""The workflows that refresh accounts, carry out requests, and take back what was given for a time."""

from collections.abc import Callable, Iterable

from chalicelib.aws.health import StackHealth
from chalicelib.checks.base import Check, Parts
from chalicelib.core.health import Health

_FIX = "Deploy the stack again: infra/app.yaml makes the state machines."


def checks(parts: Parts) -> Iterable[Check]:
    named = {
        "refresh": parts.settings.refresh_state_machine_arn,
        "request": parts.settings.request_state_machine_arn,
        "revoke": parts.settings.revoke_state_machine_arn,
    }
    return [
        Check(f"state_machine.{name}", f"Workflow {name}", _of(parts, name, arn), _FIX) for name, arn in named.items()
    ]


def _of(parts: Parts, name: str, arn: str) -> Callable[[], Health]:
    def look() -> Health:
        if not arn:
            variable = f"CONSOLEME_{name.upper()}_STATE_MACHINE_ARN"
            return Health.not_configured("No state machine is named.", f"The deployed stack sets {variable}.")
        state = StackHealth(parts.aws).state_machine(arn)
        return Health.ok("Active.") if state == "ACTIVE" else Health.failed(f"It is {state}.", _FIX)

    return look
