"""The laptop's plugin: where a person who is not signed in is sent. Loaded by name in the functions, and never packaged."""

from chalicelib.plugins.hookspecs import hookimpl
from infra.local.people import page_url


@hookimpl
def sign_in_url(return_to: str) -> str:
    return page_url(return_to)
