"""Acme's own records. Here they are files of the package; at a real company this module would ask a service, with a time limit."""

import functools
import json
from importlib import resources
from typing import Any, TypedDict


class Person(TypedDict):
    name: str
    teams: list[str]
    left: bool


class Account(TypedDict, total=False):
    id: str
    name: str
    stage: str
    team: str
    closed: bool


@functools.cache
def _read(name: str) -> Any:
    return json.loads(resources.files("acme_consoleme").joinpath(name).read_text(encoding="utf-8"))


def people() -> dict[str, Person]:
    found: dict[str, Person] = _read("roster.json")["people"]
    return found


def on_call() -> frozenset[str]:
    return frozenset(_read("roster.json")["on_call"])


def accounts() -> list[Account]:
    found: list[Account] = _read("accounts.json")
    return found


def account(account_id: str) -> Account | None:
    return next((one for one in accounts() if one["id"] == account_id), None)
