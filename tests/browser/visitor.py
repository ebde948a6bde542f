"""A person at a browser of their own, and what they do more than once."""

import re
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from playwright.sync_api import Browser, Locator, Page, expect

from infra.local.cloud import LaptopCloud

ROOT = Path(__file__).parents[2]
PATIENCE = 20_000
"""Milliseconds until what a page should show counts as missing."""


class Visitor:
    def __init__(
        self,
        chromium: Browser,
        cloud: LaptopCloud,
        *,
        width: int = 1280,
        theme: Literal["light", "dark"] = "light",
    ) -> None:
        self.url = cloud.url
        self._context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            # A message that still fades in has colours nobody is meant to read.
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
        )
        self._context.set_default_timeout(PATIENCE)
        self.page: Page = self._context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._note)

    def _note(self, message: Any) -> None:
        """A refused call is part of some journeys; a blocked script, style or font of none."""
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(message.text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._context.close()
        if error is None:
            assert self.faults == []

    def sign_in(self, email: str) -> None:
        """With the one call that scripts use."""
        answer = self.page.request.post(f"{self.url}/local/sign_in", data={"email": email})
        assert answer.ok, answer.text()

    def open(self, path: str, heading: str | None = None) -> Page:
        self.page.goto(self.url + path)
        if heading is not None:
            expect(self.page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        return self.page

    def picture(self, name: str) -> None:
        """One of the documentation."""
        folder = ROOT / "docs" / "images"
        folder.mkdir(exist_ok=True)
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=folder / f"{name}.png", animations="disabled")
        assert (folder / f"{name}.png").stat().st_size < 300_000

    # --- Roles --------------------------------------------------------------------------------------------------------------------------

    def role_arn(self, name: str) -> str:
        arns: list[str] = self.page.request.get(f"{self.url}/api/v1/get_roles").json()
        return next(arn for arn in arns if arn.endswith(f"/{name}"))

    def copied_credentials(self, role: str) -> dict[str, str]:
        """Takes a role's keys to the clipboard, and reads them there."""
        row = self.page.get_by_role("row").filter(has_text=role)
        row.get_by_role("button", name=re.compile("Copy credentials")).click()
        self.page.get_by_role("menuitem", name=re.compile("^bash(?!.*read-only)")).click()
        expect(self.page.get_by_text(re.compile(f"Credentials of .*{role} .* are in your clipboard"))).to_be_visible()
        copied = self.page.evaluate("navigator.clipboard.readText()")
        return dict(re.findall(r"export (AWS_[A-Z_]+)='([^']+)'", copied))

    # --- Requests -----------------------------------------------------------------------------------------------------------------------

    def ask(self, role: str, policy_name: str, *, bucket: str = "ledger-exports") -> str:
        """A request made through the API; its path on the page."""
        document = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{bucket}/*"}
            ],
        }
        change = {
            "principal": {"principal_type": "AwsResource", "principal_arn": self.role_arn(role)},
            "change_type": "inline_policy",
            "new": True,
            "action": "attach",
            "policy_name": policy_name,
            "policy": {"policy_document": document},
        }
        body = {"justification": "Nightly export of the ledger", "changes": {"changes": [change]}}
        answer = self.page.request.post(f"{self.url}/api/v2/request", data=body)
        assert answer.ok, answer.text()
        return str(answer.json()["request_url"])

    def decide(self, verb: str, why: str = "") -> None:
        """Presses the button and says yes to the question."""
        self.page.get_by_role("button", name=verb, exact=True).click()
        question = self.page.get_by_role("dialog")
        if why:
            question.get_by_role("textbox").fill(why)
        question.get_by_role("button", name=verb, exact=True).click()

    def editor(self, name: str) -> Locator:
        return self.page.get_by_role("textbox", name=name, exact=True)

    def rewrite(self, name: str, text: str) -> None:
        """Replaces what stands in a code editor, as people do: all marked, then typed over."""
        editor = self.editor(name)
        editor.click()
        editor.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    # --- Accessibility ------------------------------------------------------------------------------------------------------------------

    def barriers(self) -> list[str]:
        """What axe finds wrong with the page as it stands, colours included."""
        self.page.evaluate((ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(
            "async () => { await Promise.allSettled(document.getAnimations()"
            "    .filter((moving) => moving.effect.getComputedTiming().endTime !== Infinity).map((moving) => moving.finished));"
            " return (await axe.run()).violations.map(({id, nodes}) => `${id}: ${nodes.map(n => n.html.slice(0, 150)).join(' | ')}`); }"
        )
        return found
