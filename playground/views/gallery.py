"""The gallery: all saved pictures that a person may see, and actions on many of them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import MemberRequest
from accounts.models import EventKind, SecurityEvent
from playground.models import GeneratedImage, Generation
from playground.models.codes import code_or_nothing
from playground.models.visibility import keeps, seen_by
from playground.showing.export import zip_of
from playground.showing.gallery import GalleryForm, page_of
from playground.showing.selection import back_with, next_page, selected, undo_offer
from playground.studio.cards import card_of
from playground.web.picture_menu import STUDIO

# The largest number of pictures that a response renders one by one.
REDRAWN_MAX = 200


@require_GET
def gallery(request: MemberRequest) -> HttpResponse:
    """The whole page. Its address contains its whole state."""
    return render(request, "playground/gallery.html", _found(request) | {"undo": undo_offer(request)})


@require_GET
def more(request: MemberRequest) -> HttpResponse:
    """The next pictures and the link to those after them, for scrolling."""
    return render(request, "playground/_pictures.html", _found(request, count=False) | {"continued": True})


def _found(request: MemberRequest, *, count: bool = True) -> dict[str, Any]:
    form = GalleryForm(request.GET, user=request.user)
    images = form.found()
    shown = images.select_related("generation__owner").with_favourites(request.user)
    page = page_of(shown, form.order, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    return {"form": form, "page": page, "total": images.count() if count else None}


@require_POST
def act(request: MemberRequest) -> HttpResponse:
    """One action on the selected pictures."""
    pictures = selected(request)
    kept = [picture for picture in pictures if keeps(request.user, picture.generation.owner_id)]
    action = request.POST.get("action", "")
    if not pictures:
        return _acted(request, [], _("Select a picture first."))
    if action in ("favourite", "unfavourite"):
        _mark(request.user, pictures, on=action == "favourite")
        return _acted(request, pictures, _counted(len(pictures), action))
    if action not in ("share", "unshare", "delete"):
        return HttpResponse(status=400)
    deletion = ""
    keys = [picture.pk for picture in kept]
    if action == "delete":
        deletion, _number = GeneratedImage.objects.filter(pk__in=keys).delete_softly(timezone.now())
    else:
        Generation.objects.filter(images__in=keys).update(shared=action == "share")
    said = _counted(len(kept), action)
    if len(kept) < len(pictures):
        said += " " + _("Other people’s pictures stay as they are.")
    return _acted(request, kept, said, deletion=deletion if kept else "")


def _counted(number: int, action: str) -> str:
    said = {
        "favourite": ngettext("One picture added to favorites.", "%(number)s pictures added to favorites.", number),
        "unfavourite": ngettext(
            "One picture removed from favorites.", "%(number)s pictures removed from favorites.", number
        ),
        "share": ngettext("One picture shared with the team.", "%(number)s pictures shared with the team.", number),
        "unshare": ngettext("One picture is no longer shared.", "%(number)s pictures are no longer shared.", number),
        "delete": ngettext("One picture deleted.", "%(number)s pictures deleted.", number),
    }
    return said[action] % {"number": number}


@require_POST
def undo(request: MemberRequest) -> HttpResponse:
    """Undoes a deletion, if the files still exist."""
    images = GeneratedImage.objects.kept_by(request.user)
    deletion = code_or_nothing(request.POST.get("deletion", ""))
    back = list(images.restorable(deletion, timezone.now()).values_list("pk", flat=True))
    GeneratedImage.objects.filter(pk__in=back).restore(deletion, timezone.now())
    said = ngettext("One picture restored.", "%(number)s pictures restored.", len(back)) % {"number": len(back)}
    return _acted(
        request,
        _pictures(request, back),
        said if back else _("It is too late to undo; the pictures have been deleted."),
    )


@require_POST
def download(request: MemberRequest) -> HttpResponseBase:
    """The selected pictures as one ZIP, which is written while it is sent."""
    pictures = selected(request)
    if not pictures:
        return back_with(request, _("Select a picture first."))
    keys = [picture.pk for picture in pictures]
    SecurityEvent.objects.record(EventKind.EXPORTED, request=request, detail=f"ZIP {len(keys)}")
    archive: Iterator[bytes] = zip_of(keys)
    response = StreamingHttpResponse(archive, content_type="application/zip")
    name = f"{timezone.localdate():%Y-%m-%d}_{len(keys)}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def _acted(request: MemberRequest, pictures: list[GeneratedImage], said: str, deletion: str = "") -> HttpResponse:
    """The changed pictures, a message, and an offer to undo a deletion."""
    if request.htmx:
        if len(pictures) > REDRAWN_MAX:
            messages.success(request, said)
            return HttpResponse(headers={"HX-Redirect": next_page(request, deletion)})
        changed = _changed(request, [picture.pk for picture in pictures])
        return render(request, "playground/_acted.html", changed | {"said": said, "deletion": deletion})
    messages.success(request, said)
    return redirect(next_page(request, deletion))


def _changed(request: MemberRequest, keys: list[int]) -> dict[str, Any]:
    """What the page of the form has to draw again: pictures of the gallery, or cards of the studio."""
    on = request.POST.get("on", "")
    if on != STUDIO:
        return {"pictures": _pictures(request, keys)}
    rows = list(Generation.objects.filter(owner=request.user, images__in=keys).distinct().for_cards())
    Generation.objects.with_images(rows, request.user)
    return {"cards": [card_of(row, request.user, timezone.now()) for row in rows], "on": on}


def _pictures(request: MemberRequest, keys: list[int]) -> list[GeneratedImage]:
    """The pictures to render again. Deleted ones are among them and are rendered hidden."""
    images = GeneratedImage.objects.filter(seen_by(request.user, "generation__"), pk__in=keys)
    return list(images.select_related("generation__owner").with_favourites(request.user))


def _mark(user: Any, pictures: list[GeneratedImage], *, on: bool) -> None:
    Mark = GeneratedImage.favourite_of.through
    keys = [picture.pk for picture in pictures]
    if on:
        marks = [Mark(generatedimage_id=key, user_id=user.pk) for key in keys]
        Mark.objects.bulk_create(marks, ignore_conflicts=True)
    else:
        Mark.objects.filter(user=user, generatedimage__in=keys).delete()
