"""Starts a laptop cloud with policies enforced, walks the journeys, stops it. Exits 1 when a step comes out otherwise."""

import sys
import time

from infra.local.cloud import LaptopCloud
from infra.local.first_run import refresh as first_refresh
from infra.local.journeys import (
    accounts,
    audit,
    chat,
    credential,
    denies,
    events,
    guardrails,
    lent,
    mishaps,
    operations,
    pages,
    refresh,
    request,
    rights,
    roles,
)
from infra.local.journeys.stage import Stage
from infra.local.journeys.telling import Story, UnexpectedError
from infra.local.options import ROOT, Options

LOG = ROOT / ".cache" / "demo.log"


def main() -> int:
    began = time.monotonic()
    story = Story(lambda line: print(line, flush=True))
    story.chapter("The laptop cloud")
    story.step(
        "A demo organisation in an embedded AWS; every call is checked against the policies of the function that makes it"
    )
    try:
        LOG.unlink(missing_ok=True)
        with LaptopCloud(Options(demo="small", per_function=True, enforce=True), log=LOG) as cloud:
            _walk(cloud, story)
    except (UnexpectedError, TimeoutError) as error:
        print(f"\nFAILED: {error}\nThe functions' log says more: {LOG}", file=sys.stderr)
        return 1
    print(f"\nAll journeys went as they must, in {time.monotonic() - began:.0f} s.")
    return 0


def _walk(cloud: LaptopCloud, story: Story) -> None:
    story.saw(f"the product answers at {cloud.url}, AWS at {cloud.aws_endpoint}")
    story.step("The first refresh, through the real workflow")
    story.same("the first refresh", first_refresh(cloud).status, "SUCCEEDED")
    story.saw(f"accounts and roles are known; {len(cloud.people)} people can sign in")
    stage = Stage(cloud, story)
    credential.walk(stage)
    refresh.walk(stage)
    events.walk(stage)
    denies.walk(stage)
    rights.walk(stage)
    ends = lent.begin(stage)
    request.walk(stage)
    guardrails.walk(stage)
    ends()
    audit.walk(stage)
    operations.walk(stage)
    accounts.walk(stage)
    chat.walk(stage)
    mishaps.walk(stage)
    roles.walk(stage)
    pages.walk(stage)


if __name__ == "__main__":
    sys.exit(main())
