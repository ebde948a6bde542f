"""Journey 5: how the product itself is doing, and a task that somebody runs now."""

from typing import Any

from infra.local.journeys.stage import Stage
from infra.local.journeys.visitor import Visitor

ADMINISTRATOR, SOMEBODY = "ada@example.com", "priya@example.com"
_TASK = "verify_audit"
"""Runs every hour: so the demo sees it run on demand alone."""


def walk(stage: Stage) -> None:
    stage.story.chapter("Journey 5: operations")
    ada = _looks(stage)
    _runs(stage, ada)


def _looks(stage: Stage) -> Visitor:
    story = stage.story
    story.step(f"{ADMINISTRATOR} asks how everything is doing: GET /api/v2/operations")
    refused = stage.person(SOMEBODY).get("/api/v2/operations")
    refused.expect(403)
    story.saw(f"{SOMEBODY}: {refused.status} {refused.message}")
    ada = stage.person(ADMINISTRATOR)
    told = ada.get("/api/v2/operations").expect(200)
    watched = [task for task in told["tasks"] if task["every"]]
    story.saw_all(f"{task['name']:22} every {task['every']:5} s  {task['state']}" for task in watched)
    story.same("tasks that are late", [task["name"] for task in watched if task["state"] == "late"], [])
    story.saw_all(
        f"{kind['kind']:22} {kind['scopes']} scopes, the oldest {kind['max_staleness']} s, {kind['failing']} failing"
        for kind in told["kinds"]
    )
    story.saw_all(f"{queue['queue']:22} {queue['waiting']} waiting, {queue['dead']} failed" for queue in told["queues"])
    story.same("queues that can't be looked at", [queue["error"] for queue in told["queues"] if queue["error"]], [])
    return ada


def _runs(stage: Stage, ada: Visitor) -> None:
    story = stage.story
    story.step(f"She runs {_TASK} now: POST /api/v2/operations/tasks, which invokes the real function")
    before = _told(ada)["succeeded_at"]
    ada.post("/api/v2/operations/tasks", {"task": _TASK}).expect(200)

    def ended() -> Any:
        task = _told(ada)
        return task if task["succeeded_at"] and task["succeeded_at"] != before else None

    task = stage.wait(ended, f"{_TASK} has not succeeded")
    story.saw(f"it succeeded within {task['duration']} s and counted {task['counts']}")
    story.saw(f"audit: {stage.audit('target', f'task/{_TASK}')[-1]}")
    refused = ada.post("/api/v2/operations/tasks", {"task": "apply_change"})
    story.same("what only an approved request may start", refused.status, 400)
    story.saw(f"apply_change: {refused.status} {refused.message}")


def _told(ada: Visitor) -> Any:
    tasks = ada.get("/api/v2/operations").expect(200)["tasks"]
    return next(task for task in tasks if task["name"] == _TASK)
