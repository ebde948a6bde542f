"""Mail: to people whose address we may write to, each once; and nothing in it is more than text."""

from collections.abc import Collection, Iterable

import pytest

from chalicelib.aws.mail import Mail
from chalicelib.core.errors import Throttled, Upstream
from chalicelib.notifications.audience import MOST, Audience
from chalicelib.notifications.channels.email import MOST_CHANGES, MOST_LINES, EmailChannel, mail_of
from chalicelib.notifications.messages import Message, Recipient, ShownFinding, Why
from chalicelib.notifications.models import EmailConfig
from chalicelib.notifications.preferences import Preferences, Way, Wishes
from tests.support.messages import URL, card, message, notice, shown_change
from tests.support.request_world import ADA, BO, EVE

HERE = "https://consoleme.example/preferences"


class Post:
    """What was mailed, and what is kept about it."""

    def __init__(self, said: dict[str, Preferences] | None = None) -> None:
        self.sent: list[Mail] = []
        self.noted: set[tuple[str, str]] = set()
        self.down: set[str] = set()
        self.silent = False
        self.tries = 0
        self.said = said or {}
        audience = Audience(members=self.members, preferences=self)
        config = EmailConfig(sender="consoleme@example.com", domains=("Example.com",))
        self.channel = EmailChannel(config=config, mailer=self, audience=audience, mailed=self, preferences_url=HERE)

    def members(self, groups: Iterable[str]) -> dict[str, frozenset[str]]:
        known = {"approvers": frozenset({ADA, BO}), "everybody": frozenset(f"p{one}@example.com" for one in range(99))}
        return {group: known[group] for group in groups}

    def of(self, users: Iterable[str]) -> dict[str, Preferences]:
        return {user: self.said[user] for user in users if user in self.said}

    def send(self, mail: Mail) -> None:
        self.tries += 1
        if self.silent:
            raise Upstream("AWS did not answer")
        if mail.recipient in self.down:
            raise Throttled("SES asks for patience")
        self.sent.append(mail)

    def told(self, event: str, users: Collection[str]) -> frozenset[str]:
        return frozenset(user for user in users if (event, user) in self.noted)

    def note(self, event: str, user: str) -> None:
        self.noted.add((event, user))

    @property
    def recipients(self) -> list[str]:
        return sorted(mail.recipient for mail in self.sent)


def to(*principals: str, why: Why = Why.DECIDES) -> Message:
    return message(recipients=tuple(Recipient(principal=one, why=why) for one in principals))


def test_members_of_groups_get_a_mail_each_and_once() -> None:
    post = Post()
    post.channel.tell(to("group:approvers", f"user:{ADA}"))
    assert post.recipients == [ADA, BO]
    post.channel.tell(to("group:approvers"))
    assert post.recipients == [ADA, BO]


def test_one_that_fails_keeps_no_other_from_getting_theirs_and_comes_again_alone() -> None:
    post = Post()
    post.down = {ADA}
    with pytest.raises(Throttled):
        post.channel.tell(to("group:approvers"))
    assert post.recipients == [BO]
    post.down = set()
    post.channel.tell(to("group:approvers"))
    assert post.recipients == [ADA, BO]


def test_while_nobody_answers_at_all_nobody_waits_for_each_of_them() -> None:
    post = Post()
    post.silent = True
    with pytest.raises(Upstream):
        post.channel.tell(to("group:everybody"))
    assert post.tries == 1


@pytest.mark.parametrize(
    "name",
    [
        "ada",
        "ada@elsewhere.example",
        "ada@example.com.evil.example",
        "a b@example.com",
        "a@b@example.com",
        "<a>@example.com",
    ],
)
def test_nobody_is_written_to_whose_name_is_no_address_of_ours(name: str) -> None:
    post = Post()
    post.channel.tell(to(f"user:{name}"))
    assert post.sent == []


def test_who_did_it_and_who_wants_no_mail_get_none() -> None:
    post = Post({BO: Preferences(email=Wishes(decides=False))})
    post.channel.tell(to("group:approvers", f"user:{EVE}"))
    assert post.recipients == [ADA]


def test_only_so_many_deciders_are_written_to_and_the_requester_always() -> None:
    post = Post()
    people = Audience(members=post.members, preferences=post).people(
        message(
            notice(actor="system:due"),
            recipients=(
                Recipient(principal="group:everybody", why=Why.DECIDES),
                Recipient(principal="user:p98@example.com", why=Why.REQUESTER),
            ),
        ),
        Way.EMAIL,
    )
    assert len(people) <= MOST + 1
    assert people["p98@example.com"] is Why.REQUESTER


def test_a_mail_says_what_is_asked_for_and_where_to_decide() -> None:
    found = (ShownFinding(verdict="more_approval", title="All of S3", reason="s3:* is wide"),)
    mail = mail_of(message(shown=card(findings=found)), ADA, Why.DECIDES, HERE)
    assert mail.subject == f"{EVE} asks for a change to app in 222222222222"
    for part in ("nightly export", "Add inline policy export0", "MORE APPROVAL  All of S3: s3:* is wide", URL, HERE):
        assert part in mail.text
    assert f'<a href="{URL}">Open the request</a>' in mail.html


def test_what_people_write_is_no_html_and_hides_nothing() -> None:
    evil = "<img src=x onerror=alert(1)>\u202egnp"
    mail = mail_of(
        message(shown=card(justification=evil), headline="a\r\nBcc: x@example.com"), ADA, Why.REQUESTER, HERE
    )
    assert "<img" not in mail.html
    assert "\u202e" not in mail.html + mail.text
    assert mail.subject == "a Bcc: x@example.com"


def test_what_is_long_is_cut_and_counted() -> None:
    long = tuple(shown_change(number, tuple(f"+{line}" for line in range(MOST_LINES + 5))) for number in range(25))
    mail = mail_of(message(shown=card(changes=long), headline="x" * 300), ADA, Why.DECIDES, HERE)
    assert "… 5 more lines" in mail.text
    assert f"and {25 - MOST_CHANGES} more changes" in mail.text
    assert len(mail.subject) == 120
