"""The hooks: each finds Acme's answer in a module of its own kind. `CONSOLEME_PLUGINS=acme_consoleme.plugin` names this module."""

import os
from collections.abc import Iterator
from urllib.parse import quote

from acme_consoleme import badges, chat, data, numbers, rules
from chalicelib.core.arn import Arn
from chalicelib.core.configuration_hooks import Effect, Finding, Guard, Sections
from chalicelib.core.decisions import Decision, Permission
from chalicelib.core.directory import DirectoryGroup, DirectorySource, DirectoryUser
from chalicelib.core.errors import Forbidden, Upstream
from chalicelib.core.hooks import (
    SIGNED_IN,
    ApprovalFacts,
    GroupFacts,
    Identity,
    JobContext,
    ListedAccount,
    MetricSample,
    PluginJob,
    PluginReply,
    PluginRequest,
    PluginRoute,
    RequestNotice,
    ResourceFacts,
    ResourceNote,
    SignInRequest,
)
from chalicelib.core.principals import Caller
from chalicelib.core.roles import AuthorizedRole, RoleClaim, Use
from chalicelib.identity.models import SiteConfig
from chalicelib.plugins.hookspecs import hookimpl

# --- who somebody is -------------------------------------------------------------------------------------------------


@hookimpl
def sign_in_url(return_to: str) -> str:
    return f"https://portal.acme.example/consoleme?to={quote(return_to, safe='')}"


@hookimpl
def identify(request: SignInRequest) -> Identity | None:
    badge = request.headers.get(badges.HEADER)
    if badge is None:
        return None
    payload = badges.read_badge(badge, os.environ.get("ACME_BADGE_KEY", ""))
    if payload is None:
        # None would say that the request names nobody, and another method might believe something else of it.
        raise Forbidden("This badge is not one that the gateway made, or it has ended.", reason="bad_badge")
    return Identity(user=payload["user"], groups=frozenset(payload["teams"]), subject=payload["user"])


@hookimpl
def groups_of(user: str, source: str) -> GroupFacts | None:  # noqa: ARG001 Acme's word is the same for every method
    if user in data.on_call():
        return GroupFacts(add=frozenset({rules.ON_CALL}))
    return GroupFacts(remove=frozenset({rules.ON_CALL}))


@hookimpl
def directory_source(name: str) -> DirectorySource | None:
    return Roster() if name == "acme" else None


class Roster:
    """For companies that let a directory tell the groups, and not each sign-in."""

    def users(self) -> Iterator[DirectoryUser]:
        for name, person in data.people().items():
            yield DirectoryUser(name=name, display_name=person["name"], suspended=person["left"])

    def groups(self) -> Iterator[DirectoryGroup]:
        teams = {team for person in data.people().values() for team in person["teams"]}
        for team in sorted(teams):
            members = {name for name, person in data.people().items() if team in person["teams"]}
            yield DirectoryGroup(name=team, members=frozenset(members))


@hookimpl
def ambiguous_names(names: frozenset[str]) -> None:
    chat.say(f"Both a person and a team are called: {', '.join(sorted(names))}.")


# --- what somebody may do --------------------------------------------------------------------------------------------


@hookimpl
def eligible_identities(role: AuthorizedRole) -> list[RoleClaim] | None:
    if not Arn.parse(role.arn).path_and_name.startswith("emergency/"):
        return None
    return [RoleClaim(identity=f"group:{rules.ON_CALL}", name="emergency", use=Use.CLI_ONLY)]


@hookimpl
def credential_decision(caller: Caller, role_arn: str) -> Decision | None:
    account = data.account(Arn.parse(role_arn).account)
    return rules.freeze(account["stage"] if account else None, caller.groups)


@hookimpl
def auto_approval(request: ApprovalFacts) -> Decision | None:
    return rules.reading_only(request)


@hookimpl
def configuration_check(before: Sections, after: Sections) -> list[Finding]:
    old, new = before.section("site", SiteConfig).support_contact, after.section("site", SiteConfig).support_contact
    if new is not None and not new.endswith("@acme.example"):
        return [Guard(section="site", rule="acme_support", reason="The support contact must be somebody at Acme.")]
    return [Effect(section="site", text=f"People are sent to {new}.")] if old != new else []


@hookimpl
def configuration_saved(after: Sections) -> None:
    chat.say(f"The configuration is at version {after.version}.")


# --- what there is ---------------------------------------------------------------------------------------------------


@hookimpl
def account_source() -> Iterator[ListedAccount]:
    for account in data.accounts():
        yield ListedAccount(
            account_id=account["id"],
            name=account["name"],
            environment=account["stage"],
            ou_path=account["stage"].title(),
            tags={"team": account["team"]},
            active=not account.get("closed", False),
        )


@hookimpl
def resource_notes(resource: ResourceFacts) -> Iterator[ResourceNote]:
    yield ResourceNote("Runbook", resource.name, f"https://wiki.acme.example/runbooks/{quote(resource.name)}")
    if team := resource.target.tags.get("team"):
        yield ResourceNote("Team", f"This account belongs to {team}.")


# --- what happens ----------------------------------------------------------------------------------------------------


@hookimpl
def metric(sample: MetricSample) -> None:
    numbers.count(sample)


@hookimpl
def notify(notice: RequestNotice) -> None:
    chat.say(f"{notice.actor}: request for {notice.principal_arn} {notice.kind.value}. {notice.url}")


@hookimpl
def jobs() -> list[PluginJob]:
    return [PluginJob("roster", every_minutes=15, run=check_roster)]


def check_roster(context: JobContext) -> None:
    if not data.on_call():
        raise Upstream("Nobody is on call. Fill the roster.")
    since = "never before" if context.last_success is None else f"{context.now - context.last_success} seconds ago"
    chat.say(f"On call: {', '.join(sorted(data.on_call()))} (last looked {since}).")


@hookimpl
def routes() -> list[PluginRoute]:
    return [
        PluginRoute("GET", "on-call", who_is_on_call, SIGNED_IN),
        PluginRoute("GET", "numbers", show_numbers, Permission.AUDIT),
        PluginRoute("POST", "echo/*", echo, Permission.ADMIN),
        PluginRoute("DELETE", "numbers", show_numbers),  # names no permission: nobody may call it
    ]


def who_is_on_call(request: PluginRequest) -> PluginReply:
    return PluginReply({"on_call": sorted(data.on_call()), "you": request.caller.user in data.on_call()})


def show_numbers(request: PluginRequest) -> PluginReply:  # noqa: ARG001 every route is handed its request
    return PluginReply(dict(numbers.counted))


def echo(request: PluginRequest) -> PluginReply:
    return PluginReply({"path": request.path, "query": dict(request.query), "body": request.body}, status=201)
