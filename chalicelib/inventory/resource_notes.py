"""What a company's own plugins add to a resource's page: their hook `resource_notes`."""

from dataclasses import replace

from chalicelib.core.hooks import ResourceFacts, ResourceNote
from chalicelib.plugins.calls import Calls

_MOST, _LONGEST = 20, 1000


class ResourceNotes:
    def __init__(self, hooks: Calls) -> None:
        self._hooks = hooks

    def of(self, resource: ResourceFacts) -> tuple[ResourceNote, ...]:
        """Of a plugin that fails nothing is shown, and the page is."""
        said = self._hooks.tolerant_lists("resource_notes", ResourceNote, resource=resource)
        return tuple(shown(one.answer) for one in said[:_MOST])


def shown(note: ResourceNote) -> ResourceNote:
    """Plain text of bearable length, and a link only if it is one that a browser may follow."""
    url = note.url if note.url is not None and note.url.startswith("https://") and note.url.isprintable() else None
    return replace(note, title=note.title[:_LONGEST], text=note.text[:_LONGEST], url=url)
