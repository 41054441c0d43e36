"""A stored picture over HTTP, for whichever page shows it."""

from typing import Any, Final

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.cache import get_conditional_response

log = structlog.get_logger(__name__)

# A picture's address never changes what it shows, and nobody but its people may keep it.
FOREVER: Final = "private, max-age=31536000, immutable"


def picture_response(
    request: HttpRequest,
    file: Any,
    *,
    tag: str,
    content_type: str,
    name: str = "",
    download: bool = False,
    cache: str = FOREVER,
) -> HttpResponseBase:
    """The bytes of a stored picture, or word that the browser has them. `tag` names these bytes, `name` the file that a
    browser saves; `download` makes it do so at once."""
    etag = f'"{tag}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            content = file.open("rb")
        except FileNotFoundError:
            log.warning("picture not in the storage", name=file.name)
            raise Http404 from None
        response = FileResponse(content, content_type=content_type, as_attachment=download, filename=name)
    response["ETag"] = etag
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
