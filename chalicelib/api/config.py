"""The dynamic configuration: ConsoleMe's two calls, and beside them history, comparison, preview and rollback."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pydantic import Field

from chalicelib import bootstrap
from chalicelib.api.authenticator import new_api
from chalicelib.core.configuration_hooks import Effect, Guard
from chalicelib.core.decisions import Permission
from chalicelib.core.errors import AppError, NotFound
from chalicelib.core.model import Frozen, OldWire
from chalicelib.core.principals import Caller
from chalicelib.dynamic_config.faults import Fault
from chalicelib.dynamic_config.models import COMMENT_LIMIT, Saved, SaveWish, VersionInfo
from chalicelib.wire.authentication import Access

api = new_api(__name__)
_NUMBER_DIGITS = 9


class WireVersion(Frozen):
    """`saved_at` in epoch seconds; `restored` is the version whose text a rollback took up again."""

    number: int
    sha256: str
    saved_by: str
    saved_at: int
    comment: str
    action: Literal["save", "rollback"]
    restored: int | None
    sections: tuple[str, ...]

    @classmethod
    def of(cls, info: VersionInfo) -> "WireVersion":
        return cls(
            number=info.number,
            sha256=info.sha256,
            saved_by=info.author,
            saved_at=info.saved_at,
            comment=info.comment,
            action=info.action,
            restored=info.restored,
            sections=info.sections,
        )


class CurrentConfiguration(Frozen):
    """ConsoleMe's two keys, and ours: the section that can only be read, and which version this is (null: the package's)."""

    dynamicConfig: str  # noqa: N815 the wire's name
    sha256: str
    deployment: str
    version: WireVersion | None
    applied: bool


class SaveBody(OldWire):
    """`confirmed` names the rules of guards that the person was told of and wants to pass."""

    new_config: str
    existing_sha256: str = ""
    comment: str = Field(default="", max_length=COMMENT_LIMIT)
    confirmed: tuple[str, ...] = ()


class RollbackBody(Frozen):
    version: int = Field(ge=1)
    existing_sha256: str
    comment: str = Field(default="", max_length=COMMENT_LIMIT)
    confirmed: tuple[str, ...] = ()


class SavedConfiguration(Frozen):
    """ConsoleMe's keys (`newsha56` is its spelling), and which version this became; not `applied` yet means within minutes."""

    status: Literal["success"] = "success"
    newConfig: str  # noqa: N815 the wire's name
    newsha56: str
    version: WireVersion
    applied: bool

    @classmethod
    def of(cls, saved: Saved) -> "SavedConfiguration":
        return cls(
            newConfig=saved.text,
            newsha56=saved.info.sha256,
            version=WireVersion.of(saved.info),
            applied=saved.applied,
        )


class PreviewBody(Frozen):
    new_config: str


class ConfigurationPreview(Frozen):
    """`sha256` is of the text that would be replaced. With faults there are no effects."""

    sha256: str
    faults: tuple[Fault, ...]
    sections: tuple[str, ...]
    effects: tuple[Effect, ...]
    guards: tuple[Guard, ...]


class HistoryQuery(Frozen):
    before: int | None = Field(default=None, ge=1)
    limit: int = Field(default=20, ge=1, le=100)


class History(Frozen):
    """Newest first; `next` is the `before` of the next page, null at the end."""

    versions: tuple[WireVersion, ...]
    next: int | None


class ComparisonQuery(Frozen):
    against: int | None = Field(default=None, ge=1)


class VersionText(Frozen):
    """`diff` says what has to be done to version `against` to get this text, as `diff -u` prints it."""

    version: WireVersion
    text: str
    diff: str | None


@contextmanager
def _also_in_consolemes_words() -> Iterator[None]:
    """Its pages look at `status` and `error` alone."""
    try:
        yield
    except AppError as error:
        error.extra = {**error.extra, "status": "error", "error": error.message}
        raise


@api.endpoint("GET", "/api/v2/dynamic_config", access=Access.SESSION, permission=Permission.EDIT_CONFIG)
def read_configuration() -> CurrentConfiguration:
    """The document in force; before the first save the one that ships with the package."""
    shown = bootstrap.container().dynamic_config.editor.shown()
    return CurrentConfiguration(
        dynamicConfig=shown.text,
        sha256=shown.sha256,
        deployment=shown.deployment,
        version=WireVersion.of(shown.info) if shown.info else None,
        applied=shown.current is None or shown.current.settled,
    )


@api.endpoint("POST", "/api/v2/dynamic_config", access=Access.SESSION, permission=Permission.EDIT_CONFIG)
def save_configuration(body: SaveBody, caller: Caller) -> SavedConfiguration:
    """Puts a document in force, if what is in force is still what the person had read. Repeating it does no harm."""
    wish = SaveWish(
        text=body.new_config,
        existing_sha256=body.existing_sha256,
        comment=body.comment,
        confirmed=frozenset(body.confirmed),
    )
    with _also_in_consolemes_words():
        saved = bootstrap.container().dynamic_config.editor.save(caller, wish)
    bootstrap.container().in_force.look_again()
    return SavedConfiguration.of(saved)


@api.endpoint("POST", "/api/v2/dynamic_config/preview", access=Access.SESSION, permission=Permission.EDIT_CONFIG)
def preview_configuration(body: PreviewBody, caller: Caller) -> ConfigurationPreview:
    """What a save would do, what speaks against it, and everything that is wrong with the text. Stores nothing."""
    found = bootstrap.container().dynamic_config.editor.preview(caller, body.new_config)
    return ConfigurationPreview(
        sha256=found.sha256,
        faults=found.faults,
        sections=found.sections,
        effects=found.effects,
        guards=found.guards,
    )


@api.endpoint("POST", "/api/v2/dynamic_config/rollback", access=Access.SESSION, permission=Permission.EDIT_CONFIG)
def roll_back_configuration(body: RollbackBody, caller: Caller) -> SavedConfiguration:
    """Puts an older version's text in force again, as a new version and with the same checks."""
    wish = SaveWish(
        text="",
        existing_sha256=body.existing_sha256,
        comment=body.comment,
        confirmed=frozenset(body.confirmed),
    )
    saved = bootstrap.container().dynamic_config.editor.roll_back(caller, body.version, wish)
    bootstrap.container().in_force.look_again()
    return SavedConfiguration.of(saved)


@api.endpoint("GET", "/api/v2/dynamic_config/versions", access=Access.SESSION, permission=Permission.EDIT_CONFIG)
def list_configuration_versions(query: HistoryQuery) -> History:
    """Every version that was ever saved, by whom, when and why, page by page."""
    page = bootstrap.container().dynamic_config.store.versions(before=query.before, limit=query.limit)
    return History(versions=tuple(map(WireVersion.of, page.versions)), next=page.next)


@api.endpoint(
    "GET", "/api/v2/dynamic_config/versions/{number}", access=Access.SESSION, permission=Permission.EDIT_CONFIG
)
def read_configuration_version(number: str, query: ComparisonQuery) -> VersionText:
    """One version whole, and on demand what is different in it from another one."""
    version, diff = bootstrap.container().dynamic_config.editor.compared(_number(number), query.against)
    return VersionText(version=WireVersion.of(version.info), text=version.text, diff=diff)


def _number(text: str) -> int:
    """Raises NotFound for what is the number of no version."""
    if not text.isascii() or not text.isdigit() or len(text) > _NUMBER_DIGITS:
        raise NotFound(f"The configuration has no version {text[:50]}.")
    return int(text)
