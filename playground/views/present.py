"""/present/: shows pictures to an audience, one at a time, on the whole screen."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest, local
from playground.models import GeneratedImage
from playground.showing.gallery import GalleryForm, page_of
from playground.showing.selection import address_of, back_with, next_page, pictures_of, selected, wrong_with
from playground.showing.slideshow import SLIDES_MAX, Stage, place_in, slide_of


@require_http_methods(["GET", "HEAD", "POST"])
def present(request: MemberRequest) -> HttpResponse:
    """Presents the pictures in the address, or else those that the gallery would show. A POST with a selection
    redirects there."""
    if request.method == "POST":
        return _begin(request)
    pictures = _pictures(request)
    leave = local(request, request.GET.get("back", ""), reverse("gallery"))
    if not pictures:
        return render(request, "playground/present_nothing.html", {"leave": leave})
    slides = [slide_of(picture) for picture in pictures]
    stage = Stage(slides, place_in(slides, request.GET.get("at", "")), leave)
    return render(request, "playground/present.html", {"stage": stage})


def _begin(request: MemberRequest) -> HttpResponse:
    pictures = selected(request)
    too_many = _("A presentation shows at most %(most)s pictures. Select fewer of them.")
    if wrong := wrong_with(pictures, SLIDES_MAX, too_many):
        return back_with(request, wrong)
    return redirect(address_of("present", [picture.key for picture in pictures], next_page(request)))


def _pictures(request: MemberRequest) -> list[GeneratedImage]:
    keys = request.GET.getlist("picture")
    if keys:
        named = pictures_of(request.user, keys[:SLIDES_MAX])
        if not named:
            raise Http404
        return named
    form = GalleryForm(request.GET, user=request.user)
    return list(page_of(form.found().select_related("generation"), form.order, length=SLIDES_MAX).pictures)
