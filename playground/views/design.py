"""The design system on one page, for whoever builds the next screen. Development only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# How each size of the contract is drawn and what it is for: (name, use, width, height of the drawn shape).
SHAPES = [
    ("Square", "1024 × 1024", 32, 32),
    ("Portrait", "1024 × 1536", 24, 36),
    ("Landscape", "1536 × 1024", 36, 24),
]


@login_not_required
def design(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Your settings are kept.")
    messages.warning(request, "This sign-in ends in five minutes.")
    return render(request, "design.html", {"shapes": SHAPES, "states": ["waiting", "running", "attention", "danger"]})
