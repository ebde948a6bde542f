"""The identity providers behind the sign-in methods."""

from collections.abc import Callable, Iterable

from chalicelib.checks.base import Check, Parts
from chalicelib.core.errors import AppError
from chalicelib.core.health import Health
from chalicelib.identity.methods.base import CheckedMethod, RedirectMethod, RequestMethod

_FIX = "Look at deployment.sign_in and deployment.sign_in_methods of the packaged configuration."


def checks(parts: Parts) -> Iterable[Check]:
    try:
        methods = parts.identity.sign_in.methods
    except AppError as error:
        refused = Health.failed(error.message, _FIX)
        return [Check("sign_in", "Sign-in", lambda: refused, _FIX)]
    if not methods:
        return [Check("sign_in", "Sign-in", _none, _FIX)]
    return [Check(f"sign_in.{method.name}", f"Sign-in: {method.name}", _of(method), _FIX) for method in methods]


def _none() -> Health:
    return Health.not_configured(
        "No sign-in method of ours is configured: people come in by a plugin's page, or not at all.", _FIX
    )


def _of(method: RedirectMethod | RequestMethod) -> Callable[[], Health]:
    if isinstance(method, CheckedMethod):
        return method.check
    return lambda: Health.ok("This method asks no provider that could be down.")
