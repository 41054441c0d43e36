"""Share links, for the people who make them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import MemberRequest
from accounts.models import EventKind, SecurityEvent
from playground.models import GeneratedImage, SharedImage, ShareLink
from playground.models.share_links import PICTURES_MAX
from playground.showing.selection import back_with, selected, wrong_with
from playground.showing.share_links import ShareLinkForm

LINES = 30


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: MemberRequest) -> HttpResponse:
    """The person's own links; administrators see all links. A POST makes a link for the selected pictures."""
    if request.method == "POST":
        return _make(request)
    seen = SharedImage.objects.filter(image__in=GeneratedImage.objects.visible_to(request.user))
    found = ShareLink.objects.standing().kept_by(request.user).select_related("owner")
    shown = found.prefetch_related(Prefetch("shares", seen.select_related("image__generation")))
    context = {
        "page": Paginator(shown, LINES).get_page(request.GET.get("page")),
        "own": found.filter(owner=request.user).count(),
    }
    return render(request, "playground/links.html", context)


def _make(request: MemberRequest) -> HttpResponse:
    pictures = selected(request)
    too_many = _("A share link shows at most %(most)s pictures. Select fewer of them.")
    if wrong := wrong_with(pictures, PICTURES_MAX, too_many):
        return back_with(request, wrong)
    made, new = ShareLink.objects.make(request.user, pictures, timezone.now())
    if new:
        _note(request, EventKind.LINK_MADE, made)
        messages.success(request, _("The link is ready. Whoever has it can see these pictures."))
    else:
        messages.info(request, _("You made a link for these pictures before. Here it is."))
    return redirect("link", made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: MemberRequest, pk: int) -> HttpResponse:
    """One link: its address and its settings."""
    found = _kept(request, pk)
    form = ShareLinkForm(request.POST if request.method == "POST" else None, link=found, now=timezone.now())
    if request.method == "POST" and form.is_valid():
        form.save()
        _note(request, EventKind.LINK_CHANGED, found)
        messages.success(request, _("The settings of the link are saved."))
        return redirect("link", found.pk)
    context = {"link": found, "form": form, "shares": found.shown()}
    return render(request, "playground/link.html", context, status=422 if form.errors else 200)


@require_POST
def revoke(request: MemberRequest, pk: int) -> HttpResponse:
    found = _kept(request, pk)
    ShareLink.objects.filter(pk=found.pk).revoke(timezone.now())
    _note(request, EventKind.LINK_REVOKED, found)
    messages.success(request, _("The link is revoked. It no longer shows anything."))
    return redirect("links")


@require_POST
def revoke_all(request: MemberRequest) -> HttpResponse:
    """Revokes all of the person's own links."""
    mine = ShareLink.objects.standing().filter(owner=request.user)
    for one in mine:
        _note(request, EventKind.LINK_REVOKED, one)
    number = mine.revoke(timezone.now())
    said = ngettext("One link is revoked.", "%(number)s links are revoked.", number)
    messages.success(request, said % {"number": number})
    return redirect("links")


def _kept(request: MemberRequest, pk: int) -> ShareLink:
    kept = ShareLink.objects.standing().kept_by(request.user).select_related("owner")
    return get_object_or_404(kept, pk=pk)


def _note(request: MemberRequest, kind: EventKind, one: ShareLink) -> None:
    SecurityEvent.objects.record(kind, request=request, person=one.owner, detail=one.title or f"№ {one.pk}")
