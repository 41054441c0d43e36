"""The public pages of a share link. People can look at pictures there, but cannot spend or change anything."""

from typing import TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from playground.models import ShareLink
from playground.showing import share_links
from playground.showing.share_links import PasswordForm, PublicPicture
from playground.showing.slideshow import Stage, place_in
from playground.web.pictures import picture_response, thumbnail_response

R = TypeVar("R", bound=HttpResponseBase)

# Seconds: long enough for looking through the pictures. Then browsers forget those of a revoked link.
_CACHE = "private, max-age=600"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """The pictures, or the form for the password. The response does not show whether a wrong link ever existed."""
    link = _open(token)
    if link is None:
        return _unlisted(render(request, "playground/shared_over.html", status=404))
    if request.method == "POST" or not share_links.may_look(request, link):
        return _unlisted(_asked(request, link))
    return _unlisted(render(request, "playground/shared.html", {"link": link, "pictures": _shown(link)}))


@login_not_required
@require_safe
def present(request: HttpRequest, token: str) -> HttpResponse:
    """The same pictures on the whole screen."""
    link = _open(token)
    leave = reverse("shared", args=[token])
    shown = _shown(link) if link and share_links.may_look(request, link) else []
    if not shown:
        return _unlisted(redirect(leave))
    slides = [picture.slide for picture in shown]
    stage = Stage(slides, place_in(slides, request.GET.get("at", "")), leave)
    return _unlisted(render(request, "playground/present.html", {"stage": stage}))


def _asked(request: HttpRequest, link: ShareLink) -> HttpResponse:
    """The form for the password. After the right password a redirect to the pictures."""
    form = PasswordForm(request.POST if request.method == "POST" else None, link=link, request=request)
    if not link.password or form.is_valid():
        response: HttpResponse = redirect("shared", link.token)
        share_links.remember(response, link)
        return response
    status = 429 if form.too_many else 422 if form.errors else 200
    return render(request, "playground/shared_locked.html", {"form": form}, status=status)


@login_not_required
@require_safe
def image(request: HttpRequest, token: str, position: int) -> HttpResponseBase:
    """The original bytes. With `?download` the browser saves them as a file."""
    picture = _picture(request, token, position)
    sent = picture_response(
        request,
        picture.image.file,
        tag=picture.image.sha256,
        content_type=picture.image.content_type,
        name=picture.file_name,
        download="download" in request.GET,
        cache=_CACHE,
    )
    return _unlisted(sent)


@login_not_required
@require_safe
def thumbnail(request: HttpRequest, token: str, position: int, size: str) -> HttpResponseBase:
    return _unlisted(thumbnail_response(request, _picture(request, token, position).image, size, cache=_CACHE))


def _open(token: str) -> ShareLink | None:
    return ShareLink.objects.open(timezone.now()).select_related("owner").filter(token=token).first()


def _shown(link: ShareLink) -> list[PublicPicture]:
    return [PublicPicture.of(link, share) for share in link.shown()]


def _picture(request: HttpRequest, token: str, position: int) -> PublicPicture:
    link = _open(token)
    share = link.shown().filter(position=position).first() if link and share_links.may_look(request, link) else None
    if link is None or share is None:
        raise Http404
    return PublicPicture.of(link, share)


def _unlisted(response: R) -> R:
    """Headers that keep the page out of search engines and shared caches, and its address away from other sites."""
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response
