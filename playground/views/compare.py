"""/compare/: two to four pictures side by side, and their differences."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest
from playground.models import GeneratedImage, labels
from playground.showing.comparison import LEAST, MOST, Piece, marked, redrawn, roles_of, rows_of
from playground.showing.selection import address_of, back_with, pictures_of, selected


@dataclass(frozen=True)
class Column:
    """One of the pictures. `without` is the address of the comparison without it, `role` what it is to the others."""

    image: GeneratedImage
    prompt: list[Piece]
    without: str
    role: str


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: MemberRequest) -> HttpResponse:
    """Compares the pictures in the address. A POST with a selection redirects there."""
    if request.method == "POST":
        pictures = selected(request)
        if not LEAST <= len(pictures) <= MOST:
            return back_with(request, _("Select two to four pictures to compare."))
        return redirect(address_of("compare", [picture.key for picture in pictures]))
    pictures = pictures_of(request.user, request.GET.getlist("picture")[:MOST])
    if len(pictures) < LEAST:
        return render(request, "playground/compare_nothing.html")
    return render(request, "playground/compare.html", _comparison(pictures))


def _comparison(pictures: list[GeneratedImage]) -> dict[str, object]:
    keys = [picture.key for picture in pictures]
    prompts = [picture.generation.prompt for picture in pictures]
    rows = rows_of(pictures)
    same = [row.name for row in rows if row.same]
    if len(set(prompts)) == 1:
        same.insert(0, _("Prompt"))
    return {
        "columns": [
            Column(picture, pieces, address_of("compare", [key for key in keys if key != picture.key]), role)
            for picture, pieces, role in zip(pictures, marked(prompts), roles_of(pictures), strict=True)
        ],
        "differences": [row for row in rows if not row.same],
        "same": labels.listed(same),
        "redrawn": redrawn(pictures),
        "one_prompt": len(set(prompts)) == 1,
        "one_shape": len({(picture.width, picture.height) for picture in pictures}) == 1,
        "swapped": address_of("compare", keys[::-1]) if len(keys) == LEAST else "",
    }
