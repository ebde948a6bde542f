"""The hooks that a company's plugin may implement. Built-ins use the same ones.

A plugin is a module; `plugins` in the settings names it. A hook that is misspelt stops the start. What a hook that decides raises,
refuses; what a hook that tells or adds raises, is logged and left out. Errors that are meant for people are AppErrors.
"""

from collections.abc import Iterable

import pluggy

from chalicelib.core.configuration_hooks import Finding, Sections
from chalicelib.core.decisions import Decision
from chalicelib.core.directory import DirectorySource
from chalicelib.core.hooks import (
    ApprovalFacts,
    GroupFacts,
    Identity,
    ListedAccount,
    MetricSample,
    PluginJob,
    PluginRoute,
    RequestNotice,
    ResourceFacts,
    ResourceNote,
    SignInRequest,
)
from chalicelib.core.principals import Caller
from chalicelib.core.roles import AuthorizedRole, RoleClaim

PROJECT = "consoleme"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec(firstresult=True)
def sign_in_url(return_to: str) -> str | None:
    """Where a person who is not signed in is sent; `return_to` is a path of ours. The first answer wins."""


@hookspec
def credential_decision(caller: Caller, role_arn: str) -> Decision | None:
    """A veto: any Decision that is not allowed refuses the credentials, with its reason. None is no opinion."""


@hookspec
def eligible_identities(role: AuthorizedRole) -> Iterable[RoleClaim] | None:
    """Who may use the role beside those whom its tags and the configuration name. None is nobody.

    Asked at each look at the role, so that what is no longer answered ends with the next one; an error leaves the role's rights as they
    were, and its account is recorded as failed. Roles that are never handed out stay so.
    """


@hookspec
def configuration_check(before: Sections, after: Sections, caller: Caller) -> Iterable[Finding] | None:
    """What it would do if `caller` saved `after`, and what speaks against it. Asked at each preview and again at the save.

    Both documents are valid. Changes nothing; an error refuses the save.
    """


@hookspec
def configuration_saved(before: Sections, after: Sections) -> None:
    """Does what must follow a save. `before` is the configuration that was last followed up, maybe not the one before `after`.

    Called until it succeeds, perhaps several times for the same pair: it must be repeatable. Only one call runs at a time.
    """


@hookspec(firstresult=True)
def directory_source(name: str) -> DirectorySource | None:
    """The source of people and groups that `directory.sources` names so; None for a name of somebody else's.

    Built-in names are never asked for. An error, also in the middle of a listing, takes nothing away from anybody.
    """


@hookspec
def ambiguous_names(names: frozenset[str]) -> None:
    """Each of these bare names became both a user's and a group's, or stopped being so: what was made of them is made anew.

    May be called again for the same names. An error refuses the sign-in that called, and the next directory sync calls again.
    """


@hookspec(firstresult=True)
def identify(request: SignInRequest) -> Identity | None:
    """Who the request itself proves, for a sign-in method of the kind `plugin`; None for nobody. Asked at each request: be quick."""


@hookspec
def groups_of(user: str, groups: frozenset[str], source: str) -> GroupFacts | None:
    """What is known better about somebody's groups than `source`, the sign-in method, has told. Names are folded.

    Asked at each sign-in in a browser. Where a directory's source speaks of the person, its word counts instead.
    """


@hookspec
def account_source() -> Iterable[ListedAccount] | None:
    """Every account that the plugin knows, for the source `plugins` of the section `accounts`.

    Whole, or an error: silence is never an answer, and after an error nothing is changed.
    """


@hookspec
def metric(sample: MetricSample) -> None:
    """One number about what the product does. Called while somebody waits: be quick."""


@hookspec
def jobs() -> Iterable[PluginJob] | None:
    """What the plugin wants to have run, each job with its own last success. Asked once in a process."""


@hookspec
def routes() -> Iterable[PluginRoute] | None:
    """What the plugin answers below `/api/plugins/{name}/`, where `name` is its package. Asked once in a process."""


@hookspec
def notify(notice: RequestNotice) -> None:
    """Something has happened to a request. Told at least once, after it was stored."""


@hookspec
def resource_notes(resource: ResourceFacts) -> Iterable[ResourceNote] | None:
    """Lines for a resource's page. Asked while somebody waits: be quick."""


@hookspec
def auto_approval(request: ApprovalFacts) -> Decision | None:
    """Whether the request may be approved by a rule alone, where the configuration has switched that on. None is no opinion.

    A Decision that is not allowed keeps it for people, whatever others say. Asked when the request is prepared, and again
    immediately before each change is applied: what was allowed by a rule that no longer says so is not applied.
    """
