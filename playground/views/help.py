"""The help: questions, answers and search."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from playground.guide import help


@login_not_required
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """All questions, or those that contain the words of `q`."""
    search = help.SearchForm(request.GET)
    query = search.cleaned_data["q"].strip() if search.is_valid() else ""
    return render(
        request,
        "playground/help.html",
        {
            "search": search,
            "query": query,
            "found": help.found(query) if query else None,
            "groups": help.grouped(help.ENTRIES),
        },
    )


@login_not_required
@require_GET
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """One question and its answer."""
    entry = help.entry_of(slug)
    if entry is None:
        raise Http404
    return render(
        request,
        "playground/answer.html",
        {
            "entry": entry,
            "answer": help.answer(entry),
            "others": help.neighbours(entry),
            "search": help.SearchForm(),
        },
    )
