"""Journey: an administrator edits who may use what. People have it, and lose it, without a refresh; each role says why."""

from typing import Any

import yaml

from infra.local.journeys import credential
from infra.local.journeys.refresh import ADMINISTRATOR
from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Visitor

_PATH = "/api/v2/dynamic_config"
_ROLE = "PlatformEngineer"
_GROUP = "group:payments-engineers"


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey: rights")
    ada, priya = stage.person(ADMINISTRATOR), stage.person(credential.EMAIL)
    before = _reasons(priya)
    _maps(stage, ada, priya, before)
    _takes_away(stage, ada, priya, before)
    _changes_the_tags(stage, ada, priya, before)


def _maps(stage: Stage, ada: Visitor, priya: Visitor, before: dict[str, list[str]]) -> None:
    story, arn = stage.story, _an_arn(ada)
    story.step(f"{ADMINISTRATOR} maps {arn} to {_GROUP}, for the console only: POST {_PATH}")
    document = _document(ada)
    mapped = document["authorization"]["group_mapping"].setdefault(_GROUP, {})
    mapped["console_only_roles"] = [arn]
    _save(ada, document, "payments engineers look at the platform")
    found = stage.wait(lambda: _gained(priya, before, arn), f"{credential.EMAIL} has {_ROLE}")
    story.saw(f"{credential.EMAIL} has it without a refresh: {'; '.join(found)}")
    refused = priya.post("/api/v1/get_credentials", {"requested_role": arn, "console_only": False})
    refused.expect(403)
    story.saw(f"as credentials: {refused.status} {refused.message}")
    page = ada.get(f"/api/v2/roles/{arn.split(':')[4]}/{_ROLE}").expect(200)
    for row in page["authorized"]:
        story.saw(f"{_ROLE} is held by {row['identity']} ({row['reason']}, {row['use']})")


def _takes_away(stage: Stage, ada: Visitor, priya: Visitor, before: dict[str, list[str]]) -> None:
    stage.story.step("She takes it out again")
    document = _document(ada)
    del document["authorization"]["group_mapping"][_GROUP]["console_only_roles"]
    _save(ada, document, "they have seen it")
    stage.story.same(f"the roles of {credential.EMAIL}, at the next request", _reasons(priya), before)


def _changes_the_tags(stage: Stage, ada: Visitor, priya: Visitor, before: dict[str, list[str]]) -> None:
    story = stage.story
    story.step("She lets another tag give rights, and then the one of before again")
    document = _document(ada)
    tags = document["authorization"]["role_tags"]
    kept, tags["authorized"] = tags["authorized"], ["access-for"]
    _save(ada, document, "another tag")
    by_tag = {name for name, reasons in _reasons(priya).items() if any(kept[0] in one.split() for one in reasons)}
    story.same("what the old tag still gives", by_tag, set())
    tags["authorized"] = kept
    _save(ada, document, "the old tag")
    stage.wait(lambda: _reasons(priya) == before or None, f"{credential.EMAIL} has her roles again")
    story.saw("her roles by tag were gone at once, and came back without a refresh")


def _document(ada: Visitor) -> Any:
    return yaml.safe_load(ada.get(_PATH).expect(200)["dynamicConfig"])


def _save(ada: Visitor, document: Any, comment: str) -> None:
    shown = ada.get(_PATH).expect(200)
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    ada.post(_PATH, {"new_config": text, "existing_sha256": shown["sha256"], "comment": comment}).expect(200)


def _an_arn(ada: Visitor) -> str:
    rows = ada.post("/api/v2/eligible_roles", {}).expect(200)["data"]
    return next(str(row["arn"]) for row in rows if row["arn"].endswith(f"/{_ROLE}"))


def _reasons(who: Visitor) -> dict[str, list[str]]:
    """By ARN: why they have it."""
    rows = who.post("/api/v2/eligible_roles", {"include_cli_only": True}).expect(200)["data"]
    return {row["arn"]: [f"{why['identity']} by {why['source']}" for why in row["whys"]] for row in rows}


def _gained(who: Visitor, before: dict[str, list[str]], arn: str) -> list[str] | None:
    found = _reasons(who)
    return found.get(arn) if found.keys() - before.keys() == {arn} else None
