"""One picture: its bytes, its thumbnails, and a person's notes about it."""

from urllib.parse import urlsplit, urlunsplit

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest, local
from playground.models import GeneratedImage, Generation
from playground.models.visibility import keeps
from playground.showing.export import file_name
from playground.showing.generation_page import panel_of
from playground.studio.cards import card_of
from playground.studio.forms import DescriptionForm
from playground.web.picture_menu import REDRAWN, menu_of
from playground.web.pictures import picture_response, thumbnail_response


@require_safe
def image(request: MemberRequest, code: str, index: int) -> HttpResponseBase:
    """The original bytes. With `?download` the browser saves them as a file."""
    picture = _visible(request, code, index)
    return picture_response(
        request,
        picture.file,
        tag=picture.sha256,
        content_type=picture.content_type,
        name=file_name(picture),
        download="download" in request.GET,
    )


@require_safe
def thumbnail(request: MemberRequest, code: str, index: int, size: str) -> HttpResponseBase:
    return thumbnail_response(request, _visible(request, code, index), size)


@require_GET
def panel(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """What the lightbox shows beside this picture: its actions, and what is to be known of it."""
    picture = _visible(request, code, index)
    rows = Generation.objects.visible_to(request.user).for_cards().select_related("owner")
    row = get_object_or_404(rows, code=code)
    context = {
        "image": picture,
        "on": _page(request),
        "card": card_of(row, request.user, timezone.now()),
        "panel": panel_of(row, request.user),
    }
    return render(request, "playground/_lightbox_panel.html", context)


@require_GET
def menu(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """What the menu of this picture offers on the page that `on` names."""
    picture = _visible(request, code, index)
    came_from = local(request, request.headers.get("referer", ""), reverse("generation", args=[code]))
    back = urlunsplit(("", "", *urlsplit(came_from)[2:]))
    offered = menu_of(picture, request.user, _page(request), back, large="large" in request.GET)
    return render(request, "playground/_picture_menu.html", {"menu": offered})


@require_POST
def favourite(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """Adds the picture to the person's favourites or removes it. The form says which."""
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
    """Saves a description for people who cannot see the picture."""
    picture = _visible(request, code, index)
    if not keeps(request.user, picture.generation.owner_id):
        raise Http404
    form = DescriptionForm(request.POST, image=picture)
    form.full_clean()
    picture.alternative_text = form.cleaned_data["alternative_text"]
    picture.save(update_fields=["alternative_text"])
    if request.htmx:
        return render(request, "playground/_alternative.html", {"image": picture, "saved": True})
    return redirect(reverse("generation", args=[code]) + f"#picture-{picture.number}")


def _page(request: MemberRequest) -> str:
    """The page that the picture stands on, if it is one that puts changed pictures in their place."""
    on = request.GET.get("on", "")
    return on if on in REDRAWN else ""


def _visible(request: MemberRequest, code: str, index: int) -> GeneratedImage:
    images = GeneratedImage.objects.visible_to(request.user).select_related("generation").with_favourites(request.user)
    return get_object_or_404(images, generation__code=code, index=index)
