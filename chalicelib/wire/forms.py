"""Forms that other sites post: read where a provider's answer comes in one."""

from urllib.parse import parse_qsl

from chalicelib.core.errors import InvalidInput
from chalicelib.wire.http import BODY_LIMIT, HttpRequest

_MOST_FIELDS = 20


def form_of(request: HttpRequest) -> dict[str, str]:
    """The fields of a posted form. Raises InvalidInput for what is none, and for a field that stands twice."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded" or len(request.raw_body) > BODY_LIMIT:
        raise InvalidInput("A form is expected here: Content-Type application/x-www-form-urlencoded.", reason="no_form")
    try:
        pairs = parse_qsl(request.raw_body.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise InvalidInput("This form can't be read.", reason="no_form") from error
    if len(dict(pairs)) != len(pairs):
        raise InvalidInput("A field of this form stands twice.", reason="no_form")
    return dict(pairs)
