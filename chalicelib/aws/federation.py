"""AWS's federation endpoint: credentials in, a link out that signs a browser in. TLS is verified, keys stay out of logs."""

import json
from urllib.parse import urlencode

import urllib3

from chalicelib.aws.sessions import IssuedCredentials
from chalicelib.core.errors import Upstream

_TIMEOUT = urllib3.Timeout(connect=3, read=8)
_TRIES = urllib3.Retry(total=1, redirect=0, allowed_methods={"POST"}, status=0)
"""The exchange changes nothing at AWS, so that it may be tried again when a connection fails. A redirect would carry the keys on."""
_OK = 200


class FederationEndpoint:
    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(cert_reqs="CERT_REQUIRED", timeout=_TIMEOUT, retries=_TRIES)

    def sign_in_url(self, url: str, credentials: IssuedCredentials, *, destination: str, issuer: str) -> str:
        """The link lives 15 minutes. The keys go in the body: addresses end up in logs.

        `SessionDuration` is not sent: AWS refuses it for chained credentials. Raises Upstream.
        """
        session = {
            "sessionId": credentials.access_key_id,
            "sessionKey": credentials.secret_access_key,
            "sessionToken": credentials.session_token,
        }
        form = {"Action": "getSigninToken", "Session": json.dumps(session)}
        try:
            answer = self._pool.request("POST", url, fields=form, encode_multipart=False)
            token = json.loads(answer.data)["SigninToken"] if answer.status == _OK else None
        except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as error:
            # The error is not chained: its text may hold what was sent.
            raise Upstream(
                f"AWS's sign-in endpoint did not answer as it should ({type(error).__name__}). Try again.",
                reason="sign_in_failed",
            ) from None
        if not isinstance(token, str) or not token:
            raise Upstream(
                f"AWS's sign-in endpoint answered {answer.status} without a sign-in token. Try again.",
                reason="sign_in_failed",
            )
        query = {"Action": "login", "Issuer": issuer, "Destination": destination, "SigninToken": token}
        return f"{url}?{urlencode(query)}"
