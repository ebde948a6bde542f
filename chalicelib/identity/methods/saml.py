"""Signing in with a SAML 2.0 provider: sent there by redirect, back with a form that the provider's page posts across sites."""

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.core.errors import AppError, Conflict, Forbidden, NotAuthenticated
from chalicelib.core.health import Health
from chalicelib.identity.methods.base import Attempt, Begun, Identified, MethodType, Proved, Surroundings
from chalicelib.identity.names import group_names, user_name
from chalicelib.identity.oidc.http import ProviderHttp
from chalicelib.identity.saml import toolkit
from chalicelib.identity.saml.config import SamlConfig
from chalicelib.identity.saml.judge import Verdict, judged, refused
from chalicelib.identity.saml.provider import Provider
from chalicelib.identity.saml.toolkit import Idp, SigningPair, Us
from chalicelib.wire.forms import form_of
from chalicelib.wire.http import HttpRequest

_AFTERWARDS = "signed-out"
"""RelayState of a sign-out: an answer to it leads to the start page, whatever it says."""
_MANY_GROUPS = "http://schemas.microsoft.com/claims/groups.link"
"""Entra ID's attribute in place of groups that were too many."""


class SamlMethod:
    brings_cookies = False

    def __init__(self, name: str, config: SamlConfig, surroundings: Surroundings) -> None:
        self.name = name
        self.label = config.label or name
        self._config = config
        self._surroundings = surroundings
        self._provider = Provider(config, ProviderHttp(config.ca_certificates), surroundings.clock)

    def begin(self, attempt: Attempt) -> Begun:
        toolkit.require()
        settings = toolkit.settings_of(self._us(), self._provider.idp())
        url, request_id = toolkit.sign_in_request(settings, attempt.state)
        return Begun(url=url, notes={"request_id": request_id})

    def finish(self, attempt: Attempt, request: HttpRequest) -> Proved:
        toolkit.require()
        request_id = attempt.notes.get("request_id")
        if not request_id:
            raise refused("wrong_request")
        verdict = self._judged(form_of(request).get("SAMLResponse", ""), request_id)
        identified = self._identified(verdict)
        try:
            self._surroundings.use_once("saml-assertion", f"{self.name}:{verdict.assertion_id}", verdict.until)
        except Conflict as again:
            raise NotAuthenticated(
                "This answer of the identity provider was used before. Start again.", reason="replayed"
            ) from again
        return Proved(identified=identified, sign_out=_sign_out_notes(verdict))

    def sign_out_url(self, notes: Mapping[str, str], return_url: str) -> str | None:  # noqa: ARG002 the provider answers at /saml/sls
        if not self._config.sign_out_at_provider or not notes.get("name_id"):
            return None
        idp = self._provider.idp()
        if idp.slo_url is None:
            return None
        return toolkit.sign_out_request(toolkit.settings_of(self._us(), idp), notes, _AFTERWARDS)

    def metadata(self) -> str:
        """What the provider is told of us. Raises Misconfigured."""
        return toolkit.our_metadata(self._us())

    def check(self) -> Health:
        if not toolkit.is_installed():
            return Health.failed("The package lacks the extra saml.", "Make it with `make package EXTRAS=saml`.")
        try:
            self._us()
            idp = self._provider.ask()
        except AppError as error:
            return Health.failed(error.message, "Compare sign_in_methods with the provider's metadata.")
        return _certificates_health(idp, self._surroundings.clock.now())

    def _us(self) -> Us:
        return Us.of(self._config, self._surroundings.public_url, self._pair())

    def _pair(self) -> SigningPair | None:
        name = self._config.signing_secret_name
        return toolkit.read_pair(self._surroundings.secret(name), name) if name else None

    def _judged(self, text: str, request_id: str) -> Verdict:
        # Without our own key: nothing that a stranger sends is ever decrypted.
        us, now = replace(self._us(), pair=None), self._surroundings.clock.now()
        try:
            return judged(toolkit.settings_of(us, self._provider.idp()), us, text, request_id, now)
        except NotAuthenticated as refusal:
            if refusal.reason != "invalid_signature":
                raise
            newer = self._provider.renewed()
            if newer is None:
                raise
        return judged(toolkit.settings_of(us, newer), us, text, request_id, now)

    def _identified(self, verdict: Verdict) -> Identified:
        config = self._config
        groups = verdict.attributes.get(config.groups_attribute or "", ())
        too_many = config.groups_attribute is not None and not groups and _MANY_GROUPS in verdict.attributes
        if too_many and config.on_group_overage == "refuse":
            raise Forbidden(
                "You are in more groups than your identity provider puts into an assertion, so it told none. An administrator limits "
                "the claim there to the groups that are assigned to this application, or sets on_group_overage: directory.",
                reason="group_overage",
            )
        return Identified(
            user=self._user(verdict),
            groups=group_names(groups),
            method=self.name,
            subject=verdict.name_id,
            groups_complete=config.groups_attribute is not None and not too_many,
            directory_required=too_many,
            ends_at=verdict.session_ends,
        )

    def _user(self, verdict: Verdict) -> str:
        """Raises Forbidden for somebody who is not named, or not of the domains that may come in."""
        wanted = self._config.user_attribute
        said = verdict.attributes.get(wanted, ()) if wanted else (verdict.name_id,)
        if len(said) != 1:
            raise Forbidden(
                f"The identity provider does not tell {wanted}, by which people are known here, or tells it more than once. An "
                "administrator adds the attribute there, or names another with user_attribute.",
                reason="no_user_name",
            )
        name, domains = user_name(said[0]), self._config.email_domains
        if domains and name.rpartition("@")[2] not in domains:
            raise Forbidden(f"Only accounts of {', '.join(domains)} sign in here.", reason="wrong_domain")
        return name


def _sign_out_notes(verdict: Verdict) -> dict[str, str]:
    notes = {
        "name_id": verdict.name_id,
        "format": verdict.name_id_format,
        "session_index": verdict.session_index,
        **verdict.qualifiers,
    }
    return {key: value for key, value in notes.items() if value}


def _certificates_health(idp: Idp, now: int) -> Health:
    from base64 import b64decode

    from cryptography.x509 import load_der_x509_certificate

    try:
        ends = [
            int(load_der_x509_certificate(b64decode(text)).not_valid_after_utc.timestamp()) for text in idp.certificates
        ]
    except ValueError as error:
        return Health.failed(f"A certificate of the identity provider can't be read: {error}.", "Replace it.")
    left = (max(ends) - now) // 86_400
    if left < 14:  # noqa: PLR2004 days in which somebody should act
        return Health.warning(
            f"The newest certificate of {idp.entity_id} ends in {left} days. Signatures count on, but the provider is about to "
            "change its key.",
            "Add the new certificate beside the old one, unless metadata_url brings it by itself.",
        )
    return Health.ok(f"{idp.entity_id} has {len(idp.certificates)} key(s); the newest certificate ends in {left} days.")


METHOD = MethodType("saml", SamlConfig, SamlMethod)
