"""Who may open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import Http404, HttpResponse

from accounts.requests import MemberRequest

V = TypeVar("V", bound=Callable[..., HttpResponse])


def administrators_only(view: V) -> V:
    """For everybody else the page is not there: 404, as for whatever belongs to somebody else."""

    @wraps(view)
    def guarded(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_administrator:
            raise Http404
        return view(request, *args, **kwargs)

    return cast(V, guarded)
