"""Mail through SES."""

from chalicelib.aws.errors import translated
from chalicelib.aws.sessions import Sessions
from chalicelib.core.model import Frozen


class Mail(Frozen):
    recipient: str
    subject: str
    text: str
    html: str


class Mailer:
    def __init__(self, sessions: Sessions, sender: str, region: str) -> None:
        """`region` empty is the product's own."""
        self._sessions = sessions
        self._sender = sender
        self._region = region

    def send(self, mail: Mail) -> None:
        """Raises what AWS refuses, as a member of the error tree."""
        with translated("to send a mail"):
            self._sessions.client("ses", self._region).send_email(
                Source=self._sender,
                Destination={"ToAddresses": [mail.recipient]},
                Message={
                    "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": mail.text, "Charset": "UTF-8"},
                        "Html": {"Data": mail.html, "Charset": "UTF-8"},
                    },
                },
            )
