"""AWS's federation endpoint: credentials in, a link out that signs a browser in. TLS is verified, keys stay out of logs."""

import json
from urllib.parse import urlencode

import urllib3

from chalicelib.aws.sessions import IssuedCredentials
from chalicelib.core.errors import Upstream

_TIMEOUT = urllib3.Timeout(connect=3, read=10)
_OK = 200


class FederationEndpoint:
    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(
            cert_reqs="CERT_REQUIRED", timeout=_TIMEOUT, retries=urllib3.Retry(2, redirect=0)
        )

    def sign_in_url(self, url: str, credentials: IssuedCredentials, *, destination: str, issuer: str) -> str:
        """The link lives 15 minutes. `SessionDuration` is not sent: AWS refuses it for chained credentials.

        Raises Upstream.
        """
        session = {
            "sessionId": credentials.access_key_id,
            "sessionKey": credentials.secret_access_key,
            "sessionToken": credentials.session_token,
        }
        try:
            answer = self._pool.request("GET", url, fields={"Action": "getSigninToken", "Session": json.dumps(session)})
            token = json.loads(answer.data)["SigninToken"] if answer.status == _OK else None
        except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError) as error:
            # The error is not chained: urllib3 puts the URL, and so the keys, into its text.
            raise Upstream(f"AWS's sign-in endpoint did not answer ({type(error).__name__}).") from None
        if token is None:
            raise Upstream(f"AWS's sign-in endpoint answered {answer.status}.")
        query = {"Action": "login", "Issuer": issuer, "Destination": destination, "SigninToken": str(token)}
        return f"{url}?{urlencode(query)}"
