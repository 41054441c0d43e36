"""One picture: its bytes, its thumbnails, and what a person says about it."""

from typing import Any

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import etag, require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from playground.models import GeneratedImage, Generation
from playground.showing.export import file_name

log = structlog.get_logger(__name__)

# A picture's address never changes what it shows, and nobody but its people may keep it.
_CACHE = "private, max-age=31536000, immutable"


@require_safe
def image(request: MemberRequest, code: str, index: int) -> HttpResponseBase:
    """The original bytes, as they came. `?download` offers them as a file."""
    picture = _visible(request, code, index)
    download = "download" in request.GET
    return sent(request, picture.file, picture.sha256, picture.content_type, download, file_name(picture))


@require_safe
def thumbnail(request: MemberRequest, code: str, index: int, size: str) -> HttpResponseBase:
    """A WebP of it, `small` or `medium`."""
    picture = _visible(request, code, index)
    file = picture.thumbnail_of(size)
    return sent(request, file, f"{picture.sha256}-{size}", "image/webp")


def sent(
    request: HttpRequest,
    file: Any,
    tag: str,
    content_type: str,
    download: bool = False,
    name: str = "",
    cache: str = _CACHE,
) -> HttpResponseBase:
    """The bytes of a stored picture, or word that the browser has them. `tag` names these bytes."""

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


@require_GET
def tools(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """What the lightbox offers for this picture."""
    return render(request, "playground/_tools.html", {"image": _visible(request, code, index)})


@require_POST
def favourite(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """Mark it for oneself, or no longer: the form says which of the two it means."""
    picture = _visible(request, code, index)
    picture.favourite = request.POST.get("on") == "1"
    if picture.favourite:
        picture.favourite_of.add(request.user)
    else:
        picture.favourite_of.remove(request.user)
    if request.htmx:
        return render(request, "playground/_favourite.html", {"image": picture})
    return redirect(reverse("generation", args=[code]) + f"#picture-{picture.number}")


@require_POST
def describe(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """Write down what somebody who cannot see it should know."""
    picture = _visible(request, code, index)
    get_object_or_404(Generation.objects.kept_by(request.user), pk=picture.generation_id)
    text = " ".join(request.POST.get("alternative_text", "").replace("\0", "").split())
    picture.alternative_text = text[: GeneratedImage.ALTERNATIVE_MAX]
    picture.save(update_fields=["alternative_text"])
    if request.htmx:
        return render(request, "playground/_alternative.html", {"image": picture, "saved": True})
    return redirect(reverse("generation", args=[code]) + f"#picture-{picture.number}")


def _visible(request: MemberRequest, code: str, index: int) -> GeneratedImage:
    images = GeneratedImage.objects.visible_to(request.user).select_related("generation").with_favourites(request.user)
    return get_object_or_404(images, generation__code=code, index=index)
