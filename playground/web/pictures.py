"""Sends a stored picture over HTTP. All pages with pictures use this."""

from typing import Any, Final

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.http import etag

from playground.models import GeneratedImage

log = structlog.get_logger(__name__)

# An address always shows the same picture. Only the browser of the person may cache it.
FOREVER: Final = "private, max-age=31536000, immutable"


def thumbnail_response(
    request: HttpRequest, image: GeneratedImage, size: str, *, cache: str = FOREVER
) -> HttpResponseBase:
    """A `small` or `medium` WebP of a picture. A plain tile stands for a picture that cannot be read here."""
    if not image.readable:
        return redirect(static("img/unreadable.svg"))
    tag = f"{image.sha256}-{size}"
    return picture_response(request, image.thumbnail_of(size), tag=tag, content_type="image/webp", cache=cache)


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
    """The bytes of a stored picture, or 304 if the browser has them. Raises `Http404` if the file is gone. `tag`
    identifies the bytes, `name` is the name for saving. With `download` the browser saves the file at once."""

    @etag(lambda request: f'"{tag}"')
    def answer(request: HttpRequest) -> HttpResponseBase:
        try:
            content = file.open("rb")
        except FileNotFoundError:
            log.warning("picture not in the storage", name=file.name)
            raise Http404 from None
        return FileResponse(content, content_type=content_type, as_attachment=download, filename=name)

    response = answer(request)
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
