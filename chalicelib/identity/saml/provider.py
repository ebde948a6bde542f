"""What a provider says of itself in its metadata, cached: where browsers are sent, and the certificates of its keys."""

from collections.abc import Mapping
from typing import Any

from chalicelib.core.clock import Clock
from chalicelib.core.errors import AppError, InvalidInput, Upstream
from chalicelib.identity.oidc.config import safe_url
from chalicelib.identity.oidc.http import ProviderHttp
from chalicelib.identity.saml import toolkit
from chalicelib.identity.saml.config import SamlConfig, bare_certificate
from chalicelib.identity.saml.toolkit import Idp
from chalicelib.observability import logger

FRESH = 3_600
"""Seconds for which an answer is not asked for again."""
STALE = 86_400
"""Seconds for which an old answer serves while the provider does not give a new one."""
_REFETCHES, _WINDOW = 3, 60
"""At most so many extra looks in so many seconds, for the sake of a signature that does not fit."""
_HEADERS = {"Accept": "application/samlmetadata+xml, application/xml, text/xml"}


class Provider:
    def __init__(self, config: SamlConfig, http: ProviderHttp, clock: Clock) -> None:
        self._config = config
        self._http = http
        self._clock = clock
        self._idp: Idp | None = self._by_hand()
        self._read_at = 0
        self._refetched: list[int] = []

    def _by_hand(self) -> Idp | None:
        config = self._config
        if config.sso_url is None:
            return None
        return Idp(
            entity_id=config.idp_entity_id,
            sso_url=config.sso_url,
            slo_url=config.slo_url,
            certificates=config.certificates,
        )

    def idp(self) -> Idp:
        """Raises Upstream while nothing is known."""
        if self._config.metadata_url is None and self._idp is not None:
            return self._idp
        now = self._clock.now()
        if self._idp is not None and now - self._read_at < FRESH:
            return self._idp
        return self._refreshed(now)

    def renewed(self) -> Idp | None:
        """What the metadata says by now, if it says something new: a key may just have been exchanged. None when it does not,
        or was asked for too often.
        """
        now, before = self._clock.now(), self._idp
        self._refetched = [moment for moment in self._refetched if now - moment < _WINDOW]
        if self._config.metadata_url is None or len(self._refetched) >= _REFETCHES:
            return None
        self._refetched.append(now)
        after = self._refreshed(now)
        return after if after != before else None

    def ask(self) -> Idp:
        """Raises Upstream, whatever is known from before."""
        return self._idp if self._idp is not None and self._config.metadata_url is None else self._published()

    def _refreshed(self, now: int) -> Idp:
        try:
            self._idp = self._published()
        except Upstream as error:
            if self._idp is None or now - self._read_at >= STALE:
                raise
            logger.warning("the metadata of an identity provider can't be read", extra={"cause": error.message[:300]})
            return self._idp
        self._read_at = now
        return self._idp

    def _published(self) -> Idp:
        document = self._http.content(str(self._config.metadata_url), "metadata", _HEADERS)
        return read_metadata(document, self._config)


def read_metadata(document: bytes, config: SamlConfig) -> Idp:
    """Raises Upstream for what is no metadata of the provider."""
    toolkit.require()
    from lxml.etree import LxmlError
    from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

    try:
        parsed = OneLogin_Saml2_IdPMetadataParser.parse(document, entity_id=config.idp_entity_id)
        return _idp(parsed.get("idp") or {}, config)
    except (LxmlError, ValueError, AppError) as error:
        raise Upstream(
            f"The identity provider's metadata has no usable description of {config.idp_entity_id} (sign-in by HTTP-Redirect, "
            "and a certificate for signing).",
            reason="provider_answer_unreadable",
        ) from error


def _idp(said: Mapping[str, Any], config: SamlConfig) -> Idp:
    certificates = (said.get("x509certMulti") or {}).get("signing") or filter(None, [said.get("x509cert")])
    slo_url = config.slo_url or (said.get("singleLogoutService") or {}).get("url")
    sso_url = (said.get("singleSignOnService") or {}).get("url")
    if not sso_url or said.get("entityId") != config.idp_entity_id:
        raise InvalidInput("The metadata is of another provider, or lacks the place to sign in.")
    return Idp(
        entity_id=config.idp_entity_id,
        sso_url=safe_url(sso_url),
        slo_url=safe_url(slo_url) if slo_url else None,
        certificates=tuple(dict.fromkeys(map(bare_certificate, certificates))),
    )
